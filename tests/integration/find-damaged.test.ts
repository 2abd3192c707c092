/** Damaged frames in a real file: a moving picture with two black frames, two doubled ones and a flash, each where it was put. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from '../../engine/media/probe.ts';
import type { MediaInfo } from '../../engine/media/types.ts';
import { findDamaged } from '../../engine/tasks/find-damaged.ts';
import { ffmpeg } from '../e2e/clips.ts';
import { checkout } from '../e2e/command-line.ts';

let folder: string;
let info: MediaInfo;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-damaged-'));
  const clip = path.join(folder, 'moving.mkv');
  const still = path.join(checkout, 'resources/demo/valley-at-dusk.mp4');
  const moving = 'select=eq(n\\,0),loop=loop=39:size=1,setpts=N/24/TB,scale=960:540';
  const stuck = 'crop=320:180:300+3*if(between(n\\,20\\,21)\\,19\\,n):200';
  const black = 'drawbox=c=black:t=fill:enable=between(n\\,10\\,11)';
  const flash = 'negate=enable=eq(n\\,30)';
  ffmpeg('-i', still, '-vf', [moving, stuck, black, flash].join(','), '-frames:v', '40', '-c:v', 'ffv1', clip);
  info = await probe(clip);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('damaged frames', () => {
  it('are found where they are, each with its kind', async () => {
    expect(info.frameCount).toBe(40);
    expect(await findDamaged({ info, from: 0, to: 39 })).toEqual([
      { from: 10, to: 11, kind: 'black' },
      { from: 20, to: 21, kind: 'duplicate' },
      { from: 30, to: 30, kind: 'flash' },
    ]);
  });

  it('are counted from the start of the file, also where only a stretch of it is looked through', async () => {
    const seen: number[] = [];
    const damage = await findDamaged({
      info,
      from: 13,
      to: 26,
      onFrame: (done, total) => void seen.push(done / total),
    });
    expect(damage).toEqual([{ from: 20, to: 21, kind: 'duplicate' }]);
    expect(seen).toHaveLength(14);
    expect(seen.at(-1)).toBe(1);
  });

  it('are not looked for any longer once the signal fired', async () => {
    const abort = new AbortController();
    let looked = 0;
    const onFrame = (): void => void (++looked === 3 && abort.abort());
    await expect(findDamaged({ info, from: 0, to: 39, signal: abort.signal, onFrame })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }) as Error,
    );
    expect(looked).toBe(3);
  });
});
