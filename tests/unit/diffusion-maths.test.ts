import { describe, expect, it } from 'vitest';
import { cameraMotion } from '../../engine/diffusion/camera.ts';
import { compact, expand } from '../../engine/diffusion/compact.ts';
import type { WindowFrame } from '../../engine/diffusion/conditions.ts';
import { frameChannels, tokenPositions, windowTensors } from '../../engine/diffusion/conditions.ts';
import { changeOver } from '../../engine/diffusion/change-over.ts';
import { blockMeans, chained, filled, inside, mirroredInside } from '../../engine/diffusion/fields.ts';
import { hintCells, withDrawn } from '../../engine/diffusion/hints.ts';
import { ownLineage, routeToReal } from '../../engine/diffusion/lineage.ts';
import { motionPrior } from '../../engine/diffusion/prior.ts';
import { sample } from '../../engine/diffusion/sampler.ts';
import { scheduleOf } from '../../engine/diffusion/schedule.ts';
import type { Image } from '../../engine/frames/image.ts';
import { createImage } from '../../engine/frames/image.ts';
import { gaussian } from '../../engine/frames/noise.ts';

const width = 96;
const height = 64;

/** A smooth texture seen with its content moved by (dx, dy). */
const texture = (dx: number, dy: number): Image => {
  const out = createImage(3, width, height);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const u = x - dx;
        const v = y - dy;
        out.data[(c * height + y) * width + x] =
          0.5 + 0.2 * Math.sin(u / 4 + c) + 0.15 * Math.cos(v / 3.1 + u / 9) + 0.1 * Math.sin((u + v) / 2.3);
      }
    }
  }
  return out;
};

/** Mean of a channel away from the borders. */
const middle = (image: Image, channel: number): number => {
  let sum = 0;
  let count = 0;
  for (let y = 16; y < image.height - 16; y++) {
    for (let x = 24; x < image.width - 24; x++) {
      sum += image.data[(channel * image.height + y) * image.width + x];
      count++;
    }
  }
  return sum / count;
};

const constantFlow = (dx: number, dy: number): Image => {
  const out = createImage(2, width, height);
  out.data.fill(dx, 0, width * height);
  out.data.fill(dy, width * height);
  return out;
};

describe('motion prior', () => {
  it('carries a seen velocity on beyond the last frame', () => {
    const [prior] = motionPrior({
      before: [
        { seconds: 1, picture: texture(4, 2) },
        { seconds: 0.9, picture: texture(2, 1) },
      ],
      after: [],
      unknown: [1.2],
      linked: true,
      motion: null,
    });
    // The content moves by (2, 1) in 0.1 s, so 0.2 s later a pixel is found (4, 2) back.
    expect(middle(prior.before!.flow, 0)).toBeCloseTo(-4, 0);
    expect(middle(prior.before!.flow, 1)).toBeCloseTo(-2, 0);
    expect(prior.after).toBeNull();
    const truth = texture(8, 4);
    const error = { ...truth, data: truth.data.map((v, i) => Math.abs(v - prior.picture.data[i])) };
    expect(middle(error, 0)).toBeLessThan(0.03);
  });

  it('stands still where carrying motion on would have missed the frames that were seen', () => {
    // Where the content lay in the last four frames, nearest first: it sways, or it goes on.
    const flowAfter = (places: number[]): Image =>
      motionPrior({
        before: places.map((at, i) => ({ seconds: 1 - i / 10, picture: texture(at, 0) })),
        after: [],
        unknown: [1.1],
        linked: true,
        motion: null,
      })[0].before!.flow;
    expect(flowAfter([0, 2, 0, -2]).data.every((v) => v === 0)).toBe(true);
    expect(middle(flowAfter([4, 2, 0, -2]), 0)).toBeCloseTo(-2, 0);
  });

  it('mirrors that before the first frame', () => {
    const [prior] = motionPrior({
      before: [],
      after: [
        { seconds: 1, picture: texture(4, 0) },
        { seconds: 1.1, picture: texture(6, 0) },
      ],
      unknown: [0.9],
      linked: true,
      motion: null,
    });
    expect(middle(prior.after!.flow, 0)).toBeCloseTo(2, 0);
    expect(prior.before).toBeNull();
  });

  it('bridges two sides and trusts where the flows agree', () => {
    const [prior] = motionPrior({
      before: [{ seconds: 0, picture: texture(0, 0) }],
      after: [{ seconds: 1, picture: texture(4, 0) }],
      unknown: [0.25],
      linked: true,
      motion: null,
    });
    expect(middle(prior.before!.flow, 0)).toBeCloseTo(-1, 0.5);
    expect(middle(prior.after!.flow, 0)).toBeCloseTo(3, 0.5);
    expect(middle(prior.before!.visibility, 0)).toBeGreaterThan(0.8);
  });

  it('fades one shot out as the other comes in where they are not linked', () => {
    const sides = { before: [{ seconds: 0, picture: texture(0, 0) }], after: [{ seconds: 1, picture: texture(9, 5) }] };
    const made = motionPrior({ ...sides, unknown: [0.25, 0.75], linked: false, motion: null });
    for (const { before, after } of made) {
      expect(before!.visibility.data.every((v, i) => Math.abs(v + after!.visibility.data[i] - 1) < 1e-6)).toBe(true);
    }
    expect(middle(made[0].after!.visibility, 0)).toBeLessThan(0.4);
    expect(middle(made[1].after!.visibility, 0)).toBeGreaterThan(0.6);
  });
});

