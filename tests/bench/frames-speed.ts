/**
 * Milliseconds a frame of the two costly functions of engine/frames, on one core, warm: `node tests/bench/frames-speed.ts`.
 * Synthetic input (smooth random flow of a few pixels, textured planes); the quality and engine benches use real clips.
 */
import { compose } from '../../engine/frames/compose.ts';
import type { Image, PlanarFrame } from '../../engine/frames/image.ts';
import { createImage } from '../../engine/frames/image.ts';
import { createRandom } from '../../engine/frames/noise.ts';

const random = createRandom(7);
const wave = (channels: number, amplitude: number, offset: number): Image => {
  const image = createImage(channels, 256, 144);
  for (let c = 0; c < channels; c++) {
    const [p, q, r] = [random() / 2 ** 32, random() / 2 ** 32, random() / 2 ** 32];
    for (let y = 0; y < 144; y++) {
      for (let x = 0; x < 256; x++)
        image.data[(c * 144 + y) * 256 + x] = offset + amplitude * Math.sin(6 * p + x * 0.05 * q + y * 0.06 * r);
    }
  }
  return image;
};
const texture = (width: number, height: number): PlanarFrame => {
  const plane = (w: number, h: number): Uint8Array => {
    const out = new Uint8Array(w * h);
    for (let i = 0; i < out.length; i++) out[i] = 128 + 60 * Math.sin(i * 0.031) + (random() & 15);
    return out;
  };
  return {
    format: { pixFmt: 'yuv420p', bits: 8, log2ChromaW: 1, log2ChromaH: 1, rgb: false, alpha: false },
    colour: { matrix: 'bt709', range: 'limited', transfer: 'sdr', tags: {} },
    width,
    height,
    planes: [plane(width, height), plane(width / 2, height / 2), plane(width / 2, height / 2)],
  };
};

const median = (run: () => void, times: number): number => {
  const spent: number[] = [];
  for (let i = 0; i < times + 2; i++) {
    const begin = performance.now();
    run();
    if (i >= 2) spent.push(performance.now() - begin);
  }
  return spent.sort((a, b) => a - b)[spent.length >> 1] ?? NaN;
};

const [before, after] = [texture(1920, 1080), texture(1920, 1080)];
const input = {
  before: { frame: before, flow: wave(2, 4, 0) },
  after: { frame: after, flow: wave(2, 4, 0) },
  generated: wave(3, 0.3, 0.5),
  weights: wave(3, 0.2, 0.34),
  residual: wave(3, 0.02, 0),
};
console.log(`compose 1920x1080 yuv420p, two references: ${median(() => compose(input, before), 7).toFixed(0)} ms`);
