import type { Field } from '../diffusion/fields.ts';
import type { SpanPlan } from '../diffusion/generate-span.ts';
import { generateSpan, neededFrames } from '../diffusion/generate-span.ts';
import type { WantedMotion } from '../diffusion/prior.ts';
import { farthestKnown, planWindows } from '../diffusion/windows.ts';
import type { Reference } from '../frames/compose.ts';
import { compose } from '../frames/compose.ts';
import type { Image, PlanarFrame } from '../frames/image.ts';
import { mixSeed } from '../frames/noise.ts';
import { fingerprintOf } from './checkpoints.ts';
import type { Engine } from './engine.ts';
import { filmedShare } from './made-up.ts';
import type { Making } from './plan.ts';
import type { Side } from './sides.ts';

/** New frames between, before or after known ones. */
export type Span = {
  /** How many. */
  unknown: number;
  /** Times of the new frames and, past both ends, of the known ones: seconds, any origin. */
  secondsOf: (index: number) => number;
  before: Side | null;
  after: Side | null;
  /** False where the two sides show different things (a blend). */
  linked: boolean;
  motion?: WantedMotion;
  hintsAt?: (seconds: number) => Image;
};

const planOf = (span: Span, engine: Engine): SpanPlan => ({
  unknown: span.unknown,
  countBefore: span.before?.count ?? 0,
  countAfter: span.after?.count ?? 0,
  limits: engine.model.manifest.window,
});

/** Windows that a span takes: what progress is counted in. */
export const countWindows = (span: Span, engine: Engine): number => {
  const { unknown, countBefore, countAfter, limits } = planOf(span, engine);
  return planWindows({ before: countBefore, unknown, after: countAfter }, limits).length;
};

/** Stands for all that a span's windows are made from. */
const spanFingerprint = (span: Span, { model, schedule, denoiser }: Engine, seed: number, known: Image[]): string => {
  const { unknown, secondsOf, linked, motion, hintsAt } = span;
  const ends = farthestKnown;
  const times = Array.from({ length: unknown + 2 * ends }, (_, i) => i - ends).flatMap((index) => {
    const inSpan = index >= -(span.before?.count ?? 0) && index < unknown + (span.after?.count ?? 0);
    return inSpan ? [secondsOf(index)] : [];
  });
  // Motion and hints are functions of time, smooth ones: two samples tell one from another.
  const samples = [secondsOf(unknown >> 1), secondsOf(unknown - 1)].flatMap((seconds) => [
    ...(motion === undefined ? [] : [motion(seconds, secondsOf(-1))]),
    ...(hintsAt === undefined ? [] : [hintsAt(seconds)]),
  ]);
  const settings = { manifest: model.manifest, device: model.device, schedule, denoiser, seed, unknown, times, linked };
  return fingerprintOf([JSON.stringify(settings), ...[...known, ...samples].map(({ data }) => data)]);
};

/**
 * Makes a span's frames at full size, in order, in the format of the known frames. Frames are made as they are taken; known frames are
 * read when the first is. `part` tells the spans of a task apart where it has several.
 */
export const makeSpanFrames = async function* (
  span: Span,
  { engine, seed: seedOfTake, progress, checkpoints, preview, onFilmed }: Making,
  part?: number,
): AsyncGenerator<PlanarFrame> {
  const seed = part === undefined ? seedOfTake : mixSeed(seedOfTake, part);
  const plan = planOf(span, engine);
  const needed = neededFrames(plan);
  const load = async (side: Side | null, indices: number[], distanceOf: (index: number) => number) => {
    if (side === null) return null;
    const loaded = await side.load(indices.map(distanceOf));
    await progress.advance('read');
    return {
      nearest: loaded.nearest,
      pictures: new Map(indices.map((index) => [index, loaded.pictures.get(distanceOf(index))!])),
    };
  };
  const before = await load(
    span.before,
    needed.filter((index) => index < 0),
    (index) => -1 - index,
  );
  const after = await load(
    span.after,
    needed.filter((index) => index >= span.unknown),
    (index) => index - span.unknown,
  );
  const like = (before ?? after)!.nearest;
  const pictures = (side: typeof before): Image[] => [...(side?.pictures.values() ?? [])];
  const fingerprint = checkpoints && spanFingerprint(span, engine, seed, [...pictures(before), ...pictures(after)]);
  const frames = generateSpan({
    ...plan,
    model: engine.model,
    schedule: engine.schedule,
    denoiser: engine.denoiser,
    seed,
    secondsOf: span.secondsOf,
    before: before?.pictures ?? new Map<number, Image>(),
    after: after?.pictures ?? new Map<number, Image>(),
    linked: span.linked,
    motion: span.motion ?? null,
    hintsAt: span.hintsAt ?? null,
    onPrior: progress.hook('prior'),
    onStep: progress.hook('denoise'),
    onRefined: progress.hook('refine'),
    ...(preview !== null && { onEstimate: preview }),
    ...(fingerprint !== null && {
      keptWindow: (window: number) => checkpoints!.at(`${seedOfTake}/${part ?? 0}-${window}`, fingerprint),
    }),
  });
  let index = 0;
  for await (const { lineage, generated, weights, residual } of frames) {
    const along = (known: typeof before, way: Field | null): Reference | undefined =>
      known === null || way === null ? undefined : { frame: known.nearest, flow: way.flow };
    const there = {
      before: before !== null && lineage.before !== null,
      after: after !== null && lineage.after !== null,
    };
    onFilmed(index++, filmedShare({ weights, ...there }));
    yield compose(
      {
        before: along(before, lineage.before),
        after: along(after, lineage.after),
        secondBefore: along(before, lineage.secondBefore),
        secondAfter: along(after, lineage.secondAfter),
        generated,
        weights,
        residual,
      },
      like,
    );
  }
};
