import { describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { growSound, type GrowSoundRequest } from '../../engine/media/sound/grow-sound.ts';
import { largestAutocorrelation, lengthOf, rms, stepQuantile } from '../../engine/media/sound/pcm.ts';
import { babble, generate, hasEspeak, speak } from '../support/sounds.ts';

const { ffmpeg } = findFfmpeg();
const rate = 48000;
const decibels = (ratio: number): number => 20 * Math.log10(ratio);
const tail = (pcm: Float32Array[], seconds: number) => pcm.map((channel) => channel.slice(-Math.round(seconds * rate)));
const head = (pcm: Float32Array[], seconds: number) =>
  pcm.map((channel) => channel.slice(0, Math.round(seconds * rate)));
const grow = (request: Partial<GrowSoundRequest> & { count: number }) =>
  growSound({ sampleRate: rate, channels: (request.before ?? request.after)!.length, seed: 7, ...request });

/** The largest step within 10 ms of a joint between two stretches, as a multiple of the clip's own 99.9th percentile. */
const jointStep = (left: Float32Array, right: Float32Array, clip: Float32Array): number => {
  const around = [...left.slice(-480), ...right.slice(0, 480)];
  const own = stepQuantile(clip, 0.999);
  let largest = 0;
  // Steps among the clip's own samples are none of ours.
  const first = Math.min(480, left.length);
  for (let i = 1; i < around.length; i++) {
    const made = left === clip ? i >= first : i <= first;
    if (made) largest = Math.max(largest, Math.abs(around[i] - around[i - 1]));
  }
  return largest / own;
};

const correlation = (a: Float32Array, b: Float32Array): number => {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
};

/** Share of the power per octave, dB, by differencing ffmpeg-free: energies of successive halvings of the band. */
const octaveShares = (channel: Float32Array): number[] => {
  let band = Float64Array.from(channel);
  const energies: number[] = [];
  for (let o = 0; o < 6; o++) {
    const low = new Float64Array(band.length >> 1);
    let high = 0;
    for (let i = 0; i < low.length; i++) {
      low[i] = (band[2 * i] + band[2 * i + 1]) / 2;
      high += ((band[2 * i] - band[2 * i + 1]) / 2) ** 2;
    }
    energies.push(high / low.length);
    band = low;
  }
  const all = energies.reduce((sum, e) => sum + e, 0);
  return energies.map((e) => 10 * Math.log10(e / all));
};

const rooms: [string, string][] = [
  ['white noise', 'anoisesrc=color=white:amplitude=0.05:seed=3'],
  ['pink noise', 'anoisesrc=color=pink:amplitude=0.05:seed=4'],
  ['brown noise', 'anoisesrc=color=brown:amplitude=0.05:seed=5'],
  ['a dull room', 'anoisesrc=color=pink:amplitude=0.1:seed=6,lowpass=f=500'],
  ['air conditioning', 'anoisesrc=color=pink:amplitude=0.05:seed=8,equalizer=f=300:width_type=h:w=200:g=12'],
  ['a slow swell', 'anoisesrc=color=pink:amplitude=0.1:seed=9,tremolo=f=0.3:d=0.2'],
];

describe('room tone', () => {
  it.each(rooms)('%s goes on with its level, its colour, no step and no repetition', (_name, graph) => {
    const clip = generate(ffmpeg, graph, 5);
    for (const seconds of [0.5, 1.3]) {
      const count = Math.round(seconds * rate);
      const { pcm, heard, note } = grow({ before: clip, count });
      expect(heard).toEqual({ before: 'tone' });
      expect(note).toBeUndefined();
      expect(pcm.map((channel) => channel.length)).toEqual([count]);
      expect(Math.abs(decibels(rms(pcm) / rms(tail(clip, 4))))).toBeLessThan(1);
      expect(jointStep(clip[0], pcm[0], clip[0])).toBeLessThanOrEqual(1);
      expect(largestAutocorrelation(pcm[0], 0.05 * rate)).toBeLessThan(0.3);
      const [own, made] = [octaveShares(clip[0]), octaveShares(pcm[0])];
      own.forEach((share, o) => share > -25 && expect(Math.abs(share - made[o])).toBeLessThan(2.5));
    }
  });

  it('goes backward: what is made ends where the clip begins', () => {
    const clip = generate(ffmpeg, rooms[1][1], 5);
    const { pcm, heard } = grow({ after: clip, count: rate });
    expect(heard).toEqual({ after: 'tone' });
    expect(Math.abs(decibels(rms(pcm) / rms(head(clip, 4))))).toBeLessThan(1);
    expect(jointStep(pcm[0], clip[0], clip[0])).toBeLessThanOrEqual(1);
    expect(largestAutocorrelation(pcm[0], 0.05 * rate)).toBeLessThan(0.3);
  });

  it('closes a loop: it leaves the end and reaches the beginning, evenly', () => {
    const clip = generate(ffmpeg, rooms[2][1], 5);
    const { pcm } = grow({ before: clip, after: clip, count: rate });
    expect(jointStep(clip[0], pcm[0], clip[0])).toBeLessThanOrEqual(1);
    expect(jointStep(pcm[0], clip[0], clip[0])).toBeLessThanOrEqual(1);
    expect(Math.abs(decibels(rms(pcm) / rms(clip)))).toBeLessThan(1);
  });

  it('keeps every channel of 5.1 and what the channels have in common', () => {
    // Front pair half alike, centre of its own, silent LFE, rear pair the same as each other.
    const mix = 'pan=5.1|c0=c0+0.7*c1|c1=c0-0.4*c2|c2=0.5*c3|c3=0*c0|c4=0.3*c4|c5=0.3*c4';
    const noise = [0, 1, 2, 3, 4].map((i) => `anoisesrc=color=pink:amplitude=0.05:seed=${20 + i}[n${i}]`).join(';');
    const clip = generate(ffmpeg, `${noise};[n0][n1][n2][n3][n4]amerge=5,${mix}`, 4, 6);
    const { pcm } = grow({ before: clip, count: rate });
    expect(pcm).toHaveLength(6);
    expect(rms([pcm[3]])).toBe(0);
    for (const c of [0, 1, 2, 4, 5]) expect(Math.abs(decibels(rms([pcm[c]]) / rms([clip[c]])))).toBeLessThan(1);
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 4],
      [4, 5],
    ]) {
      expect(Math.abs(correlation(pcm[a], pcm[b]) - correlation(clip[a], clip[b]))).toBeLessThan(0.08);
    }
    expect(largestAutocorrelation(pcm[5], 0.05 * rate)).toBeLessThan(0.3);
  });

  it('is taken from the quiet seconds after a last word', () => {
    const room = generate(ffmpeg, 'anoisesrc=color=pink:amplitude=0.01:seed=3', 5)[0];
    const voice = babble(3);
    const clip = [room.map((v, i) => v + (voice[i] ?? 0))];
    const { pcm, heard } = grow({ before: clip, count: rate });
    expect(heard).toEqual({ before: 'tone' });
    expect(Math.abs(decibels(rms(pcm) / rms(tail(clip, 1.5))))).toBeLessThan(1);
  });

  it('carries mains hum on in phase, also into a loop', () => {
    const graph =
      'anoisesrc=color=pink:amplitude=0.02:seed=4[a];sine=f=50,volume=0.2[b];sine=f=150,volume=0.1[c];[a][b][c]amix=3:normalize=0';
    const clip = generate(ffmpeg, graph, 6);
    const [known, truth] = [[clip[0].slice(0, 5 * rate)], clip[0].slice(5 * rate)];
    const { pcm, heard } = grow({ before: known, count: rate });
    expect(heard).toEqual({ before: 'tone' });
    // The hum is most of both, so they agree sample by sample as far as the noise lets them.
    expect(correlation(pcm[0], truth)).toBeGreaterThan(0.9);
    expect(jointStep(known[0], pcm[0], known[0])).toBeLessThanOrEqual(1);
    const loop = grow({ before: [clip[0].slice(0, 4 * rate + 123)], after: known, count: rate });
    for (let part = 0; part < 4; part++) {
      const level = rms([loop.pcm[0].slice((part * rate) / 4, ((part + 1) * rate) / 4)]);
      expect(Math.abs(decibels(level / rms(known)))).toBeLessThan(1.5);
    }
    expect(jointStep(loop.pcm[0], known[0], known[0])).toBeLessThanOrEqual(1);
  });

  it.each([16000, 22050, 44100, 96000])('at %i Hz', (sampleRate) => {
    const clip = generate(ffmpeg, 'anoisesrc=color=pink:amplitude=0.05:seed=4:sample_rate=96000', 3, 2, sampleRate);
    const { pcm, heard } = grow({ before: clip, count: sampleRate, sampleRate });
    expect(heard).toEqual({ before: 'tone' });
    pcm.forEach((channel, c) => {
      expect(Math.abs(decibels(rms([channel]) / rms([clip[c]])))).toBeLessThan(1);
      expect(largestAutocorrelation(channel, 0.05 * sampleRate)).toBeLessThan(0.3);
    });
  });
});

