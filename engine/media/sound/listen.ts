/*
 * What was heard near the joint: silence, a steady tone of the room, speech or music. Only the room may be carried on:
 * synthesised speech or music would be nonsense, so they fade.
 */
import { fourier, hann, previousPowerOfTwo } from './fourier.ts';
import { lengthOf, rms, type Pcm } from './pcm.ts';

/** `speech` stands for every sound that changes as fast as speech does. */
export type Heard = 'silence' | 'tone' | 'speech' | 'music';

/** What the decision rests on; exported for tests and for whoever tunes it. */
export type Features = {
  /** dB by which octave bands swell and fade faster than over half a second, beyond what noise of their width does; median over bands. */
  unrest: number;
  /** Share of the energy that lies in frames made of spectral lines. */
  tonal: number;
  /** Share of the strongest lines that stand still for a sixth of a second. */
  steadiness: number;
};

const decibels = (power: number): number => 10 * Math.log10(power + 1e-20);

type Spectra = { frames: Float64Array[]; step: number; hop: number };

/** Power spectra of all channels together; `seconds` long frames (rounded down to a power of two), half overlapped. */
const spectra = (context: Pcm, sampleRate: number, seconds: number): Spectra => {
  const size = previousPowerOfTwo(seconds * sampleRate);
  const plan = fourier(size);
  const window = hann(size);
  const frames: Float64Array[] = [];
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let start = 0; start + size <= lengthOf(context); start += size / 2) {
    const power = new Float64Array(size / 2);
    for (const channel of context) {
      for (let i = 0; i < size; i++) re[i] = window[i] * channel[start + i];
      im.fill(0);
      plan.forward(re, im);
      for (let k = 0; k < power.length; k++) power[k] += re[k] * re[k] + im[k] * im[k];
    }
    frames.push(power);
  }
  return { frames, step: sampleRate / size, hop: size / 2 / sampleRate };
};

const median = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : 0;
};

/** Values less their running mean over about half a second: what is left is faster than a swell. */
const fastPart = (values: readonly number[], hop: number): number[] => {
  const reach = Math.max(1, Math.round(0.3 / hop));
  return values.map((value, i) => {
    const around = values.slice(Math.max(0, i - reach), i + reach + 1);
    return value - around.reduce((sum, v) => sum + v, 0) / around.length;
  });
};

const variance = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v * v, 0) / Math.max(1, values.length);

const octaves = [125, 250, 500, 1000, 2000, 4000, 8000];

/** Per octave band its level in dB over time, of those bands that can be heard beside the loudest. */
const bandLevels = ({ frames, step }: Spectra): { levels: number[]; bins: number }[] => {
  const bands = octaves
    .slice(0, -1)
    .map((from, b) => [Math.ceil(from / step), Math.min(Math.ceil(octaves[b + 1] / step), frames[0].length)])
    .filter(([from, to]) => to - from >= 2)
    .map(([from, to]) => {
      const powers = frames.map((frame) => frame.subarray(from, to).reduce((sum, p) => sum + p, 0));
      return { powers, bins: to - from, mean: powers.reduce((sum, p) => sum + p, 0) / powers.length };
    });
  const loudest = Math.max(...bands.map((band) => band.mean));
  return bands
    .filter((band) => band.mean > loudest * 1e-3)
    .map(({ powers, bins, mean }) => ({ bins, levels: powers.map((p) => Math.max(decibels(p), decibels(mean) - 40)) }));
};

const unrestOf = (spectrum: Spectra): number => {
  const bands = bandLevels(spectrum);
  if (bands.length === 0) return 0;
  const fast = bands.map(({ levels }) => fastPart(levels, spectrum.hop));
  // dB of a sum of m independent powers scatters by 4.34/√m; neighbouring bins under a Hann window count for two thirds.
  const beyond = fast.map((values, b) =>
    Math.sqrt(Math.max(0, variance(values) - (4.34 * 4.34 * 1.5) / bands[b].bins)),
  );
  return median(beyond);
};

/** The median of one or two ranges of bins, ends included. */
const middle = (frame: Float64Array, ...ranges: number[]): number => {
  const values: number[] = [];
  for (let r = 0; r < ranges.length; r += 2) {
    for (let k = Math.max(1, ranges[r]); k <= Math.min(frame.length - 1, ranges[r + 1]); k++) values.push(frame[k]);
  }
  return median(values);
};

/** Bins that stand 13 dB above the median around them, far (noise: one bin in a million) and near (not just a narrow band of noise). */
const linesOf = (frame: Float64Array, step: number): { bins: number[]; share: number } => {
  const from = Math.max(2, Math.ceil(70 / step));
  const to = Math.min(frame.length - 2, Math.floor(5000 / step));
  const reach = Math.max(8, Math.round(220 / step));
  const bins: number[] = [];
  let inLines = 0;
  let all = 0;
  for (let k = from; k < to; k++) {
    all += frame[k];
    if (frame[k] < frame[k - 1] || frame[k] < frame[k + 1]) continue;
    if (
      frame[k] > 20 * middle(frame, k - reach, k + reach) &&
      frame[k] > 20 * middle(frame, k - 10, k - 3, k + 3, k + 10)
    ) {
      bins.push(k);
      inLines += frame[k - 2] + frame[k - 1] + frame[k] + frame[k + 1] + frame[k + 2];
    }
  }
  return {
    bins: bins.sort((a, b) => frame[b] - frame[a]).slice(0, 4),
    share: all > 0 ? Math.min(1, inLines / all) : 0,
  };
};

const tonalityOf = ({ frames, step, hop }: Spectra): Pick<Features, 'tonal' | 'steadiness'> => {
  const energies = frames.map((frame) => frame.reduce((sum, p) => sum + p, 0));
  const all = energies.reduce((sum, e) => sum + e, 0);
  const lines = frames.map((frame) => linesOf(frame, step));
  const tonalEnergy = lines.reduce((sum, { share }, i) => sum + (share > 0.5 ? energies[i] : 0), 0);
  const ahead = Math.max(1, Math.round(0.15 / hop));
  let asked = 0;
  let stood = 0;
  lines.forEach(({ bins, share }, i) => {
    if (share <= 0.5 || i + ahead >= lines.length || energies[i] < all / energies.length / 30) return;
    asked += bins.length;
    const later = frames[i + ahead];
    for (const bin of bins) {
      const here = Math.max(later[bin - 1], later[bin], later[bin + 1]);
      if (here > 0.02 * frames[i][bin] && lines[i + ahead].bins.some((other) => Math.abs(other - bin) <= 1)) stood++;
    }
  });
  return { tonal: all > 0 ? tonalEnergy / all : 0, steadiness: asked ? stood / asked : 0 };
};

/** Measures a context of at least a third of a second, mains hum already taken away. */
export const measure = (context: Pcm, sampleRate: number): Features => ({
  unrest: unrestOf(spectra(context, sampleRate, 0.045)),
  ...tonalityOf(spectra(context, sampleRate, 0.095)),
});

/** Below this (−110 dBFS) there is nothing to carry on, not even the dither of 16 bits. */
const nothing = 3e-6;

/** What a context is. Less than a third of a second is too little to tell and is taken for the room. */
export const listen = (context: Pcm, sampleRate: number): Heard => {
  if (rms(context) < nothing) return 'silence';
  if (lengthOf(context) < sampleRate / 3) return 'tone';
  const { unrest, tonal, steadiness } = measure(context, sampleRate);
  if (tonal > 0.25) return steadiness < 0.3 && unrest > 4 ? 'speech' : 'music';
  return unrest > 4 ? 'speech' : 'tone';
};
