import { mixSeed } from '../../frames/noise.ts';
import { addHum, findHum, type HumLine } from './hum.ts';
import { carryOn } from './linear-prediction.ts';
import { listen, type Heard } from './listen.ts';
import { cut, largestAutocorrelation, lengthOf, meanOf, rms, silence, type Pcm } from './pcm.ts';
import { learnTexture, makeTexture } from './texture.ts';

/**
 * Sound that goes on after `context`, without its hum: hum is a line with a phase and is added last, when both ends are known.
 * All lengths are `count` samples.
 */
export type Continuation = { heard: Heard; body: Float32Array[]; hum: readonly HumLine[] };

/** Less than this (samples) tells nothing of a sound. */
const leastContext = 64;
/** How far back the room is listened to, seconds, longest first: after a last word the quiet second behind it still is the room. */
const reaches = [4, 2, 1];
/** Seconds over which noise driven by linear prediction, which leaves no seam, gives way to the learned texture. */
const handOver = 0.06;
/** Seconds in which speech and music ring out. */
const fade = 0.3;

type Near = { heard: Heard; body: Float32Array[]; hum: readonly HumLine[] };

const hear = (context: Pcm, sampleRate: number): Near => {
  const hum = findHum(context, sampleRate);
  const body = context.map((channel) => channel.slice());
  addHum(body, hum, -lengthOf(body), -1);
  // Behind a hum alone only its rounding is left, which is no sound of its own.
  const onlyHum = hum.length > 0 && rms(body) < 0.003 * rms(context);
  return { heard: onlyHum ? 'tone' : listen(body, sampleRate), body, hum };
};

/** The longest stretch before the joint that is nothing but the room; else what the seconds before it are. */
const nearest = (context: Pcm, sampleRate: number): Near => {
  const n = lengthOf(context);
  const lengths = reaches
    .map((seconds) => Math.round(seconds * sampleRate))
    .filter((length, i) => i === 0 || length < n);
  const tries = lengths.map((length) => () => hear(cut(context, Math.max(0, n - length), n), sampleRate));
  const first = tries[0]();
  if (first.heard === 'tone' || first.heard === 'silence') return first;
  for (const attempt of tries.slice(1)) {
    const near = attempt();
    if (near.heard === 'tone' || near.heard === 'silence') return near;
  }
  return first;
};

/** Gain g with which a + g·b has the energy wanted; kept within 6 dB where a alone is already too loud or b too short. */
const levelling = (a: Float32Array, b: Float32Array, wanted: number): number => {
  let aa = 0;
  let ab = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    aa += a[i] * a[i];
    ab += a[i] * b[i];
    bb += b[i] * b[i];
  }
  if (bb === 0) return 1;
  const root = ab * ab - bb * (aa - wanted);
  return Math.max(0.5, Math.min(2, root > 0 ? (Math.sqrt(root) - ab) / bb : 0.5));
};

const roomTone = ({ body }: Near, sampleRate: number, count: number, seed: number): Float32Array[] => {
  const means = body.map(meanOf);
  const centred = body.map((channel, c) => channel.map((v) => v - means[c]));
  const texture = makeTexture(learnTexture(centred, sampleRate), count, mixSeed(seed, 1));
  const length = Math.min(count, Math.round(handOver * sampleRate));
  const start = carryOn(centred, sampleRate, length, 1, mixSeed(seed, 2));
  return texture.map((noise, c) => {
    const head = new Float32Array(count);
    for (let i = 0; i < length; i++) {
      const turn = ((i + 1) / (length + 1)) * (Math.PI / 2);
      head[i] = start[c][i] * Math.cos(turn);
      noise[i] *= Math.sin(turn);
    }
    const wanted = rms([centred[c]]) ** 2 * count;
    const gain = levelling(head, noise, wanted);
    return head.map((value, i) => value + gain * noise[i] + means[c]);
  });
};

/** Chance can make a short stretch of dark noise resemble itself; of a few tries the one that does so least is kept. */
const leastAlike = (make: (attempt: number) => Float32Array[], sampleRate: number, count: number): Float32Array[] => {
  const lag = Math.ceil(0.05 * sampleRate);
  let best = make(0);
  if (count > 5 * sampleRate || count < 3 * lag) return best;
  let least = Math.max(...best.map((channel) => largestAutocorrelation(channel, lag)));
  for (let attempt = 1; attempt < 12 && least > 0.22; attempt++) {
    const other = make(attempt);
    const alike = Math.max(...other.map((channel) => largestAutocorrelation(channel, lag)));
    if (alike < least) [best, least] = [other, alike];
  }
  return best;
};

/** The quietest tenth of a second, if it is the room behind the voice: at least 18 dB below the rest. */
const roomBehind = (context: Pcm, sampleRate: number): Float32Array[] | undefined => {
  const n = lengthOf(context);
  const length = Math.round(sampleRate / 10);
  let quietest: Float32Array[] | undefined;
  let least = rms(context) / 8;
  for (let start = 0; start + length <= n; start += length >> 2) {
    const part = cut(context, start, start + length);
    const level = rms(part);
    if (level < least) [quietest, least] = [part, level];
  }
  return quietest && least > 3e-6 ? quietest : undefined;
};

/** Gain that brings an excess down within 20 ms, from 1 at the joint. */
const quieter = (excess: number, seconds: number): number =>
  1 / (1 + Math.max(0, excess - 1) * Math.min(1, seconds / 0.02));

/** What is predictable rings on and dies away within a third of a second, into the room behind it where that was heard. */
const fadeOut = (context: Pcm, sampleRate: number, count: number, seed: number): Float32Array[] => {
  const length = Math.min(count, Math.round(fade * sampleRate));
  const ring = carryOn(context, sampleRate, length, 0, seed, Math.min(1024, Math.round(sampleRate / 47)));
  // Close lines may beat upwards for a while; nothing that fades may be louder than what it fades from.
  const excess = rms(ring) / (rms(context) || 1);
  const room = roomBehind(context, sampleRate);
  const out = room
    ? makeTexture(learnTexture(room, sampleRate), count, mixSeed(seed, 3))
    : silence(context.length, count);
  out.forEach((channel, c) => {
    for (let i = 0; i < length; i++) {
      const down = 0.5 + 0.5 * Math.cos((Math.PI * (i + 1)) / (length + 1));
      channel[i] = channel[i] * Math.sqrt(1 - down * down) + ring[c][i] * down * quieter(excess, i / sampleRate);
    }
  });
  return out;
};

/**
 * Carries sound on after its end.
 * @param context the sound up to the joint; four seconds are plenty
 * @param count samples to make
 */
export const continueSound = (context: Pcm, sampleRate: number, count: number, seed: number): Continuation => {
  if (lengthOf(context) < leastContext || count === 0)
    return { heard: 'silence', body: silence(context.length, count), hum: [] };
  const near = nearest(context, sampleRate);
  if (near.heard === 'silence') return { heard: 'silence', body: silence(context.length, count), hum: [] };
  if (near.heard === 'tone') {
    const body = leastAlike((attempt) => roomTone(near, sampleRate, count, mixSeed(seed, attempt)), sampleRate, count);
    return { heard: 'tone', body, hum: near.hum };
  }
  const last = cut(context, Math.max(0, lengthOf(context) - 8 * sampleRate), lengthOf(context));
  return { heard: near.heard, body: fadeOut(last, sampleRate, count, seed), hum: [] };
};