describe('what is no room', () => {
  const fades = (clip: Float32Array[], kind: 'speech' | 'music', words: RegExp) => {
    const { pcm, heard, note } = grow({ before: clip, count: rate });
    expect(heard).toEqual({ before: kind });
    expect(note).toMatch(words);
    expect(jointStep(clip[0], pcm[0], clip[0])).toBeLessThanOrEqual(1);
    expect(rms(pcm.map((channel) => channel.slice(0.35 * rate)))).toBeLessThan(rms(tail(clip, 2)) / 8);
    expect(rms(pcm)).toBeLessThan(rms(tail(clip, 2)));
  };

  it('syllables of a gliding voice fade, and that is said', () => fades([babble(4)], 'speech', /Speech/));

  it('noise in the rhythm of syllables fades', () =>
    fades(generate(ffmpeg, 'anoisesrc=color=pink:amplitude=0.1:seed=3,tremolo=f=4:d=0.95', 4), 'speech', /Speech/));

  it.skipIf(!hasEspeak)('voices fade, alone and over the sound of a room', () => {
    const text = 'The quick brown fox jumps over the lazy dog while we talk about the weather and other things.';
    const room = generate(ffmpeg, 'anoisesrc=color=pink:amplitude=0.005:seed=3', 8)[0];
    for (const voice of ['en', 'en+f3', 'cs']) {
      // The last word is cut off in the middle, so that the voice reaches the joint.
      const said = speak(ffmpeg, text, voice).slice(0, 3 * rate);
      fades([said], 'speech', /Speech/);
      fades([said.map((v, i) => 0.5 * v + room[i])], 'speech', /Speech/);
    }
  });

  it.each([
    ['a chord', 'aevalsrc=0.1*sin(2*PI*261.6*t)+0.1*sin(2*PI*329.6*t)+0.1*sin(2*PI*392*t)'],
    ['a melody', "aevalsrc='0.2*sin(2*PI*220*pow(2,floor(mod(t*3,7))/12)*t)*exp(-2*mod(t*3,1))+0.01*(random(0)-0.5)'"],
    ['a whistle', 'sine=f=440'],
  ])('%s fades', (_name, graph) => fades(generate(ffmpeg, graph, 4), 'music', /Music/));

  it('leaves the room behind a voice, where one is heard', () => {
    const room = generate(ffmpeg, 'anoisesrc=color=pink:amplitude=0.005:seed=3', 8)[0];
    const clip = [babble(4).map((v, i) => v + room[i])];
    const { pcm, heard } = grow({ before: clip, count: 2 * rate });
    expect(heard).toEqual({ before: 'speech' });
    expect(Math.abs(decibels(rms(tail(pcm, 1)) / rms([room])))).toBeLessThan(4);
  });

  it('silence stays silence', () => {
    const { pcm, heard, note } = grow({ before: [new Float32Array(rate), new Float32Array(rate)], count: 1000 });
    expect(heard).toEqual({ before: 'silence' });
    expect(note).toBeUndefined();
    expect(rms(pcm)).toBe(0);
  });
});

