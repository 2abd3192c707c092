/*
 * Sound for frames that were never filmed. Pure: samples in, samples out; the same seed gives the same bytes.
 *
 * The tone of a room is carried on as noise with the colour, level and channel correlation of the nearest seconds, joined by linear
 * prediction; mains hum goes on as the lines that it is, in phase. Speech and music are not carried on but ring out within 0.3 s.
 */
import { mixSeed } from '../../frames/noise.ts';
import { continueSound, type Continuation } from './continue-sound.ts';
import { addHum, addHumBetween } from './hum.ts';
import type { Heard } from './listen.ts';
import { cut, joined, lengthOf, reversed, silence, stepQuantile, type Pcm } from './pcm.ts';

export type GrowSoundRequest = {
  sampleRate: number;
  channels: number;
  /** Samples to make. */
  count: number;
  /** uint32 */
  seed: number;
  /** The sound up to the gap; the last 8 s are used. Absent where nothing stands before. */
  before?: Pcm;
  /** The sound from the end of the gap on; the first 8 s are used. For a loop: the beginning of the clip. */
  after?: Pcm;
  /** What the clip before has to say beyond its cut (a blend): heard while it lasts, cross-faded into the clip after. */
  beforeRest?: Pcm;
  /** What the clip after says up to its cut; its end is the end of the gap. */
  afterRest?: Pcm;
};

export type GrownSound = {
  /** `channels` × `count`. */
  pcm: Float32Array[];
  /** What was heard on each side, and so what was done there. */
  heard: { before?: Heard; after?: Heard };
  /** What the user should be told; absent when the sound simply went on. */
  note?: string;
};

const contextSeconds = 8;
/** Seconds at a joint in which no step may be larger than the sound's own are. */
const guarded = 0.02;

const words: Partial<Record<Heard, string>> = { speech: 'Speech, or a sound that changes as fast,', music: 'Music' };

const noteOf = (heard: GrownSound['heard'], blended: boolean): string | undefined => {
  if (blended) return undefined;
  const found = [heard.before, heard.after].find((kind) => kind === 'speech' || kind === 'music');
  return found && `${words[found]} was heard next to the new frames; it fades there instead of being made up.`;
};

/** Holds the samples behind a joint to the sound's own steepest step (its 99.9th percentile) until they have caught up. In place. */
const softenJoint = (channel: Float32Array, last: number, limit: number, length: number): void => {
  let previous = last;
  for (let i = 0; i < channel.length; i++) {
    const step = channel[i] - previous;
    if (Math.abs(step) > limit) channel[i] = previous + Math.sign(step) * limit;
    else if (i >= length) return;
    previous = channel[i];
  }
};

const softenStart = (pcm: Pcm, context: Pcm | undefined, sampleRate: number): void => {
  if (!context || lengthOf(context) < 64) return;
  const near = cut(context, Math.max(0, lengthOf(context) - 4 * sampleRate), lengthOf(context));
  pcm.forEach((channel, c) => {
    // A tenth less: what a lossy codec adds must fit as well.
    const limit = 0.9 * stepQuantile(near[c], 0.999);
    if (limit > 0) softenJoint(channel, near[c][near[c].length - 1], limit, Math.round(guarded * sampleRate));
  });
};

/** In place, as seen from the other end. */
const fromTheEnd = (pcm: Float32Array[], change: (pcm: Float32Array[]) => void): void => {
  pcm.forEach((channel) => channel.reverse());
  change(pcm);
  pcm.forEach((channel) => channel.reverse());
};

/** One side of the gap, joint first: what is left of the real sound, then what follows from it. */
const side = (
  context: Pcm,
  rest: Pcm | undefined,
  { sampleRate, count, channels }: GrowSoundRequest,
  seed: number,
): Continuation => {
  const real = rest ? cut(rest, 0, Math.min(count, lengthOf(rest))) : silence(channels, 0);
  const known = joined([context, real], channels);
  const went = continueSound(known, sampleRate, count - lengthOf(real), seed);
  if (lengthOf(real) === 0) return went;
  softenStart(went.body, known, sampleRate);
  addHum(went.body, went.hum, 0);
  return { heard: went.heard, body: joined([real, went.body], channels), hum: [] };
};

/** Equal power: what is mixed is not alike, so powers add. */
const crossFade = (left: Pcm, right: Pcm): Float32Array[] =>
  left.map((channel, c) =>
    channel.map((value, i) => {
      const turn = ((i + 0.5) / channel.length) * (Math.PI / 2);
      return value * Math.cos(turn) + right[c][i] * Math.sin(turn);
    }),
  );

const check = (request: GrowSoundRequest): void => {
  const { channels, before, after, beforeRest, afterRest } = request;
  for (const pcm of [before, after, beforeRest, afterRest]) {
    if (pcm && pcm.length !== channels) throw new Error(`sound of ${pcm.length} channels where ${channels} are made`);
  }
};

/** Makes `count` samples between (or before, or after) what was heard. Silence where there is nothing to go by. */
export const growSound = (request: GrowSoundRequest): GrownSound => {
  check(request);
  const { sampleRate, channels, count, seed } = request;
  const limit = contextSeconds * sampleRate;
  const before =
    request.before && cut(request.before, Math.max(0, lengthOf(request.before) - limit), lengthOf(request.before));
  // Everything that comes after is handled backwards: a gap's end is a beginning heard in reverse.
  const after = request.after && reversed(cut(request.after, 0, Math.min(limit, lengthOf(request.after))));
  const afterRest = request.afterRest && reversed(request.afterRest);
  const left = before && side(before, request.beforeRest, request, mixSeed(seed, 1));
  const right = after && side(after, afterRest, request, mixSeed(seed, 2));
  right?.body.forEach((channel) => channel.reverse());

  const pcm =
    left && right ? crossFade(left.body, right.body) : (left?.body ?? right?.body ?? silence(channels, count));
  if (left && right) addHumBetween(pcm, left.hum, right.hum);
  else if (left) addHum(pcm, left.hum, 0);
  else if (right) fromTheEnd(pcm, (turned) => addHum(turned, right.hum, 0));

  if (left) softenStart(pcm, before, sampleRate);
  if (right) fromTheEnd(pcm, (turned) => softenStart(turned, after, sampleRate));
  const heard = { ...(left && { before: left.heard }), ...(right && { after: right.heard }) };
  const note = noteOf(heard, lengthOf(request.beforeRest ?? []) > 0 || lengthOf(request.afterRest ?? []) > 0);
  return { pcm, heard, ...(note && { note }) };
};
