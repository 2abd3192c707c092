import { fourier, hann, previousPowerOfTwo } from './fourier.ts';
import { lengthOf, meanOf, rms, type Pcm } from './pcm.ts';

/** One steady line of mains hum: per channel `re·cos(ωt) − im·sin(ωt)`, t in samples from the end of what was heard. */
export type HumLine = { omega: number; re: Float64Array; im: Float64Array };

/** A hum is a steady line at a low multiple of the mains frequency; anything else that sounds is music, or somebody's whistle. */
const isMains = (hertz: number): boolean =>
  [50, 60].some((mains) => {
    const harmonic = Math.round(hertz / mains);
    return harmonic >= 1 && harmonic <= 10 && Math.abs(hertz - harmonic * mains) < 0.5 + 0.004 * hertz;
  });

/** Complex amplitude of one frequency in [from, to) of a channel, t counted from `origin`; Hann-weighted, so neighbours 2/T away do not leak. */
const amplitude = (
  x: Float32Array,
  omega: number,
  from: number,
  to: number,
  origin: number,
): [re: number, im: number] => {
  let re = 0;
  let im = 0;
  let weight = 0;
  for (let i = from; i < to; i++) {
    const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i - from + 0.5)) / (to - from));
    const angle = omega * (i - origin);
    re += w * x[i] * Math.cos(angle);
    im -= w * x[i] * Math.sin(angle);
    weight += w;
  }
  return [(2 * re) / weight, (2 * im) / weight];
};

/** Peaks of the power spectrum of all channels together, 15 dB above what lies around them. Hertz, strongest first. */
const spectralPeaks = (context: Pcm, sampleRate: number): number[] => {
  const size = previousPowerOfTwo(lengthOf(context));
  const plan = fourier(size);
  const window = hann(size);
  const power = new Float64Array(size / 2);
  for (const channel of context) {
    const mean = meanOf(channel);
    const offset = channel.length - size;
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    for (let i = 0; i < size; i++) re[i] = window[i] * (channel[offset + i] - mean);
    plan.forward(re, im);
    for (let k = 0; k < power.length; k++) power[k] += re[k] * re[k] + im[k] * im[k];
  }
  const step = sampleRate / size;
  const last = Math.min(power.length - 2, Math.floor(620 / step));
  const reach = Math.max(6, Math.round(15 / step));
  const peaks: { hertz: number; power: number }[] = [];
  for (let k = Math.max(2, Math.floor(40 / step)); k <= last; k++) {
    if (power[k] < power[k - 1] || power[k] < power[k + 1]) continue;
    const around = power.slice(Math.max(1, k - reach), k + reach + 1).sort();
    if (power[k] > 32 * around[Math.floor(around.length / 2)]) {
      const [a, b, c] = [power[k - 1], power[k], power[k + 1]].map((p) => Math.log(p + 1e-30));
      const shift = (0.5 * (a - c)) / (a - 2 * b + c || 1);
      peaks.push({ hertz: (k + shift) * step, power: b });
    }
  }
  return peaks.sort((p, q) => q.power - p.power).map((peak) => peak.hertz);
};

/** Sharpens a frequency by the turn of its phase between the halves of the context, in the channel where it is strongest. */
const sharpen = (channel: Float32Array, omega: number): number => {
  const n = channel.length;
  const half = Math.floor(n / 2);
  let result = omega;
  for (let round = 0; round < 3; round++) {
    const [ar, ai] = amplitude(channel, result, 0, half, 0);
    const [br, bi] = amplitude(channel, result, half, n, 0);
    result += Math.atan2(bi * ar - br * ai, br * ar + bi * ai) / half;
  }
  return result;
};

/** The same strength in every quarter of the context (within a third) in the channel where it is strongest. */
const isSteady = (channel: Float32Array, omega: number): boolean => {
  const quarter = Math.floor(channel.length / 4);
  const strengths = [0, 1, 2, 3].map((q) =>
    Math.hypot(...amplitude(channel, omega, q * quarter, (q + 1) * quarter, 0)),
  );
  return Math.min(...strengths) > 0.6 * Math.max(...strengths);
};

