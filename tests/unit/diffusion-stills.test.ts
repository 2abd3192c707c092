import { describe, expect, it } from 'vitest';
import { filled } from '../../engine/diffusion/fields.ts';
import { knownMotion } from '../../engine/diffusion/known-motion.ts';
import { stillToReal } from '../../engine/diffusion/lineage.ts';
import type { DitModel } from '../../engine/diffusion/model.ts';
import { motionPrior } from '../../engine/diffusion/prior.ts';
import { refineFrames } from '../../engine/diffusion/refine-frames.ts';
import type { Image } from '../../engine/frames/image.ts';
import { createImage } from '../../engine/frames/image.ts';

/* Packs that require `still-references` and `known-motion`. */

const width = 64;
const height = 48;
const flat = (value: number): Image => filled(3, width, height, value);
/** Waves that move right by `dx`. */
const waves = (dx: number): Image => {
  const out = createImage(3, width, height);
  for (let i = 0; i < out.data.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    out.data[i] = 0.5 + 0.2 * Math.sin((x - dx) / 4) + 0.2 * Math.cos(y / 5 + (x - dx) / 9);
  }
  return out;
};

describe('trust of what stands still', () => {
  const sides = {
    before: [{ seconds: 0, picture: flat(0.4) }],
    after: [{ seconds: 1, picture: flat(0.5) }],
    unknown: [0.5],
    linked: true,
    motion: null,
  };

  it('is how well a reference shows the prior’s own picture', () => {
    const [{ stillBefore, stillAfter }] = motionPrior(sides);
    expect([stillBefore!.width, stillBefore!.height]).toEqual([width / 8, height / 8]);
    // The picture is 0.45 throughout: 0.05 from both.
    expect(stillBefore!.data[3]).toBeCloseTo(Math.exp(-0.25), 4);
    expect(stillAfter!.data[3]).toBeCloseTo(Math.exp(-0.25), 4);
  });

  it('is not offered where a motion was asked for or the sides show different things', () => {
    const none = { stillBefore: null, stillAfter: null };
    expect(motionPrior({ ...sides, linked: false })[0]).toMatchObject(none);
    expect(motionPrior({ ...sides, motion: () => createImage(2, width, height) })[0]).toMatchObject(none);
  });

  it('multiplies along a chain and is averaged over two ways', () => {
    const level = (value: number): Image => filled(1, 2, 2, value);
    const first = { step: level(0.5), onward: level(0.8), share: 0.75 };
    expect(stillToReal([first])!.data[0]).toBeCloseTo(0.4);
    expect(stillToReal([first, { step: level(1), onward: level(1), share: 0.25 }])!.data[0]).toBeCloseTo(0.55);
    expect(stillToReal([{ ...first, onward: null }])).toBeNull();
  });
});

describe('motion of the known frames', () => {
  it('leads away from the gap, to known neighbours alone', () => {
    const pictures = new Map([-3, -2, -1, 4, 5].map((index) => [index, waves(index)]));
    const moved = knownMotion([-3, -2, -1, 0, 1, 4, 5], (index) => pictures.get(index));
    expect([...moved.keys()]).toEqual([-2, -1, 4]);
    expect(moved.get(-1)!.after).toBeNull();
    expect(moved.get(4)!.before).toBeNull();
    const centre = (height / 2) * width + width / 2;
    expect(moved.get(-1)!.before!.data[centre]).toBeCloseTo(-1, 0);
    expect(moved.get(4)!.after!.data[centre]).toBeCloseTo(1, 0);
  });
});

describe('refining with still references', () => {
  /** Weighs all five alike, and keeps what it was asked. */
  const model = (asked: Parameters<DitModel['refine']>[0][number][]): DitModel =>
    ({
      manifest: { features: { required: ['still-references'] } },
      refine: async (inputs: Parameters<DitModel['refine']>[0]) => {
        asked.push(...inputs);
        return inputs.map(() => ({
          flow: createImage(4, width, height),
          weights: filled(5, width, height, 0.2),
          residual: createImage(3, width, height),
        }));
      },
    }) as unknown as DitModel;
  const seen = { flow: createImage(2, width, height), visibility: filled(1, width, height, 0.7) };
  const before = { seconds: 0, picture: flat(0.9) };

  it('asks with their pictures and trust, and mixes five parts', async () => {
    const asked: Parameters<DitModel['refine']>[0][number][] = [];
    const still = filled(1, width, height, 0.6);
    const lineage = { before: seen, after: null, stillBefore: still, stillAfter: null };
    const [frame] = await refineFrames(model(asked), [{ seconds: 0.1, generated: flat(0.3), lineage }], before, null);
    const [{ fields, still: stood }] = asked;
    const at = (channel: number): number => fields.data[channel * width * height + 5];
    expect([0, 4, 5, 6, 7, 8, 9].map((c) => at(c).toFixed(2))).toEqual([
      '0.70',
      '1.00',
      '0.00',
      '0.60',
      '0.00',
      '1.00',
      '0.00',
    ]);
    expect(stood!.before.data[5]).toBeCloseTo(0.9);
    // What is missing has no share: before, generated and still before take a third each.
    expect([0, 1, 2, 3, 4].map((c) => Number(frame.weights.data[c * width * height].toFixed(3)))).toEqual([
      0.333, 0, 0.333, 0.333, 0,
    ]);
    expect(frame.picture.data[5]).toBeCloseTo((0.9 + 0.3 + 0.9) / 3, 4);
    expect(frame.lineage.stillBefore).toBe(still);
  });
});
