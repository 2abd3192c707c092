import { describe, expect, it } from 'vitest';
import { createDamageDetector, findRepeats } from '../../../engine/frames/detect.ts';
import type { PlanarFrame } from '../../../engine/frames/image.ts';
import { createRandom } from '../../../engine/frames/noise.ts';
import { formats, scene, sdr } from './scene.ts';

/** A 320x180 frame of the test scene moved by `shift`, with sensor noise of ±`noise` codes. */
const shot = (shift: number, noise = 0, seed = 1): PlanarFrame => {
  const random = createRandom(seed);
  const luma = scene(320, 180, shift, shift / 3);
  if (noise > 0)
    for (let i = 0; i < luma.length; i++)
      luma[i] = Math.min(255, Math.max(0, luma[i] + (random() % (2 * noise + 1)) - noise));
  const chroma = new Uint8Array(160 * 90).fill(128);
  return { format: formats.yuv420p, colour: sdr, width: 320, height: 180, planes: [luma, chroma, chroma] };
};
const dark = (level: number): PlanarFrame => {
  const frame = shot(0);
  frame.planes[0].fill(level);
  return frame;
};
const detect = (frames: PlanarFrame[]) => {
  const detector = createDamageDetector();
  frames.forEach((frame) => detector.push(frame));
  return detector.finish();
};
const moving = Array.from({ length: 24 }, (_, i) => shot(i * 0.8, 2, i));

describe('damage detector', () => {
  it('finds nothing in a shot that moves', () => {
    expect(detect(moving)).toEqual({ black: [], duplicate: [], flash: [] });
  });

  it('finds repeated frames, alone and in a run', () => {
    const frames = [...moving];
    frames[7] = frames[6];
    for (let i = 14; i <= 17; i++) frames[i] = frames[13];
    expect(detect(frames)).toEqual({
      black: [],
      duplicate: [
        [7, 7],
        [14, 17],
      ],
      flash: [],
    });
  });

  it('finds a repeat that a codec has changed a little', () => {
    const frames = [...moving];
    const luma = frames[9].planes[0].slice();
    for (let i = 0; i < luma.length; i += 97) luma[i] ^= 1;
    frames[10] = { ...frames[9], planes: [luma, frames[9].planes[1], frames[9].planes[2]] };
    expect(detect(frames).duplicate).toEqual([[10, 10]]);
  });

  it('does not take a static shot for repeats, be it clean or noisy', () => {
    expect(detect(Array.from({ length: 20 }, () => shot(0))).duplicate).toEqual([]);
    expect(detect(Array.from({ length: 20 }, (_, i) => shot(0, 3, i))).duplicate).toEqual([]);
  });

  it('does not take a movement that comes to rest and goes on for repeats', () => {
    let place = 0;
    const speed = (i: number): number => Math.max(0, 1 - i / 8) + Math.max(0, (i - 14) / 8);
    const frames = Array.from({ length: 26 }, (_, i) => shot((place += speed(i))));
    expect(detect(frames).duplicate).toEqual([]);
  });

  it('does not take animation on twos for repeats', () => {
    expect(detect(Array.from({ length: 30 }, (_, i) => shot(Math.floor(i / 2) * 1.5))).duplicate).toEqual([]);
  });

  it('finds black frames, and does not call them or their neighbours repeats', () => {
    const frames = [...moving];
    frames[5] = dark(16);
    frames[11] = dark(17);
    frames[12] = dark(16);
    frames[13] = dark(16);
    expect(detect(frames)).toEqual({
      black: [
        [5, 5],
        [11, 13],
      ],
      duplicate: [],
      flash: [],
    });
  });

  it('does not call a dark shot black', () => {
    const frame = shot(0);
    frame.planes[0].forEach((v, i, plane) => (plane[i] = 18 + v / 8));
    expect(detect([frame, frame]).black).toEqual([]);
  });

  it('finds a flashed frame and one that does not belong there, and takes neither a cut nor fast motion for one', () => {
    const brighter = (frame: PlanarFrame): PlanarFrame => {
      const [luma, ...chroma] = frame.planes;
      return { ...frame, planes: [luma.map((v) => Math.min(255, v + 60)), ...chroma] };
    };
    const frames = moving.map((_, i) => shot(i * 0.3, 2, i));
    frames[5] = brighter(frames[5]);
    frames[12] = shot(400);
    expect(detect(frames)).toEqual({
      black: [],
      duplicate: [],
      flash: [
        [5, 5],
        [12, 12],
      ],
    });
    const cut = moving.map((frame, i) => (i < 10 ? frame : shot(500 + i)));
    expect(detect(cut).flash).toEqual([]);
    expect(detect(moving.map((_, i) => shot(i * 23))).flash).toEqual([]);
    const blackAround = [...moving];
    blackAround[9] = blackAround[11] = dark(16);
    expect(detect(blackAround)).toMatchObject({ flash: [] });
  });

  it('says nothing of clips of no, one and two frames', () => {
    expect(detect([])).toEqual({ black: [], duplicate: [], flash: [] });
    expect(detect([shot(0)])).toEqual({ black: [], duplicate: [], flash: [] });
    expect(detect([shot(0), shot(0)])).toEqual({ black: [], duplicate: [], flash: [] });
  });
});

it('keeps one repeat in five (pulled-down film) apart from a freeze that never ends', () => {
  const pulled = Array.from({ length: 41 }, (_, i) => (i % 5 === 0 ? 0 : 0.02 + 0.001 * (i % 3)));
  expect(findRepeats(pulled).flatMap((flag, i) => (flag ? [i] : []))).toEqual([5, 10, 15, 20, 25, 30, 35]);
  expect(findRepeats([0, 0.02, 0.02, 0.021, 0, 0, 0, 0, 0]).some(Boolean)).toBe(false);
});