/**
 * Finds mains hum (50 or 60 Hz and its first ten multiples) in what was heard. Needs 0.6 s; shorter contexts give none.
 * A phase at the end of the context is what lets it go on without a seam.
 */
export const findHum = (context: Pcm, sampleRate: number): HumLine[] => {
  const n = lengthOf(context);
  if (n < 0.6 * sampleRate) return [];
  const lines: HumLine[] = [];
  const energy = rms(context) ** 2;
  for (const hertz of spectralPeaks(context, sampleRate).filter(isMains).slice(0, 12)) {
    const rough = (2 * Math.PI * hertz) / sampleRate;
    const strengths = context.map((channel) => Math.hypot(...amplitude(channel, rough, 0, n, 0)));
    const strongest = context[strengths.indexOf(Math.max(...strengths))];
    const omega = sharpen(strongest, rough);
    // A pure tone's own leakage also makes peaks, a hundred decibels down.
    const faint = Math.max(...strengths) ** 2 < 1e-5 * energy;
    const near = lines.some((line) => Math.abs(line.omega - omega) * n < 8 * Math.PI);
    if (faint || near || !isSteady(strongest, omega)) continue;
    const parts = context.map((channel) => amplitude(channel, omega, 0, n, n));
    lines.push({ omega, re: Float64Array.from(parts, (p) => p[0]), im: Float64Array.from(parts, (p) => p[1]) });
  }
  return lines;
};

/** Adds (or with sign −1 takes away) lines to `pcm`, whose first sample is at time `from` of the lines. */
export const addHum = (pcm: Pcm, lines: readonly HumLine[], from: number, sign: 1 | -1 = 1): void => {
  for (const { omega, re, im } of lines) {
    pcm.forEach((channel, c) => {
      for (let i = 0; i < channel.length; i++) {
        const angle = omega * (from + i);
        channel[i] += sign * (re[c] * Math.cos(angle) - im[c] * Math.sin(angle));
      }
    });
  }
};

/**
 * Adds the lines of a whole gap: they leave its start as `left` does and reach its end as `right` does, which was found in the sound after the
 * gap, reversed: there frequencies are the same and phases turn round.
 */
export const addHumBetween = (pcm: Pcm, left: readonly HumLine[], right: readonly HumLine[]): void => {
  const n = lengthOf(pcm);
  const paired = left.map((line) =>
    right.find((other) => Math.abs(other.omega - line.omega) * n < 2 * Math.PI || close(line, other)),
  );
  left.forEach((line, l) => addBridge(pcm, line, paired[l]));
  // A line that only the far side has comes in over the gap.
  right
    .filter((line) => !paired.includes(line))
    .forEach((line) => addBridge(pcm, { ...line, re: line.re.map(() => 0), im: line.im.map(() => 0) }, line));
};

const close = (a: HumLine, b: HumLine): boolean => Math.abs(a.omega - b.omega) < 0.01 * a.omega;

/** One line from its phase and strength at the start to those at the end; `to` is measured on reversed sound, from the end backwards. */
const addBridge = (pcm: Pcm, from: HumLine, to: HumLine | undefined): void => {
  const n = lengthOf(pcm);
  pcm.forEach((channel, c) => {
    const start = Math.hypot(from.re[c], from.im[c]);
    const end = to ? Math.hypot(to.re[c], to.im[c]) : 0;
    const endPhase = to && end > 0 ? -Math.atan2(to.im[c], to.re[c]) : 0;
    const startPhase = start > 0 ? Math.atan2(from.im[c], from.re[c]) : endPhase - from.omega * n;
    const miss = to && end > 0 ? endPhase - (startPhase + from.omega * n) : 0;
    const turn = miss - 2 * Math.PI * Math.round(miss / (2 * Math.PI));
    for (let i = 0; i < n; i++) {
      const t = (i + 0.5) / n;
      channel[i] += (start + (end - start) * t) * Math.cos(startPhase + from.omega * i + turn * t);
    }
  });
};
