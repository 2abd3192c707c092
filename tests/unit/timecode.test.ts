import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { frameOfTimecode, timecodeOf } from '../../engine/contract/timeline/timecode.ts';

const ntsc = rational(30000, 1001);

describe('timecode', () => {
  it.each([
    [0, '00:00:00;00'],
    [1799, '00:00:59;29'],
    [1800, '00:01:00;02'],
    [17981, '00:09:59;29'],
    [17982, '00:10:00;00'],
    [107892, '01:00:00;00'],
  ])('drops numbers, not frames: %i', (frame, text) => {
    expect(timecodeOf(frame, ntsc, true)).toBe(text);
  });

  it('counts every frame elsewhere, hours beyond a day included', () => {
    expect(timecodeOf(1800, ntsc, false)).toBe('00:01:00:00');
    expect(timecodeOf(1800, rational(25), true)).toBe('00:01:12:00');
    expect(timecodeOf(25 * 3600 * 100, rational(25), false)).toBe('100:00:00:00');
    expect(timecodeOf(119, rational(120), false)).toBe('00:00:00:119');
  });

  it('goes back to the frame that it came from', () => {
    const rates = [rational(24), rational(24000, 1001), ntsc, rational(60000, 1001), rational(1), rational(240)];
    fc.assert(
      fc.property(fc.constantFrom(...rates), fc.nat(30_000_000), fc.boolean(), (rate, frame, drop) => {
        expect(frameOfTimecode(timecodeOf(frame, rate, drop), rate, drop)).toBe(frame);
      }),
    );
  });

  it.each(['00:01:00;00', '00:00:00:30', '00:60:00:00', '1:2:3', '', 'end', '-1:00:00:00'])('is none: %s', (text) => {
    expect(frameOfTimecode(text, ntsc, true)).toBeUndefined();
  });
});
