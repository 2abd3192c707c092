import { describe, expect, it } from 'vitest';
import { filled } from '../../engine/diffusion/fields.ts';
import { knownMotion, rememberedFlow } from '../../engine/diffusion/known-motion.ts';
import { foretold } from '../../engine/diffusion/foretold.ts';
import type { DitModel } from '../../engine/diffusion/model.ts';
import { motionPrior } from '../../engine/diffusion/prior.ts';
import { refineFrames, twiceTheSame } from '../../engine/diffusion/refine-frames.ts';
import type { Image } from '../../engine/frames/image.ts';
import { createImage } from '../../engine/frames/image.ts';

/* Packs that require `second-references` and `known-motion`. */

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

describe('the second way to a reference', () => {
  const sides = {
    before: [{ seconds: 0, picture: flat(0.4) }],
    after: [{ seconds: 1, picture: flat(0.5) }],
    unknown: [0.5],
    linked: true,
    motion: null,
    twice: true,
  };

  it('is trusted as far as it shows the prior’s own picture', () => {
    const [{ secondBefore, secondAfter }] = motionPrior(sides);
    expect([secondBefore!.trust.width, secondBefore!.trust.height]).toEqual([width / 8, height / 8]);
    // The picture is 0.45 throughout: 0.05 from both.
    expect(secondBefore!.trust.data[3]).toBeCloseTo(Math.exp(-0.25), 4);
    expect(secondAfter!.trust.data[3]).toBeCloseTo(Math.exp(-0.25), 4);
  });

  it('carries each side’s own motion on over a gap, and stands still beyond known frames', () => {
    const frame = (index: number) => ({ seconds: index, picture: waves(index) });
    const before = [frame(0), frame(-1)];
    const centre = (height / 2) * width + width / 2;
    const [bridged] = motionPrior({ ...sides, before, after: [frame(6), frame(7)], unknown: [2] });
    expect(bridged.secondBefore!.flow.data[centre]).toBeCloseTo(-2, 0);
    expect(bridged.secondAfter!.flow.data[centre]).toBeCloseTo(4, 0);
    const [beyond] = motionPrior({ ...sides, before, after: [], unknown: [2] });
    expect(beyond.before!.flow.data[centre]).toBeCloseTo(-2, 0);
    expect(beyond.secondBefore!.flow.data[centre]).toBe(0);
    expect(beyond.secondAfter).toBeNull();
  });

  it('is not offered where a motion was asked for, the sides show different things, or nobody wants it', () => {
    const none = { secondBefore: null, secondAfter: null, foretold: null };
    expect(motionPrior({ ...sides, linked: false })[0]).toMatchObject(none);
    expect(motionPrior({ ...sides, twice: false })[0]).toMatchObject(none);
    expect(motionPrior({ ...sides, motion: () => createImage(2, width, height) })[0]).toMatchObject(none);
  });
});

describe('what could have been foretold', () => {
  it('tells steady motion from rest, side by side, and 0 where there are no two frames to tell from', () => {
    const frame = (index: number) => ({ seconds: index, picture: waves(3 * index) });
    const told = foretold([frame(0), frame(-1), frame(-2)], [frame(5), frame(6)], rememberedFlow());
    const centre = 3 * (width / 8) + 4;
    const at = (channel: number): number => told.data[channel * (told.width * told.height) + centre];
    expect(at(0)).toBeGreaterThan(0.9);
    expect(at(2)).toBeLessThan(0.7);
    expect([at(1), at(3)]).toEqual([0, 0]);
  });
});

describe('motion of the known frames', () => {
  it('leads away from the gap, to known neighbours alone', () => {
    const pictures = new Map([-3, -2, -1, 4, 5].map((index) => [index, waves(index)]));
    const moved = knownMotion([-3, -2, -1, 0, 1, 4, 5], (index) => pictures.get(index), rememberedFlow());
    expect([...moved.keys()]).toEqual([-2, -1, 4]);
    expect(moved.get(-1)!.after).toBeNull();
    expect(moved.get(4)!.before).toBeNull();
    const centre = (height / 2) * width + width / 2;
    expect(moved.get(-1)!.before!.data[centre]).toBeCloseTo(-1, 0);
    expect(moved.get(4)!.after!.data[centre]).toBeCloseTo(1, 0);
  });
});

describe('refining with references seen a second way', () => {
  /** Weighs all five alike, and keeps what it was asked. */
  const model = (asked: Parameters<DitModel['refine']>[0][number][]): DitModel =>
    ({
      manifest: { features: { required: ['second-references'] } },
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
    const second = { flow: createImage(2, width, height), visibility: filled(1, width, height, 0.6) };
    const lineage = { before: seen, after: null, secondBefore: second, secondAfter: null };
    const [frame] = await refineFrames(
      model(asked),
      [{ seconds: 0.1, generated: flat(0.3), lineage }],
      twiceTheSame(before, null),
    );
    const [{ fields, second: shown }] = asked;
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
    expect(shown!.before.data[5]).toBeCloseTo(0.9);
    // What is missing has no share: before, generated and the second before take a third each.
    expect([0, 1, 2, 3, 4].map((c) => Number(frame.weights.data[c * width * height].toFixed(3)))).toEqual([
      0.333, 0, 0.333, 0.333, 0,
    ]);
    expect(frame.picture.data[5]).toBeCloseTo((0.9 + 0.3 + 0.9) / 3, 4);
    expect(frame.lineage.secondBefore).toBe(second);
  });
});