describe('between two clips', () => {
  const a = generate(ffmpeg, 'anoisesrc=color=pink:amplitude=0.05:seed=31', 5);
  const b = generate(ffmpeg, 'anoisesrc=color=white:amplitude=0.02:seed=32', 5);

  it('fades from what the one still says to what the other says already, at even power', () => {
    const half = rate / 2;
    const before = [a[0].slice(0, 3 * rate)];
    const beforeRest = [a[0].slice(3 * rate, 3 * rate + half)];
    const after = [b[0].slice(2 * rate)];
    const afterRest = [b[0].slice(2 * rate - half, 2 * rate)];
    const { pcm, note } = grow({ before, after, beforeRest, afterRest, count: rate });
    expect(note).toBeUndefined();
    // The rest of b only reaches half way; what a says stands there untouched but for the fade.
    expect(correlation(pcm[0].slice(0, 12000), beforeRest[0].slice(0, 12000))).toBeGreaterThan(0.9);
    expect(correlation(pcm[0].slice(-12000), afterRest[0].slice(-12000))).toBeGreaterThan(0.9);
    expect(jointStep(before[0], pcm[0], before[0])).toBeLessThanOrEqual(1.05);
    const middle = rms([pcm[0].slice(0.45 * rate, 0.55 * rate)]);
    expect(Math.abs(decibels(middle / Math.sqrt((rms(a) ** 2 + rms(b) ** 2) / 2)))).toBeLessThan(1.5);
  });

  it('says nothing where one of them has no sound', () => {
    const { pcm } = grow({ before: a, after: [new Float32Array(rate)], count: rate });
    expect(rms([pcm[0].slice(0, 4800)])).toBeGreaterThan(0.5 * rms(a));
    expect(rms([pcm[0].slice(-480)])).toBeLessThan(0.05 * rms(a));
  });
});

