import { UserFacingError } from '../contract/errors.ts';
import type { TaskReporter } from '../contract/progress.ts';
import type { FillRequest } from '../contract/task-request.ts';
import { farthestKnown } from '../diffusion/windows.ts';
import { openClip, refuseStill, type Clip } from './clip.ts';
import { findDamaged } from './find-damaged.ts';
import type { PlannedPiece, TaskPlan } from './plan.ts';
import { workOf } from './plan.ts';
import type { FrameRange } from './ranges.ts';
import { tidyRanges } from './ranges.ts';
import { clipAfter, clipBefore } from './sides.ts';
import type { Span } from './span-frames.ts';
import { makeSpanFrames } from './span-frames.ts';
import { breathe } from './task-progress.ts';

/** Looks through the whole clip for what is asked for. */
const detect = async ({ info }: Clip, wanted: FillRequest['detect'], reporter: TaskReporter): Promise<FrameRange[]> => {
  const damage = await findDamaged({
    ...{ info, from: 0, to: info.frameCount - 1 },
    onFrame: (done, total) => {
      reporter.progress('read', done, total);
      return breathe(reporter);
    },
  });
  const ranges = damage
    .filter(({ kind }) => wanted.some((each) => each === kind))
    .map(({ from, to }): FrameRange => [from, to]);
  if (ranges.length === 0) {
    const names = wanted.map((kind) => (kind === 'black' ? 'black' : 'duplicated')).join(' or ');
    throw new UserFacingError(
      'input',
      `No ${names} frames were found in the clip.`,
      'Name the frames with --frames A-B.',
    );
  }
  const named = ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
  reporter.note(`Found damaged frames: ${named}.`);
  return ranges;
};

export const planFill = async (request: FillRequest, reporter: TaskReporter): Promise<TaskPlan> => {
  const clip = await openClip(request.clip, reporter);
  const { info, times, size } = clip;
  refuseStill(info, 'fill');
  if (request.ranges.length === 0 && request.detect.length === 0) {
    throw new UserFacingError(
      'usage',
      'Nothing says which frames to fill.',
      'Name them with --frames A-B, or use --detect black,duplicate.',
    );
  }
  const found = request.detect.length > 0 ? await detect(clip, request.detect, reporter) : [];
  const holes = tidyRanges([...request.ranges, ...found] as FrameRange[], info.frameCount);
  const spans = holes.map(([from, to], i): Span => {
    const earliest = i === 0 ? 0 : holes[i - 1][1] + 1;
    const latest = i === holes.length - 1 ? info.frameCount - 1 : holes[i + 1][0] - 1;
    const before = Math.min(farthestKnown, from - earliest);
    const after = Math.min(farthestKnown, latest - to);
    return {
      unknown: to - from + 1,
      secondsOf: (index) => times[from + index],
      before: before > 0 ? clipBefore(info, from - 1, before, size) : null,
      after: after > 0 ? clipAfter(info, to + 1, after, size) : null,
      linked: true,
    };
  });
  const pieces: PlannedPiece[] = [];
  let next = 0;
  for (const [i, [from, to]] of holes.entries()) {
    if (from > next) pieces.push({ kind: 'kept', from: next, to: from - 1 });
    const span = spans[i];
    pieces.push({
      kind: 'new',
      count: span.unknown,
      replaces: { from, to },
      frames: (making) => makeSpanFrames(span, making, i),
    });
    next = to + 1;
  }
  if (next < info.frameCount) pieces.push({ kind: 'kept', from: next, to: info.frameCount - 1 });
  return { source: info, pieces, onlyNew: request.onlyNew, work: (engine) => workOf(spans, engine) };
};
