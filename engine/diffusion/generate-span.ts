import type { ColourStats } from '../frames/colour-hold.ts';
import { measureColour, mixColour } from '../frames/colour-hold.ts';
import { mixSeed } from '../frames/noise.ts';
import type { Image } from '../frames/image.ts';
import type { CompactFrame } from './compact.ts';
import { compact, expand } from './compact.ts';
import type { WindowFrame } from './conditions.ts';
import type { KeptWindow } from './kept-windows.ts';
import { knownMotion, rememberedFlow } from './known-motion.ts';
import { denoiseWindow } from './denoise-window.ts';
import type { Field } from './fields.ts';
import { hasFeature } from '../models/manifest.ts';
import { holdGenerated } from './hold-generated.ts';
import type { Lineage } from './lineage.ts';
import { ownLineage, routeToReal } from './lineage.ts';
import type { DitModel } from './model.ts';
import type { FramePrior, KnownFrame, WantedMotion } from './prior.ts';
import { motionPrior } from './prior.ts';
import type { RefinedFrame } from './refine-frames.ts';
import { refineFrames, twiceTheSame } from './refine-frames.ts';
import type { Schedule } from './schedule.ts';
import type { PlannedWindow, WindowLimits } from './windows.ts';
import { planWindows } from './windows.ts';

export type SpanInput = {
  model: DitModel;
  schedule: Schedule;
  denoiser: 'network' | 'prior';
  seed: number;
  /** New frames, numbered from 0. */
  unknown: number;
  /** Time of any frame of the span or beside it (indices as in windows.ts), seconds. */
  secondsOf: (index: number) => number;
  /** Known frames beside the span: nearest first. Only those that `neededFrames` names are looked at. */
  before: Map<number, Image>;
  after: Map<number, Image>;
  /** How many known frames there are on each side, whether or not their pictures are at hand. */
  countBefore: number;
  countAfter: number;
  /** False where the two sides show different things (a blend). */
  linked: boolean;
  motion: WantedMotion | null;
  /** Drawn hints at a time, [3,h,w], or null. */
  hintsAt: ((seconds: number) => Image) | null;
  /** Told of progress; each may throw to stop. */
  onPrior: (done: number, total: number) => Promise<void>;
  onStep: (done: number, total: number) => Promise<void>;
  onRefined: (done: number, total: number) => Promise<void>;
  /** Told after each step, before onStep, of which frame an estimate can be had. */
  onEstimate?: (index: number, picture: () => Promise<Image>) => Promise<void>;
  /** Where the frames of a window (by its number) are kept. */
  keptWindow?: (window: number) => KeptWindow<MadeWindow>;
};

/** The frames that a window made, by index: all that the span needs of it later. */
export type MadeWindow = ReadonlyMap<number, CompactFrame>;

export type SpanPlan = Pick<SpanInput, 'unknown' | 'countBefore' | 'countAfter'> & { limits: WindowLimits };

const windowsOf = ({ unknown, countBefore, countAfter, limits }: SpanPlan): PlannedWindow[] =>
  planWindows({ before: countBefore, unknown, after: countAfter }, limits);

/** Indices of the known frames whose pictures a span needs, ascending. */
export const neededFrames = (plan: SpanPlan): number[] => {
  const needed = new Set<number>();
  for (const window of windowsOf(plan)) {
    for (const { index } of window.frames) if (index < 0 || index >= plan.unknown) needed.add(index);
  }
  return [...needed].sort((a, b) => a - b);
};

type Context = { picture: Image; lineage: Lineage };

/** Splits a window's ascending frames into runs of unknown frames with the known ones on both sides, nearest first. */
const gapsOf = (window: PlannedWindow): { before: number[]; unknown: number[]; after: number[] }[] => {
  const frames = window.frames.filter((frame, i) => i === 0 || frame.index !== window.frames[i - 1].index);
  const gaps: { before: number[]; unknown: number[]; after: number[] }[] = [];
  for (let i = 0; i < frames.length; i++) {
    if (frames[i].known) continue;
    let end = i;
    while (end + 1 < frames.length && !frames[end + 1].known) end++;
    gaps.push({
      before: frames
        .slice(0, i)
        .filter((f) => f.known)
        .map((f) => f.index)
        .reverse(),
      unknown: frames.slice(i, end + 1).map((f) => f.index),
      after: frames
        .slice(end + 1)
        .filter((f) => f.known)
        .map((f) => f.index),
    });
    i = end;
  }
  return gaps;
};

