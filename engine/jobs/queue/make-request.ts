import path from 'node:path';
import type { WishPlan } from '../../contract/generation/plan.ts';
import { sampledRange, sampledTimes } from '../../contract/generation/retime.ts';
import { stepsOf } from '../../contract/generation/wish.ts';
import type { Stroke } from '../../contract/generation/wish.ts';
import type { TaskRequest } from '../../contract/task-request.ts';
import { taskRequest } from '../../contract/task-request.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { compare, toNumber } from '../../contract/timeline/rational.ts';
import { writeStrokeMask } from '../../tasks/write-masks.ts';
import { writeSmallStill } from '../../media/small-still.ts';
import type { OpenedSource } from './cut-source.ts';
import { cutShown, cutSource, openSource } from './cut-source.ts';
import { takeEncoding } from './take-media.ts';

export type RequestContext = {
  plan: WishPlan;
  seed: number;
  out: string;
  /** Whether what lies below can be seen through the source. */
  seeThrough: boolean;
  /** For what is cut out; removed by the caller. */
  workDir: string;
  /** The media as the project has it, with the path at which its file lies now. @throws UserFacingError when it is not there */
  locate: (mediaId: string) => Promise<Media>;
  signal: AbortSignal;
};

const sizeFor = ({ width, height }: WishPlan, { info }: OpenedSource): [number, number] | undefined =>
  width === info.width && height === info.height ? undefined : [width, height];

type Part = WishPlan['sources'][number];

/** Cuts parts of one media into one file, one after the other, as they are seen. */
const cut = async (
  { plan, workDir, signal }: RequestContext,
  source: OpenedSource,
  parts: readonly Part[],
  name: string,
  size: [number, number] | undefined,
): Promise<string> => {
  const out = path.join(workDir, `${name}.mkv`);
  const { info } = source;
  const [{ sampled }] = parts;
  if (sampled) {
    const numbers = parts.flatMap((part) => sampledTimes(part, sampled).map((time) => source.frameAt(toNumber(time))));
    await cutShown({ info, numbers, rate: sampled.frameRate, out, size, signal });
  } else await cutSource({ info, spans: parts.map(source.span), out, size, sound: plan.sound, workDir, signal });
  return out;
};

const open = async ({ locate, signal }: RequestContext, mediaId: string): Promise<OpenedSource> => {
  const media = await locate(mediaId);
  return openSource(media, media.path, signal);
};

/** Head and tail of a loop: one stretch where they meet, since then the whole clip is read. */
const loopParts = ({ plan }: RequestContext, source: OpenedSource): Part[] => {
  const [head, tail] = plan.sources;
  const [early, late] = head.sampled?.reverse ? [tail, head] : [head, tail];
  const meet = compare(late.in, early.out) <= 0 || source.span(late).from <= source.span(early).to + 1;
  return meet ? [{ ...head, in: early.in, out: late.out }] : [head, tail];
};

/** Where the frames of the holes lie in a file of all stretches, one after the other. */
const holesIn = ({ holes, sources }: WishPlan, source: OpenedSource): [number, number][] => {
  let offset = 0;
  const ranges: [number, number][] = [];
  for (const stretch of sources) {
    const { sampled } = stretch;
    const span = source.span(stretch);
    for (const hole of holes) {
      if (compare(hole.in, stretch.in) < 0 || compare(hole.out, stretch.out) > 0) continue;
      const { from, to } = source.span(hole);
      const [first, last] = sampled ? sampledRange(stretch, hole, sampled) : [from - span.from, to - span.from];
      ranges.push([offset + first, offset + last]);
    }
    offset += sampled ? sampledTimes(stretch, sampled).length : span.to - span.from + 1;
  }
  return ranges;
};

type Scale = { x: number; y: number };

const scaledWay = ({ dx, dy }: { dx: number; dy: number }, by: Scale) => ({ dx: dx * by.x, dy: dy * by.y });

/** What was painted on a picture, for one of another size. */
const scaledStrokes = (strokes: readonly Stroke[], by: Scale): Stroke[] =>
  strokes.map(({ radius, points }) => ({
    radius: Math.max(0.5, radius * by.x),
    points: points.map(([x, y]): [number, number] => [x * by.x, y * by.y]),
  }));

