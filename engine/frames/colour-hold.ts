import type { Image } from './image.ts';
import { createImage } from './image.ts';

/** Mean and standard deviation of each channel, over all pixels of all pictures measured. */
export type ColourStats = { mean: number[]; spread: number[] };

/** Statistics of one or more pictures with the same number of channels; at least one picture (RangeError). */
export const measureColour = (pictures: Image[]): ColourStats => {
  if (pictures.length === 0) throw new RangeError('measureColour: no picture');
  const channels = pictures[0].channels;
  const mean: number[] = [];
  const spread: number[] = [];
  for (let c = 0; c < channels; c++) {
    let count = 0;
    let sum = 0;
    let squares = 0;
    for (const { data, width, height } of pictures) {
      const size = width * height;
      for (let i = c * size; i < (c + 1) * size; i++) {
        sum += data[i];
        squares += data[i] * data[i];
      }
      count += size;
    }
    mean.push(sum / count);
    spread.push(Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)));
  }
  return { mean, spread };
};

/** (1−t)·a + t·b, for new frames between two contexts. */
export const mixColour = (a: ColourStats, b: ColourStats, t: number): ColourStats => ({
  mean: a.mean.map((value, c) => value + t * (b.mean[c] - value)),
  spread: a.spread.map((value, c) => value + t * (b.spread[c] - value)),
});

export type HoldOptions = {
  /** 0 leaves the picture alone, 1 corrects the whole difference within the bounds. */
  strength?: number;
  /** Greatest change of contrast, as a ratio: 1.15 allows 1/1.15..1.15. */
  maxGain?: number;
  /** Greatest change of the mean, in units of the picture (R'G'B' 0..1). */
  maxShift?: number;
};

/**
 * Holds a generated picture's colour to its context, per channel c with mean m, spread s of the picture and m*, s* of the target:
 *   gain  = clamp(s* / s, 1/maxGain, maxGain),  shift = clamp(m* − m, −maxShift, maxShift)
 *   x'    = x + strength · ((gain − 1)·(x − m) + shift)
 * The bounds are what lets something new enter the picture: content that truly differs is corrected by the bound at most, a model's drift is
 * smaller than that and goes. The mean of the result is exactly m + strength·shift. Values may leave 0..1 by a little; they are not clipped.
 */
export const holdColour = (picture: Image, target: ColourStats, options: HoldOptions = {}): Image => {
  const { strength = 1, maxGain = 1.15, maxShift = 0.04 } = options;
  const { mean, spread } = measureColour([picture]);
  const out = createImage(picture.channels, picture.width, picture.height);
  const size = picture.width * picture.height;
  for (let c = 0; c < picture.channels; c++) {
    const ratio = spread[c] > 1e-4 ? target.spread[c] / spread[c] : 1;
    const gain = strength * (Math.min(maxGain, Math.max(1 / maxGain, ratio)) - 1);
    const shift = strength * Math.min(maxShift, Math.max(-maxShift, target.mean[c] - mean[c]));
    for (let i = c * size; i < (c + 1) * size; i++)
      out.data[i] = picture.data[i] + gain * (picture.data[i] - mean[c]) + shift;
  }
  return out;
};