describe('fields and lineage', () => {
  it('adds displacements and multiplies visibilities along a way', () => {
    const own = ownLineage('before', width, height);
    const onward = { flow: constantFlow(-2, 1), visibility: filled(1, width, height, 0.5) };
    const step = { flow: constantFlow(-3, 0), visibility: filled(1, width, height, 0.8) };
    const field = routeToReal([{ step, onward, share: 1 }])!;
    expect(middle(field.flow, 0)).toBeCloseTo(-5);
    expect(middle(field.flow, 1)).toBeCloseTo(1);
    expect(middle(field.visibility, 0)).toBeCloseTo(0.4);
    expect(routeToReal([{ step, onward: own.after, share: 1 }])).toBeNull();
  });

  it('leans to the nearer and better seen way', () => {
    const itself = ownLineage('before', width, height).before!;
    const field = routeToReal([
      { step: { flow: constantFlow(-4, 0), visibility: filled(1, width, height, 1) }, onward: itself, share: 0.75 },
      { step: { flow: constantFlow(8, 0), visibility: filled(1, width, height, 0) }, onward: itself, share: 0.25 },
    ])!;
    expect(middle(field.flow, 0)).toBeLessThan(-3.8);
  });

  it('turns a blend place by place: nothing at its start, everything at its end, little doubled between', () => {
    const [a, b] = [texture(0, 0), texture(7, 5)];
    expect(changeOver(a, b, 0).data.every((v) => v === 0)).toBe(true);
    expect(changeOver(a, b, 1).data.every((v) => v === 1)).toBe(true);
    const half = changeOver(a, b, 0.5);
    expect(Math.abs(half.data.reduce((sum, v) => sum + v, 0) / half.data.length - 0.5)).toBeLessThan(0.1);
    expect(half.data.filter((v) => v < 0.2 || v > 0.8).length / half.data.length).toBeGreaterThan(0.4);
    for (let i = 0, later = changeOver(a, b, 0.6); i < half.data.length; i += 7)
      expect(later.data[i]).toBeGreaterThanOrEqual(half.data[i]);
  });

  it('begins an unseen margin from a mirror image', () => {
    const flow = mirroredInside(constantFlow(-10, 0));
    expect(flow.data[0]).toBe(10);
    expect(flow.data[4]).toBe(2);
    expect(flow.data[20]).toBe(-10);
  });

  it('chains flows and knows the picture’s edge', () => {
    expect(middle(chained(constantFlow(1, 0), constantFlow(2, -1)), 0)).toBeCloseTo(3);
    const seen = inside(constantFlow(10, 0));
    expect(seen.data[width - 1]).toBe(0);
    expect(seen.data[0]).toBe(1);
  });

  it('keeps a waiting frame to a 64th of a pixel', () => {
    const field = { flow: constantFlow(-3.3, 100.7), visibility: filled(1, width, height, 0.3) };
    const picture = texture(1, 1);
    const frame = {
      lineage: { before: field, after: null, secondBefore: field, secondAfter: null },
      generated: picture,
      weights: filled(3, width, height, 1 / 3),
      residual: filled(3, width, height, -0.05),
      picture,
    };
    const back = expand(compact(frame));
    expect(back.lineage.after).toBeNull();
    expect(back.lineage.secondBefore!.visibility.data[9]).toBeCloseTo(0.3, 2);
    expect(back.lineage.secondAfter).toBeNull();
    expect(Math.abs(back.lineage.before!.flow.data[0] + 3.3)).toBeLessThan(1 / 128 + 1e-6);
    expect(Math.abs(back.residual.data[5] + 0.05)).toBeLessThan(1e-4);
    expect(Math.abs(back.picture.data[77] - picture.data[77])).toBeLessThan(1 / 500);
  });
});

