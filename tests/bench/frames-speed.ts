/**
 * Milliseconds a call of the costly functions of engine/frames, on one core, warm: `node tests/bench/frames-speed.ts`.
 * Wall time is what a user waits; processor time is the one to compare between runs on a busy machine.
 * Synthetic input (smooth flow of a few pixels, textured planes); the quality and engine benches use real clips.
 */
import { compose } from '../../engine/frames/compose.ts';
import { disFlow } from '../../engine/frames/dis-flow.ts';
import type { Image, PlanarFrame } from '../../engine/frames/image.ts';
import { createImage } from '../../engine/frames/image.ts';
import { featherMask, pasteMasked } from '../../engine/frames/mask.ts';
import { createRandom } from '../../engine/frames/noise.ts';
import { planeSize, toWorking } from '../../engine/frames/resize.ts';

const random = createRandom(7);
const unit = (): number => random() / 2 ** 32;

const wave = (channels: number, amplitude: number, middle: number): Image => {
  const image = createImage(channels, 256, 144);
  for (let c = 0, i = 0; c < channels; c++) {
    const [p, q, r] = [unit(), unit(), unit()];
    for (let y = 0; y < 144; y++) {
      for (let x = 0; x < 256; x++, i++)
        image.data[i] = middle + amplitude * Math.sin(6 * p + x * 0.05 * q + y * 0.06 * r);
    }
  }
  return image;
};

const texture = (width: number, height: number, bits: 8 | 10): PlanarFrame => {
  const pixFmt = bits === 8 ? 'yuv420p' : 'yuv420p10le';
  const format = { pixFmt, bits, log2ChromaW: 1, log2ChromaH: 1, rgb: false, alpha: false } as const;
  const planes = [0, 1, 2].map((p) => {
    const size = planeSize({ format, width, height }, p);
    const plane = new (bits === 8 ? Uint8Array : Uint16Array)(size.width * size.height);
    for (let i = 0; i < plane.length; i++)
      plane[i] = 2 ** (bits - 8) * (128 + 60 * Math.sin(i * 0.031)) + (random() & 15);
    return plane;
  });
  return { format, colour: { matrix: 'bt709', range: 'limited', transfer: 'sdr', tags: {} }, width, height, planes };
};

const measure = (name: string, run: () => void, times = 7): void => {
  const wall: number[] = [];
  const busy: number[] = [];
  for (let i = 0; i < times + 2; i++) {
    const begin = performance.now();
    const used = process.cpuUsage();
    run();
    if (i < 2) continue;
    wall.push(performance.now() - begin);
    busy.push(process.cpuUsage(used).user / 1000);
  }
  const middle = (values: number[]): string => {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1].toFixed(0).padStart(5);
  };
  console.log(`${name.padEnd(58)} ${middle(wall)} ms wall ${middle(busy)} ms processor`);
};

const input = (before: PlanarFrame, after: PlanarFrame) => ({
  before: { frame: before, flow: wave(2, 4, 0) },
  after: { frame: after, flow: wave(2, 4, 0) },
  generated: wave(3, 0.3, 0.5),
  weights: wave(3, 0.2, 0.34),
  residual: wave(3, 0.02, 0),
});

const [before, after] = [texture(1920, 1080, 8), texture(1920, 1080, 8)];
const two = input(before, after);
measure('compose 1920x1080 4:2:0 8-bit, two references', () => compose(two, before));
measure('compose 1920x1080 4:2:0 8-bit, one reference', () => compose({ ...two, after: undefined }, before));
const deep = texture(1920, 1080, 10);
const deepInput = input(deep, texture(1920, 1080, 10));
measure('compose 1920x1080 4:2:0 10-bit, two references', () => compose(deepInput, deep));
const [small, other] = [before, after].map((frame) => toWorking(frame, { width: 256, height: 144 }));
measure('disFlow 256x144, unrelated pictures', () => disFlow(small, other), 21);
measure('disFlow 256x144, one picture moved', () => disFlow(two.generated, wave(3, 0.3, 0.5)), 21);
measure('toWorking 1920x1080 → 256x144', () => toWorking(before, { width: 256, height: 144 }));
const mask = createImage(1, 1920, 1080);
for (let y = 300; y < 700; y++) mask.data.fill(1, y * 1920 + 600, y * 1920 + 1100);
measure('featherMask 1920x1080, 8 px', () => featherMask(mask, 8));
const soft = featherMask(mask, 8);
measure('pasteMasked 1920x1080', () => pasteMasked(before, after, soft));
