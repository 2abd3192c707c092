import { writeFile } from 'node:fs/promises';
import { randomStream } from './noise.ts';

/** Two channels of float samples, -1..1, at 48 kHz. */
export type Sound = { left: Float32Array; right: Float32Array };

export const sampleRate = 48_000;

/** Noise through a chain of one-pole filters: high-pass at `low` Hz, then two low-passes at `high` Hz. Unit spread, about. */
const band = (samples: number, seed: number, low: number, high: number): Float32Array => {
  const random = randomStream(seed);
  const a = 1 - Math.exp((-2 * Math.PI * high) / sampleRate);
  const b = 1 - Math.exp((-2 * Math.PI * low) / sampleRate);
  const out = new Float32Array(samples);
  let one = 0;
  let two = 0;
  let slow = 0;
  let power = 0;
  for (let i = -4800; i < samples; i++) {
    one += a * (random() + random() - 1 - one);
    two += a * (one - two);
    slow += b * (two - slow);
    if (i < 0) continue;
    out[i] = two - slow;
    power += out[i] ** 2;
  }
  const scale = 1 / Math.sqrt(power / samples + 1e-12);
  return out.map((value) => value * scale);
};

/** Slow breathing between 1 - depth and 1, from three sines that do not line up. */
const breath = (seconds: number, depth: number, phase: number): number => {
  const wave =
    Math.sin(seconds * 1.7 + phase) + Math.sin(seconds * 0.93 + phase * 2.3) + Math.sin(seconds * 2.9 + phase * 0.7);
  return 1 - depth * (0.5 - wave / 6);
};

type Voice = { low: number; high: number; level: number; depth: number };

const voices = (seconds: number, seed: number, parts: Voice[]): Sound => {
  const samples = Math.round(seconds * sampleRate);
  const channel = (side: number): Float32Array => {
    const sum = new Float32Array(samples);
    parts.forEach((part, index) => {
      const shared = band(samples, seed + index * 10, part.low, part.high);
      const own = band(samples, seed + index * 10 + 1 + side, part.low, part.high);
      for (let i = 0; i < samples; i++) {
        const gain = part.level * breath(i / sampleRate, part.depth, index * 1.9 + seed + side * 0.4);
        sum[i] += gain * (0.6 * shared[i] + 0.8 * own[i]);
      }
    });
    return sum;
  };
  return { left: channel(0), right: channel(1) };
};

/** Wind over a valley: a low body that swells, and a thin hiss of needles. */
export const wind = (seconds: number): Sound =>
  voices(seconds, 11, [
    { low: 60, high: 420, level: 0.03, depth: 0.5 },
    { low: 700, high: 2600, level: 0.007, depth: 0.6 },
    { low: 3000, high: 9000, level: 0.002, depth: 0.4 },
  ]);

/** A lake shore at dawn: air, and water that laps. */
export const lake = (seconds: number): Sound =>
  voices(seconds, 23, [
    { low: 50, high: 260, level: 0.02, depth: 0.2 },
    { low: 350, high: 1300, level: 0.012, depth: 0.75 },
    { low: 1800, high: 6000, level: 0.003, depth: 0.5 },
  ]);

/** A street in light rain: far traffic and a steady patter. */
export const rain = (seconds: number): Sound =>
  voices(seconds, 37, [
    { low: 40, high: 180, level: 0.025, depth: 0.25 },
    { low: 900, high: 4200, level: 0.012, depth: 0.12 },
    { low: 4000, high: 12000, level: 0.007, depth: 0.1 },
  ]);

/** 16-bit stereo WAV. */
export const writeWav = async (file: string, sound: Sound): Promise<void> => {
  const samples = sound.left.length;
  const out = Buffer.alloc(44 + samples * 4);
  out.write('RIFF', 0);
  out.writeUInt32LE(36 + samples * 4, 4);
  out.write('WAVEfmt ', 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(2, 22);
  out.writeUInt32LE(sampleRate, 24);
  out.writeUInt32LE(sampleRate * 4, 28);
  out.writeUInt16LE(4, 32);
  out.writeUInt16LE(16, 34);
  out.write('data', 36);
  out.writeUInt32LE(samples * 4, 40);
  const sample = (value: number): number => Math.round(Math.max(-1, Math.min(1, value)) * 32767);
  for (let i = 0; i < samples; i++) {
    out.writeInt16LE(sample(sound.left[i]), 44 + i * 4);
    out.writeInt16LE(sample(sound.right[i]), 46 + i * 4);
  }
  await writeFile(file, out);
};