describe('window tensors', () => {
  const h = height / 8;
  const w = width / 8;
  const known = (seconds: number): WindowFrame => ({
    seconds,
    known: 'all',
    appearance: filled(16, w, h, 0.7),
    prior: null,
    moved: null,
    secondsBefore: null,
    secondsAfter: null,
    hints: null,
  });
  const unknown = (seconds: number): WindowFrame => ({
    seconds,
    known: 'none',
    appearance: filled(16, w, h, -0.2),
    prior: {
      before: { flow: constantFlow(4, -8), visibility: filled(1, width, height, 0.75) },
      after: null,
      secondBefore: { flow: constantFlow(1, 1), trust: filled(1, w, h, 0.25) },
      secondAfter: null,
      foretold: filled(4, w, h, 0.4),
    },
    moved: null,
    secondsBefore: 0.5,
    secondsAfter: null,
    hints: null,
  });

  it('packs motion in eighths, visibility as 2v − 1, and what is missing as unseen', () => {
    const tensors = windowTensors([known(0), unknown(0.5)], 24);
    const at = (t: number, c: number): number => frameChannels(tensors.prior, tensors, t, c, 1).data[5];
    expect([16, 17, 18, 19, 20, 21].map((c) => at(0, c))).toEqual([0, 0, 0, 0, 1, 1]);
    expect([at(0, 22), at(0, 23), at(1, 22), at(1, 23)]).toEqual([1, 1, -0.5, -1]);
    expect([16, 17, 18, 19, 20, 21].map((c) => at(1, c))).toEqual([0.5, -1, 0, 0, 0.5, -1]);
    expect(at(1, 0)).toBeCloseTo(-0.2);
    expect(frameChannels(tensors.known, tensors, 1, 0, 20).data.every((v) => v === 0)).toBe(true);
    expect([20, 21, 22, 23].map((c) => frameChannels(tensors.known, tensors, 1, c, 1).data[5])).toEqual(
      Array(4).fill(Math.fround(0.4)),
    );
    expect(Array.from(tensors.mask)).toEqual([...Array(h * w).fill(1), ...Array(h * w).fill(0)]);
    expect(Array.from(tensors.info)).toEqual([0, 0.5, 0, 0, 1, 1, 1, 0]);
  });

  it('takes a frame that is known cell by cell', () => {
    const cells = createImage(1, w, h);
    cells.data.fill(1, 0, w);
    const tensors = windowTensors([known(0), { ...unknown(0.5), known: cells }], 22);
    expect(tensors.mask[h * w]).toBe(1);
    expect(tensors.mask[h * w + w]).toBe(0);
    expect(frameChannels(tensors.known, tensors, 1, 20, 1).data[0]).toBe(1);
    expect(frameChannels(tensors.prior, tensors, 1, 16, 1).data[w]).toBe(0.5);
  });

  it('puts tokens at the middle of their two frames and of their 16 pixels', () => {
    const positions = tokenPositions([1, 1.5, 2, 3], 4, 6);
    expect(positions.length).toBe(2 * 2 * 3 * 3);
    expect(Array.from(positions.slice(0, 3))).toEqual([0.25, -8 / 128, -16 / 128]);
    expect(positions[2 * 3 * 3]).toBe(1.5);
  });

  it('refuses an odd count', () => {
    expect(() => windowTensors([known(0)], 22)).toThrow(RangeError);
  });
});

