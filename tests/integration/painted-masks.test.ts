/** What is painted on the picture, as masks and hints: on a real clip whose motion is known. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyedMask, MaskShape } from '../../engine/contract/generation/wish.ts';
import type { Image } from '../../engine/frames/image.ts';
import { grownMask, maskOfShapes, maskOfStrokes } from '../../engine/frames/stroke-mask.ts';
import { probe } from '../../engine/media/probe.ts';
import { openMask } from '../../engine/tasks/mask-source.ts';
import { trackMask } from '../../engine/tasks/track-mask.ts';
import { hintsOfRegions, writeMaskVideo, writeStrokeMask } from '../../engine/tasks/write-masks.ts';
import { ffmpeg } from '../e2e/clips.ts';
import { checkout } from '../e2e/command-line.ts';

let folder: string;
let clip: string;
/** Pixels to the left in each frame. */
const step = 3;
const box = (x: number): MaskShape => ({ shape: 'box', x, y: 60, width: 40, height: 30 });

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longtake-masks-'));
  clip = path.join(folder, 'moving.mkv');
  const still = path.join(checkout, 'resources/demo/valley-at-dusk.mp4');
  const move = `crop=320:180:300+${step}*n:200`;
  ffmpeg('-i', still, '-vf', `select=eq(n\\,0),loop=loop=11:size=1,setpts=N/24/TB,scale=960:540,${move}`, '-frames:v', '12', '-c:v', 'ffv1', clip); // prettier-ignore
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const centre = ({ data, width }: Image): { x: number; y: number; count: number } => {
  let [x, y, count] = [0, 0, 0];
  data.forEach((value, i) => {
    if (value < 0.5) return;
    x += (i % width) + 0.5;
    y += Math.floor(i / width) + 0.5;
    count++;
  });
  return { x: x / count, y: y / count, count };
};
const centres = async (options: Pick<Parameters<typeof trackMask>[0], 'keys' | 'track'>) => {
  const found = [];
  const info = await probe(clip);
  for await (const mask of trackMask({ info, grow: 0, scale: { x: 1, y: 1 }, ...options })) found.push(centre(mask));
  return found;
};

describe('a painted mask', () => {
  it('follows the picture from its key, forwards and backwards', async () => {
    const found = await centres({ keys: [{ frame: 4, shapes: [box(150)] }], track: true });
    expect(found).toHaveLength(12);
    found.forEach(({ x, y, count }, frame) => {
      expect(Math.abs(x - (170 - step * (frame - 4))), `frame ${frame}`).toBeLessThan(2);
      expect(Math.abs(y - 75)).toBeLessThan(2);
      expect(count).toBeGreaterThan(1000);
      expect(count).toBeLessThan(1400);
    });
    expect(found[4]).toEqual({ x: 170, y: 75, count: 1200 });
  });

  it('begins anew at every key, and ends where one is empty', async () => {
    const keys = [
      { frame: 0, shapes: [box(150)] },
      { frame: 5, shapes: [box(20)] },
      { frame: 8, shapes: [] },
    ];
    const found = await centres({ keys, track: true });
    expect(Math.abs(found[4].x - (170 - 4 * step))).toBeLessThan(2);
    expect(found[5].x).toBe(40);
    expect(Math.abs(found[7].x - (40 - 2 * step))).toBeLessThan(2);
    expect(found.slice(8).map(({ count }) => count)).toEqual([0, 0, 0, 0]);
  });

  it('stays where it is when it is not to follow', async () => {
    const keys = [
      { frame: 2, shapes: [box(150)] },
      { frame: 6, shapes: [box(20)] },
    ];
    const found = await centres({ keys, track: false });
    expect(found.map(({ x }) => x)).toEqual([...Array<number>(6).fill(170), ...Array<number>(6).fill(40)]);
  });

  it('is written so that inpainting reads the very mask, at the size that the clip was made', async () => {
    const out = path.join(folder, 'mask.mkv');
    const mask: KeyedMask = { keys: [{ frame: 0, shapes: [box(150)] }], track: false, feather: 0, grow: 0 };
    await writeMaskVideo({ clip, mask, picture: { width: 640, height: 360 }, out });
    const source = await openMask(out, await probe(clip));
    let frames = 0;
    for await (const read of source.read(0, 11)) {
      expect(centre(read)).toEqual({ x: 85, y: 37.5, count: 300 });
      frames++;
    }
    expect(frames).toBe(12);
  });
});

describe('strokes', () => {
  it('cover what lies within their radius, and the eraser takes away', () => {
    const dot = maskOfStrokes([{ radius: 10, points: [[50, 40]] }], 100, 80);
    const { x, y, count } = centre(dot);
    expect([x, y]).toEqual([50, 40]);
    expect(Math.abs(count - Math.PI * 100)).toBeLessThan(12);
    const line = maskOfStrokes([{ radius: 4, points: [[10, 20], [90, 20]] }], 100, 80); // prettier-ignore
    expect(Math.abs(centre(line).count - (80 * 8 + Math.PI * 16))).toBeLessThan(20);
    const half = maskOfShapes(
      [
        { shape: 'box', x: 10, y: 10, width: 20, height: 20 },
        { shape: 'stroke', erase: true, radius: 34, points: [[0, 20]] },
      ],
      100,
      80,
    );
    expect(centre(half).count).toBe(0);
  });

  it('out of the picture paint nothing and break nothing', () => {
    const far = maskOfStrokes([{ radius: 5, points: [[-500, 9000], [-400, 9000]] }], 64, 64); // prettier-ignore
    expect(centre(far).count).toBe(0);
    const out = maskOfShapes([{ shape: 'box', x: -20, y: -20, width: 10, height: 10 }], 64, 64);
    expect(centre(out).count).toBe(0);
  });

  it('grow and shrink all round', () => {
    const square = maskOfShapes([{ shape: 'box', x: 30, y: 30, width: 20, height: 20 }], 80, 80);
    expect(centre(grownMask(square, -3)).count).toBe(14 * 14);
    const grown = centre(grownMask(square, 3)).count;
    expect(grown).toBeGreaterThan(20 * 20 + 4 * 20 * 3);
    expect(grown).toBeLessThanOrEqual(26 * 26);
  });

  it('become a picture of what stays, and arrows within what moves', async () => {
    const out = path.join(folder, 'keep.png');
    await writeStrokeMask([{ radius: 10, points: [[50, 40]] }], { width: 100, height: 80 }, out);
    const source = await openMask(out, { width: 100, height: 80, frameCount: 1 });
    for await (const mask of source.read(0, 0)) expect(centre(mask)).toMatchObject({ x: 50, y: 40 });
    const region = { strokes: [{ radius: 60, points: [[200, 100], [400, 100]] as [number, number][] }], dx: 30, dy: -5 }; // prettier-ignore
    const hints = hintsOfRegions([region, { strokes: [{ radius: 0.5, points: [[9, 9]] }], dx: 1, dy: 0 }]);
    expect(hints.length).toBeGreaterThan(6);
    expect(hints.at(-1)).toEqual({
      x: expect.closeTo(9, 0) as number,
      y: expect.closeTo(9, 0) as number,
      dx: 1,
      dy: 0,
    });
    for (const { x, y, dx, dy } of hints.slice(0, -1)) {
      expect([dx, dy]).toEqual([30, -5]);
      expect(Math.hypot(Math.max(0, 200 - x, x - 400), y - 100)).toBeLessThan(63);
    }
  });
});