/**
 * Makes the frames of a span and gives them in order, each as soon as it and all before it are done. Memory holds the pictures beside the
 * span, one window, and compact forms of frames that wait or serve as context.
 */
export const generateSpan = async function* (input: SpanInput): AsyncGenerator<RefinedFrame & { index: number }> {
  const { model, schedule, unknown, secondsOf } = input;
  const windows = windowsOf({ ...input, limits: model.manifest.window });
  const lastUse = new Map<number, number>();
  for (const [w, window] of windows.entries()) for (const { index } of window.frames) lastUse.set(index, w);
  const waiting = new Map<number, CompactFrame>();
  const knownBefore = input.before.get(-1);
  const knownAfter = input.after.get(unknown);
  const realBefore: KnownFrame | null =
    knownBefore === undefined ? null : { seconds: secondsOf(-1), picture: knownBefore };
  const realAfter: KnownFrame | null =
    knownAfter === undefined ? null : { seconds: secondsOf(unknown), picture: knownAfter };

  const statsBefore = input.before.size > 0 ? measureColour([...input.before.values()]) : null;
  const statsAfter = input.after.size > 0 ? measureColour([...input.after.values()]) : null;
  /** Colour of what is known around a time. */
  const contextColour = (seconds: number): ColourStats => {
    if (statsBefore === null || statsAfter === null) return (statsBefore ?? statsAfter)!;
    const [from, to] = [secondsOf(-1), secondsOf(unknown)];
    return mixColour(statsBefore, statsAfter, (seconds - from) / (to - from));
  };

  /** Whether a gap has a made frame beside it. */
  const bridged = (b: number | undefined, a: number | undefined): boolean => (b ?? -1) >= 0 || (a ?? unknown) < unknown;

  const contextOf = (index: number): Context => {
    if (index >= 0 && index < unknown) {
      const made = waiting.get(index);
      if (made === undefined) throw new Error(`frame ${index} is used before it is made`);
      const { picture, lineage } = expand(made);
      return { picture, lineage };
    }
    const picture = index < 0 ? input.before.get(index) : input.after.get(index);
    if (picture === undefined) throw new Error(`known frame ${index} was not read`);
    const { width, height } = picture;
    if (index === -1) return { picture, lineage: ownLineage('before', width, height) };
    if (index === unknown) return { picture, lineage: ownLineage('after', width, height) };
    return { picture, lineage: { before: null, after: null, secondBefore: null, secondAfter: null } };
  };

  const totalSteps = windows.length * schedule.levels.length;
  let emitted = 0;
  let refinedCount = 0;

  const makeWindow = async (w: number, window: PlannedWindow): Promise<MadeWindow> => {
    const contexts = new Map<number, Context>();
    for (const { index, known } of window.frames) if (known) contexts.set(index, contextOf(index));
    const known = (index: number): KnownFrame => ({ seconds: secondsOf(index), picture: contexts.get(index)!.picture });

    const flowOf = rememberedFlow();
    const priors = new Map<number, FramePrior & { b: number | undefined; a: number | undefined }>();
    for (const gap of gapsOf(window)) {
      const made = motionPrior({
        before: gap.before.slice(0, 4).map(known),
        after: gap.after.slice(0, 4).map(known),
        unknown: gap.unknown.map(secondsOf),
        // Generated frames between two shots already lead from one to the other.
        linked: input.linked || bridged(gap.before[0], gap.after[0]),
        motion: input.motion,
        twice: hasFeature(model.manifest, 'second-references'),
        flowOf,
      });
      for (const [i, index] of gap.unknown.entries())
        priors.set(index, { ...made[i], b: gap.before[0], a: gap.after[0] });
    }
    await input.onPrior(w + 1, windows.length);

    const order = [...new Set(window.frames.map((frame) => frame.index))];
    const latents = await model.encode(
      order.map((index) => priors.get(index)?.picture ?? contexts.get(index)!.picture),
    );
    const moved = hasFeature(model.manifest, 'known-motion')
      ? knownMotion(order, (index) => contexts.get(index)?.picture, flowOf)
      : new Map<number, WindowFrame['moved']>();
    const frames = window.frames.map(({ index, known: isKnown }): WindowFrame => {
      const prior = priors.get(index);
      const seconds = secondsOf(index);
      return {
        seconds,
        known: isKnown ? 'all' : 'none',
        appearance: latents[order.indexOf(index)],
        prior: prior ?? null,
        moved: moved.get(index) ?? null,
        secondsBefore: prior?.b === undefined ? null : seconds - secondsOf(prior.b),
        secondsAfter: prior?.a === undefined ? null : secondsOf(prior.a) - seconds,
        hints: isKnown || input.hintsAt === null ? null : input.hintsAt(seconds),
      };
    });
    const denoised = await denoiseWindow({
      model,
      schedule,
      frames,
      seed: mixSeed(input.seed, w),
      denoiser: input.denoiser,
      afterStep: async (done, estimate) => {
        if (estimate !== null) await input.onEstimate?.(window.frames[estimate.place].index, estimate.picture);
        await input.onStep(w * schedule.levels.length + done, totalSteps);
      },
    });

    const fresh = window.frames.filter((frame) => !frame.known).map((frame) => frame.index);
    const seen = new Set<number>();
    const toRefine = fresh.flatMap((index, i) => {
      if (seen.has(index)) return []; // the padding's second copy of the last frame
      seen.add(index);
      const { b, a } = priors.get(index)!;
      const seconds = secondsOf(index);
      const { generated, before, after, secondBefore, secondAfter } = denoised[i];
      const from = b === undefined ? 0 : secondsOf(b);
      const to = a === undefined ? 0 : secondsOf(a);
      const shareAfter = b === undefined ? 1 : a === undefined ? 0 : (seconds - from) / (to - from);
      const way = (side: 'before' | 'after', toBefore: Field | null, toAfter: Field | null) =>
        routeToReal(
          [
            ...(toBefore === null || b === undefined
              ? []
              : [{ step: toBefore, onward: contexts.get(b)!.lineage[side], share: 1 - shareAfter }]),
            ...(toAfter === null || a === undefined
              ? []
              : [{ step: toAfter, onward: contexts.get(a)!.lineage[side], share: shareAfter }]),
          ],
          !input.linked && bridged(b, a),
        );
      const lineage = {
        before: way('before', before, after),
        after: way('after', before, after),
        secondBefore: way('before', secondBefore, secondAfter),
        secondAfter: way('after', secondBefore, secondAfter),
      };
      const held = holdGenerated(generated, lineage, realBefore, realAfter, contextColour(seconds));
      return [{ index, seconds, generated: held, lineage }];
    });
    const made = new Map<number, CompactFrame>();
    // A few at a time: the refiner's own memory grows with the batch, and a person sees it move.
    for (let i = 0; i < toRefine.length; i += 4) {
      const part = toRefine.slice(i, i + 4);
      const refined = await refineFrames(model, part, twiceTheSame(realBefore, realAfter), !input.linked);
      for (const [j, frame] of refined.entries()) made.set(part[j].index, compact(frame));
      await input.onRefined(refinedCount + made.size, unknown);
    }
    return made;
  };

  for (const [w, window] of windows.entries()) {
    const place = input.keptWindow?.(w);
    let made = (await place?.load()) ?? null;
    if (made === null) {
      made = await makeWindow(w, window);
      await place?.save(made);
    } else {
      await input.onPrior(w + 1, windows.length);
      await input.onStep((w + 1) * schedule.levels.length, totalSteps);
      await input.onRefined(refinedCount + made.size, unknown);
    }
    refinedCount += made.size;
    for (const [index, frame] of made) waiting.set(index, frame);
    while (waiting.has(emitted) && emitted < unknown) {
      yield { ...expand(waiting.get(emitted)!), index: emitted };
      if (lastUse.get(emitted)! <= w) waiting.delete(emitted);
      emitted++;
    }
    for (const index of waiting.keys()) if (index < emitted && lastUse.get(index)! <= w) waiting.delete(index);
  }
};