describe('the door', () => {
  const clip = generate(ffmpeg, 'anoisesrc=color=pink:amplitude=0.05:seed=4', 2, 2);

  it('gives the same bytes for the same seed, others for another', () => {
    const [x, y, z] = [7, 7, 8].map((seed) => grow({ before: clip, count: 9000, seed }).pcm);
    expect(Buffer.from(x[1].buffer).equals(Buffer.from(y[1].buffer))).toBe(true);
    expect(Buffer.from(x[1].buffer).equals(Buffer.from(z[1].buffer))).toBe(false);
  });

  it.each([0, 1, 63, 500, 2000])('takes a context of %i samples', (n) => {
    const { pcm } = grow({ before: clip.map((channel) => channel.slice(0, n)), count: 4000 });
    expect(lengthOf(pcm)).toBe(4000);
    for (const channel of pcm) expect(channel.every((v) => Math.abs(v) < 1)).toBe(true);
  });

  it.each([0, 1, 5, 400])('makes %i samples', (count) => {
    const { pcm } = grow({ before: clip, after: clip, count });
    expect(pcm.map((channel) => channel.length)).toEqual([count, count]);
    for (const channel of pcm) expect(channel.every((v) => Number.isFinite(v))).toBe(true);
  });

  it('does not touch what it was given', () => {
    const copy = clip.map((channel) => channel.slice());
    grow({ before: clip, after: clip, beforeRest: clip, afterRest: clip, count: 3000 });
    expect(clip).toEqual(copy);
  });

  it('refuses channels that do not match', () => {
    expect(() => growSound({ sampleRate: rate, channels: 1, count: 10, seed: 1, before: clip })).toThrow(
      /2 channels where 1/,
    );
  });
});
