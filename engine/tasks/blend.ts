import { UserFacingError } from '../contract/errors.ts';
import type { TaskReporter } from '../contract/progress.ts';
import type { BlendRequest } from '../contract/task-request.ts';
import { farthestKnown } from '../diffusion/windows.ts';
import type { PlanarFrame } from '../frames/image.ts';
import { readFrames } from '../media/decode.ts';
import { framesOf, openClip, refuseStill, type Clip } from './clip.ts';
import { fitFrame } from './fit-frame.ts';
import type { PlannedPiece, TaskPlan } from './plan.ts';
import { workOf } from './plan.ts';
import type { Side } from './sides.ts';
import { clipBefore, gather } from './sides.ts';
import type { Span } from './span-frames.ts';
import { makeSpanFrames } from './span-frames.ts';

/** Which frame of a clip is shown at each frame of another rate: the last whose time is not later than the new frame's. */
export const retimed = (times: Float64Array, duration: number, step: number): number[] => {
  const count = Math.max(1, Math.round(duration / step));
  const shown: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    // A thousandth of a frame of grace: equal rates must not slip by rounding.
    const now = times[0] + (i + 0.001) * step;
    while (at + 1 < times.length && times[at + 1] <= now) at++;
    shown.push(at);
  }
  return shown;
};

/** Frames `from` … `to` of B as shown at A's rate, in A's size and format. */
const fittedFrames = async function* (
  b: Clip,
  shown: number[],
  from: number,
  to: number,
  target: Clip,
): AsyncGenerator<PlanarFrame> {
  let next = from;
  let index = shown[from];
  for await (const frame of readFrames(b.info, shown[from], shown[to])) {
    if (shown[next] === index) {
      const fitted = fitFrame(frame, b.info.sar, target.info);
      for (; next <= to && shown[next] === index; next++) yield fitted;
    }
    index++;
  }
};

export const planBlend = async (request: BlendRequest, reporter: TaskReporter): Promise<TaskPlan> => {
  const a = await openClip(request.a, reporter);
  const b = await openClip(request.b, reporter);
  refuseStill(a.info, 'blend');
  refuseStill(b.info, 'blend');
  const count = framesOf(request.seconds, a.info.averageRate);
  const shown = retimed(b.times, b.info.duration, a.step);
  const cutA = request.insert ? 0 : Math.ceil(count / 2);
  const cutB = request.insert ? 0 : Math.floor(count / 2);
  for (const [cut, length, clip] of [
    [cutA, a.info.frameCount, a],
    [cutB, shown.length, b],
  ] as const) {
    if (cut < length) continue;
    throw new UserFacingError(
      'usage',
      `The blend would replace ${cut} frames of ${clip.info.path}, which has ${length}.`,
      'Ask for fewer seconds, or put the blend between the clips with --insert.',
    );
  }
  if (a.info.width !== b.info.width || a.info.height !== b.info.height) {
    reporter.note(`The second clip is fitted into ${a.info.width}x${a.info.height}.`);
  }
  const last = a.info.frameCount - 1 - cutA;
  const arrival = a.times[last] + (count + 1) * a.step;
  const after: Side = {
    count: Math.min(farthestKnown, shown.length - cutB),
    load: async (distances) =>
      gather(
        fittedFrames(b, shown, cutB, cutB + Math.max(0, ...distances), a),
        (position) => position,
        distances,
        a.size,
      ),
  };
  const span: Span = {
    unknown: count,
    secondsOf: (index) => {
      if (index < 0) return a.times[last + 1 + index];
      return index < count ? a.times[last] + (index + 1) * a.step : arrival + (index - count) * a.step;
    },
    before: clipBefore(a.info, last, farthestKnown, a.size),
    after,
    linked: false,
  };
  const made: PlannedPiece = {
    kind: 'new',
    count,
    frames: (making) => makeSpanFrames(span, making),
  };
  const rest: PlannedPiece = {
    kind: 'other',
    count: shown.length - cutB,
    sound: { info: b.info, fromSeconds: b.times[0] + cutB * a.step },
    frames: () => fittedFrames(b, shown, cutB, shown.length - 1, a),
  };
  return {
    source: a.info,
    pieces: [{ kind: 'kept', from: 0, to: last }, made, rest],
    onlyNew: request.onlyNew,
    work: (engine) => workOf([span], engine),
  };
};
