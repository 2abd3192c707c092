import type { DitModel } from '../../engine/diffusion/model.ts';
import type { Image } from '../../engine/frames/image.ts';
import { createImage } from '../../engine/frames/image.ts';

/*
 * Networks written by hand for unit tests of what lies around them: appearance is the 2x2 colours of each cell, the denoiser believes the
 * prior, the refiner weighs references by visibility and nearness. Never a model that anybody runs.
 */

const side = 4;

const encode = (frame: Image): Image => {
  const out = createImage(16, frame.width / 8, frame.height / 8);
  const count = out.width * out.height;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < frame.height; y++) {
      for (let x = 0; x < frame.width; x++) {
        const part = 2 * ((y % 8) >> 2) + ((x % 8) >> 2);
        out.data[(4 * c + part) * count + (y >> 3) * out.width + (x >> 3)] +=
          frame.data[(c * frame.height + y) * frame.width + x] / (side * side);
      }
    }
  }
  return out;
};

const decode = (latents: Image): Image => {
  const out = createImage(3, latents.width * 8, latents.height * 8);
  const count = latents.width * latents.height;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < out.height; y++) {
      for (let x = 0; x < out.width; x++) {
        const part = 2 * ((y % 8) >> 2) + ((x % 8) >> 2);
        out.data[(c * out.height + y) * out.width + x] =
          latents.data[(4 * c + part) * count + (y >> 3) * latents.width + (x >> 3)];
      }
    }
  }
  return out;
};

/** Counts of calls, for tests of how much is asked of the networks. */
export const createPlainModel = (calls: { denoise: number } = { denoise: 0 }): DitModel =>
  ({
    manifest: {
      window: { frames: 16, known: 4 },
      features: { required: [] },
      latent: { channels: 22 },
      schedule: { presets: { '4': [1, 0.75, 0.5, 0.25] }, temperature: 1, source: 'noise' as const },
    },
    encode: async (frames: readonly Image[]) => frames.map(encode),
    decode: async (latents: readonly Image[]) => latents.map(decode),
    denoise: async ({ prior }: Parameters<DitModel['denoise']>[0]) => {
      calls.denoise++;
      return prior;
    },
    refine: async (inputs: Parameters<DitModel['refine']>[0]) =>
      inputs.map(({ fields }) => {
        const { width, height } = fields;
        const count = width * height;
        const weights = createImage(3, width, height);
        for (let i = 0; i < count; i++) {
          const [b, a] = [0, 1].map(
            (s) =>
              fields.data[(4 + s) * count + i] * (fields.data[(2 + s) * count + i] + 0.01) * fields.data[s * count + i],
          );
          const sum = b + a + 0.02;
          weights.data[i] = b / sum;
          weights.data[count + i] = a / sum;
          weights.data[2 * count + i] = 0.02 / sum;
        }
        return { flow: createImage(4, width, height), weights, residual: createImage(3, width, height) };
      }),
  }) as unknown as DitModel;
