/* Real sound for tests, made by ffmpeg's generators and by espeak-ng where it is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const decode = (ffmpeg: string, input: string[], channels: number, sampleRate: number): Float32Array[] => {
  const args = ['-v', 'error', ...input, '-f', 'f32le', '-ac', String(channels), '-ar', String(sampleRate), '-'];
  const { stdout, stderr, status } = spawnSync(ffmpeg, args, { maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr.toString());
  const all = new Float32Array(new Uint8Array(stdout).buffer);
  return Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: all.length / channels }, (_, i) => all[i * channels + c]),
  );
};

/** Sound of a libavfilter graph: planar, `seconds` long. */
export const generate = (
  ffmpeg: string,
  graph: string,
  seconds: number,
  channels = 1,
  sampleRate = 48000,
): Float32Array[] => decode(ffmpeg, ['-f', 'lavfi', '-i', graph, '-t', String(seconds)], channels, sampleRate);

export const hasEspeak = spawnSync('espeak-ng', ['--version']).status === 0;

/** A synthetic voice, mono. */
export const speak = (ffmpeg: string, text: string, voice = 'en', sampleRate = 48000): Float32Array => {
  const folder = mkdtempSync(join(tmpdir(), 'longtake-voice-'));
  try {
    const file = join(folder, 'voice.wav');
    spawnSync('espeak-ng', ['-v', voice, '-w', file, text]);
    return decode(ffmpeg, ['-i', file], 1, sampleRate)[0];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * A stand-in for a voice where none is installed: a buzz whose pitch glides and whose formant moves, in syllables with pauses. Mono, 48 kHz.
 */
export const babble = (seconds: number): Float32Array => {
  const rate = 48000;
  const out = new Float32Array(seconds * rate);
  let phase = 0;
  for (let i = 0; i < out.length; i++) {
    const t = i / rate;
    const pitch = 130 + 35 * Math.sin(2 * Math.PI * 1.7 * t) + 20 * Math.sin(2 * Math.PI * 0.6 * t + 1);
    phase += pitch / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.6 * t + 0.8 * Math.sin(2 * Math.PI * 0.9 * t))) ** 1.5;
    let voice = 0;
    for (let h = 1; h * pitch < 4000; h++) {
      const formant = 700 + 350 * Math.sin(2 * Math.PI * 2.3 * t);
      const gain = 1 / (1 + ((h * pitch - formant) / 250) ** 2) + 0.3 / (1 + ((h * pitch - 2300) / 400) ** 2);
      voice += gain * Math.sin(2 * Math.PI * h * phase);
    }
    out[i] = 0.12 * syllable * voice;
  }
  return out;
};