describe('sampler', () => {
  const schedule = scheduleOf({ presets: { '4': [1, 0.75, 0.5, 0.25] }, temperature: 0.5, source: 'noise' }, 4);

  it('reaches what the network says and leaves what is known alone', async () => {
    const levels: number[] = [];
    const result = await sample({
      schedule,
      known: Float32Array.of(3, 0, 0),
      mask: Float32Array.of(1, 0, 0),
      start: gaussian(1, 3),
      clean: async (noisy, level) => {
        levels.push(level);
        expect(noisy[0]).toBe(3);
        return Float32Array.of(9, 1, -2);
      },
      afterStep: async () => {},
    });
    expect(levels).toEqual([1, 0.75, 0.5, 0.25]);
    expect(Array.from(result)).toEqual([3, 1, -2]);
  });

  it('follows the straight line between start and answer', async () => {
    const seen: number[] = [];
    await sample({
      schedule,
      known: Float32Array.of(0),
      mask: Float32Array.of(0),
      start: Float32Array.of(1),
      clean: async (noisy) => {
        seen.push(noisy[0]);
        return Float32Array.of(5);
      },
      afterStep: async () => {},
    });
    // z = (1 − τ)·5 + τ·1
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('refuses a preset that does not fall from 1', () => {
    expect(() => scheduleOf({ presets: { '4': [1, 0.5, 0.5, 0.1] }, temperature: 1, source: 'noise' }, 4)).toThrow(
      RangeError,
    );
    expect(() => scheduleOf({ presets: {}, temperature: 1, source: 'noise' }, 8)).toThrow(RangeError);
  });
});

describe('camera and arrows', () => {
  const still = { panRight: 0, tiltUp: 0, zoomIn: 0, rollLeft: 0 };

  it('moves what is seen to the right when the camera pans left', () => {
    const flow = cameraMotion({ ...still, panRight: -0.1 }, width, height)(1, 0);
    // The picture has moved 9.6 pixels to the right: a pixel is found 9.6 to the left in the still.
    expect(flow.data[100]).toBeCloseTo(-9.6, 4);
    expect(flow.data[width * height + 100]).toBeCloseTo(0, 4);
  });

  it('moves what is seen down when the camera tilts up', () => {
    expect(cameraMotion({ ...still, tiltUp: 0.1 }, width, height)(1, 0).data[width * height]).toBeCloseTo(-6.4, 4);
  });

  it('undoes itself between any two times', () => {
    const move = cameraMotion({ panRight: 0.05, tiltUp: -0.03, zoomIn: 0.1, rollLeft: 0.05 }, width, height);
    const there = chained(move(0.7, 0.3), move(0.3, 0.7));
    expect(middle(there, 0)).toBeCloseTo(0, 3);
    expect(middle(there, 1)).toBeCloseTo(0, 3);
  });

  it('draws nearer when it zooms in', () => {
    const flow = cameraMotion({ ...still, zoomIn: 0.2 }, width, height)(1, 0);
    expect(flow.data[0]).toBeGreaterThan(0); // the corner shows what lay further in
  });

  it('carries an arrow’s surroundings along and leaves the rest', () => {
    const motion = withDrawn(
      cameraMotion(still, width, height),
      { arrows: [{ x: 30, y: 30, dx: 12, dy: 0 }], regions: [] },
      2,
      width,
      height,
    );
    const flow = motion(2, 0);
    expect(flow.data[30 * width + 42]).toBeCloseTo(-12, 3);
    expect(Math.abs(flow.data[5 * width + 90])).toBeLessThan(0.1);
    expect(motion(2, 1).data[30 * width + 42]).toBeCloseTo(-6, 3);
  });

  it('moves a region as a whole and leaves what is not dragged along', () => {
    const soft = createImage(1, width, height);
    for (let y = 20; y < 40; y++) soft.data.fill(1, y * width + 20, y * width + 40);
    const regions = [{ soft, dx: 8, dy: -4 }];
    const motion = withDrawn(cameraMotion(still, width, height), { arrows: [], regions }, 2, width, height);
    const at = (flow: Image, x: number, y: number): number[] =>
      [0, 1].map((c) => flow.data[c * width * height + y * width + x]);
    expect(at(motion(2, 0), 38, 26)).toEqual([-8, 4]); // the middle, where it has got to
    expect(at(motion(1, 0), 34, 28)).toEqual([-4, 2]);
    expect(at(motion(2, 1), 38, 26)).toEqual([-4, 2]);
    expect(at(motion(2, 0), 60, 50).map(Math.abs)).toEqual([0, 0]);
    const twice = withDrawn(
      cameraMotion(still, width, height),
      { arrows: [], regions: [...regions, ...regions] },
      2,
      width,
      height,
    );
    expect(at(twice(2, 0), 38, 26)).toEqual([-8, 4]);
  });

  it('hints the way back at the place that the arrow has reached', () => {
    const cells = hintCells([{ x: 20, y: 12, dx: 32, dy: 8 }], 0.5, width, height);
    const at = 2 * (width / 8) + 4; // (36, 16)
    const count = cells.width * cells.height;
    expect([cells.data[at], cells.data[count + at], cells.data[2 * count + at]]).toEqual([-2, -0.5, 1]);
    expect(cells.data.filter((v) => v !== 0).length).toBe(3);
  });

  it('averages blocks of 8', () => {
    const image = createImage(1, 16, 8);
    image.data.fill(1);
    image.data[0] = 65;
    expect(Array.from(blockMeans(image).data)).toEqual([2, 1]);
  });
});
