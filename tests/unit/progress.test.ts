import { describe, expect, it } from 'vitest';
import { createProgressBar, describeProgress } from '../../engine/cli/progress-bar.ts';
import { createEta } from '../../engine/jobs/eta.ts';
import { createStageClock } from '../../engine/jobs/stage-clock.ts';

const clockFrom = (times: number[]): (() => number) => {
  let at = 0;
  return () => times[Math.min(at++, times.length - 1)];
};

describe('time left', () => {
  it('is unknown at first, then follows the pace of the stage', () => {
    const eta = createEta(clockFrom([0, 0, 2, 4, 8]));
    expect(eta.report('denoise', 0, 4)).toBeNull();
    expect(eta.report('denoise', 1, 4)).toBe(6);
    expect(eta.report('denoise', 2, 4)).toBe(4);
    expect(eta.report('denoise', 4, 4)).toBe(0);
  });

  it('adds up stages that alternate, each at its own pace', () => {
    const eta = createEta(clockFrom([0, 0, 1, 1, 4]));
    eta.report('denoise', 0, 2);
    eta.report('denoise', 1, 2);
    eta.report('refine', 0, 3);
    // One more second of denoising, two more frames at three seconds each.
    expect(eta.report('refine', 1, 3)).toBe(7);
  });
});

describe('seconds per stage', () => {
  it('gives the time before a report of work done to that stage, and adds up to the whole', () => {
    const clock = createStageClock(clockFrom([0, 1, 3, 3.5, 5, 6]));
    clock.report('load', 1); // 1 s
    clock.report('read', 4); // 2 s
    clock.report('denoise', 0); // 0.5 s still reading
    clock.report('denoise', 1); // 1.5 s
    expect(clock.totals()).toEqual({ load: 1, read: 2.5, denoise: 2.5 });
  });
});

describe('the progress line', () => {
  it('names the stage, how much is done and the time left', () => {
    expect(describeProgress('denoise', 3, 4, 71)).toMatch(/denoising\s+\[#{18}\.{6}\] 3\/4 {2}1 min 11 s left/);
    expect(describeProgress('load', 0, 1, null)).not.toContain('left');
  });

  it('is redrawn on a terminal, and a rare line elsewhere', () => {
    const written: string[] = [];
    const stream = { isTTY: false, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
    const bar = createProgressBar(stream, clockFrom([0, 0, 1, 2, 13]));
    for (let done = 0; done <= 4; done += 1) bar.report('denoise', done, 4, null);
    expect(written.every((line) => line.endsWith('\n'))).toBe(true);
    expect(written.length).toBeLessThan(4);

    written.length = 0;
    stream.isTTY = true;
    stream.columns = 40;
    const drawn = createProgressBar(stream);
    drawn.report('denoise', 1, 4, 3);
    drawn.report('denoise', 2, 4, 2);
    drawn.clear();
    expect(written).toHaveLength(3);
    expect(written.every((text) => text.startsWith('\r\x1b[2K') && !text.includes('\n'))).toBe(true);
    expect(written[0].length).toBeLessThanOrEqual(40 + 5);
  });
});