/** What the task is given besides what all tasks are; its inputs are cut out on the way. */
const fieldsOf = async (context: RequestContext): Promise<Record<string, unknown>> => {
  const { plan, workDir, locate } = context;
  const { wish, sources } = plan;
  const seconds = plan.newFrames / toNumber(plan.frameRate);
  switch (wish.task) {
    case 'extend':
    case 'loop': {
      const source = await open(context, sources[0].mediaId);
      const parts = wish.task === 'loop' ? loopParts(context, source) : sources;
      const backward = wish.task === 'extend' && wish.edge === 'head';
      const loop = wish.task === 'loop';
      const clip = await cut(context, source, parts, 'clip', sizeFor(plan, source));
      return { task: 'extend', clip, seconds, direction: backward ? 'backward' : 'forward', loop, onlyNew: true };
    }
    case 'fill': {
      const source = await open(context, sources[0].mediaId);
      const clip = await cut(context, source, sources, 'clip', sizeFor(plan, source));
      return { task: 'fill', clip, ranges: holesIn(plan, source), onlyNew: true };
    }
    case 'fill-gap':
    case 'blend':
    case 'blend-media': {
      const files: string[] = [];
      for (const [i, stretch] of sources.entries()) {
        const source = await open(context, stretch.mediaId);
        // The second side is fitted into the first one's picture by the task, which keeps its shape.
        const size = i === 0 ? sizeFor(plan, source) : undefined;
        files.push(await cut(context, source, [stretch], `side-${i}`, size));
      }
      return { task: 'blend', a: files[0], b: files[1], seconds, insert: true, onlyNew: true };
    }
    case 'inpaint': {
      const source = await open(context, sources[0].mediaId);
      const clip = await cut(context, source, sources, 'clip', sizeFor(plan, source));
      const [{ sampled }] = sources;
      const span = source.span(sources[0]);
      const lastFrame = sampled ? plan.newFrames - 1 : span.to - span.from;
      const ratio = plan.newFrames / plan.timelineFrames;
      const all = wish.mask.keys.map(({ frame, shapes }) => ({
        frame: Math.min(lastFrame, Math.round((frame - wish.first) * ratio)),
        shapes,
      }));
      // A slower source shows one frame for several of the sequence: the last key on it counts.
      const keys = all.filter(({ frame }, i) => frame !== all[i + 1]?.frame);
      const { width, height } = source.info;
      const mask = { painted: { ...wish.mask, keys }, picture: { width, height } };
      return { task: 'inpaint', clip, mask, feather: wish.mask.feather * (plan.width / width) };
    }
    case 'animate': {
      const first = await locate(sources[0].mediaId);
      const [width, height] = [first.picture?.width ?? plan.width, first.picture?.height ?? plan.height];
      const keep = wish.keep === null || wish.keep.length === 0 ? undefined : path.join(workDir, 'keep.png');
      if (keep !== undefined) await writeStrokeMask(wish.keep ?? [], { width, height }, keep);
      const by = { x: plan.width / width, y: plan.height / height };
      const image = by.x < 1 ? path.join(workDir, 'still.png') : first.path;
      if (by.x < 1) await writeSmallStill(first, plan, image, context.signal);
      return {
        ...{ task: 'animate', image, seconds: (plan.newFrames + 1) / toNumber(plan.frameRate) },
        ...{ fps: toNumber(plan.frameRate), keep, size: [plan.width, plan.height], loop: wish.loop },
        ...(wish.camera.trim() !== '' && { camera: wish.camera }),
        hints: wish.arrows.map(({ x, y, ...way }) => ({ x: x * by.x, y: y * by.y, ...scaledWay(way, by) })),
        regions: wish.regions.map(({ strokes, ...way }) => ({
          strokes: scaledStrokes(strokes, by),
          ...scaledWay(way, by),
        })),
      };
    }
  }
};

/**
 * One take of a plan as a request to the inference process; what it reads is cut out of the media on the way.
 * @throws UserFacingError, the signal's reason
 */
export const makeRequest = async (context: RequestContext): Promise<TaskRequest> => {
  const { plan, seed, out, seeThrough } = context;
  const { wish } = plan;
  return taskRequest.parse({
    ...{ ...takeEncoding(seeThrough), out, seed, takes: 1, force: true },
    ...{ steps: stepsOf[wish.quality], model: wish.model },
    ...{ audio: plan.sound, ...(wish.prompt.trim() !== '' && { prompt: wish.prompt }) },
    ...(await fieldsOf(context)),
  });
};
