import type { TaskReporter } from '../contract/progress.ts';
import type { ExtendRequest } from '../contract/task-request.ts';
import { farthestKnown } from '../diffusion/windows.ts';
import { framesOf, openClip, refuseStill, type Clip } from './clip.ts';
import type { PlannedPiece, TaskPlan } from './plan.ts';
import { workOf } from './plan.ts';
import { clipAfter, clipBefore } from './sides.ts';
import type { Span } from './span-frames.ts';
import { makeSpanFrames } from './span-frames.ts';

/** The clip goes on: what is known is its tail. */
const forwardSpan = ({ info, times, step, size }: Clip, unknown: number): Span => {
  const last = info.frameCount - 1;
  return {
    unknown,
    secondsOf: (index) => (index < 0 ? times[last + 1 + index] : times[last] + (index + 1) * step),
    before: clipBefore(info, last, farthestKnown, size),
    after: null,
    linked: true,
  };
};

/** What came before: what is known is the clip's head. */
const backwardSpan = ({ info, times, step, size }: Clip, unknown: number): Span => ({
  unknown,
  secondsOf: (index) => (index < unknown ? times[0] - (unknown - index) * step : times[index - unknown]),
  before: null,
  after: clipAfter(info, 0, farthestKnown, size),
  linked: true,
});

/** From the clip's tail back to its head, so that it plays round without a seam. */
const loopSpan = ({ info, times, step, size }: Clip, unknown: number): Span => {
  const last = info.frameCount - 1;
  const again = times[last] + (unknown + 1) * step;
  const timeOf = (index: number): number => {
    if (index < 0) return times[last + 1 + index];
    return index < unknown ? times[last] + (index + 1) * step : again + times[index - unknown] - times[0];
  };
  return {
    unknown,
    secondsOf: timeOf,
    before: clipBefore(info, last, farthestKnown, size),
    after: clipAfter(info, 0, farthestKnown, size),
    linked: true,
  };
};

export const planExtend = async (request: ExtendRequest, reporter: TaskReporter): Promise<TaskPlan> => {
  const clip = await openClip(request.clip, reporter);
  refuseStill(clip.info, 'extend');
  const count = framesOf(request.seconds, clip.info.averageRate);
  const spans: Span[] = [];
  const grow = (span: Span): PlannedPiece => {
    const part = spans.push(span) - 1;
    return {
      kind: 'new',
      count,
      frames: (making) => makeSpanFrames(span, making, part),
    };
  };
  const kept: PlannedPiece = { kind: 'kept', from: 0, to: clip.info.frameCount - 1 };
  const both = request.direction === 'both' && !request.loop;
  const backward = both || (request.direction === 'backward' && !request.loop);
  const forward = both || request.loop || request.direction === 'forward';
  const head = backward ? [grow(backwardSpan(clip, count))] : [];
  const tail = forward ? [grow(request.loop ? loopSpan(clip, count) : forwardSpan(clip, count))] : [];
  return {
    source: clip.info,
    pieces: [...head, kept, ...tail],
    onlyNew: request.onlyNew,
    work: (engine) => workOf(spans, engine),
  };
};
