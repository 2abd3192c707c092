import { UserFacingError } from '../contract/errors.ts';
import type { TaskReporter } from '../contract/progress.ts';
import type { AnimateRequest, Hint } from '../contract/task-request.ts';
import type { CameraMove } from '../diffusion/camera.ts';
import { cameraMotion, heldStill } from '../diffusion/camera.ts';
import type { Arrow, MovingRegion } from '../diffusion/hints.ts';
import { hintCells, withDrawn } from '../diffusion/hints.ts';
import type { WantedMotion } from '../diffusion/prior.ts';
import type { Image, PlanarFrame } from '../frames/image.ts';
import { featherMask, pasteMasked } from '../frames/mask.ts';
import { resizeImage, toWorking, workingSize } from '../frames/resize.ts';
import { maskOfStrokes } from '../frames/stroke-mask.ts';
import { readFrame } from '../media/decode.ts';
import { probe } from '../media/probe.ts';
import type { MediaInfo } from '../media/types.ts';
import { noMove, parseCameraWords, parseMotionWords } from './camera-words.ts';
import { openMask } from './mask-source.ts';
import type { PlannedPiece, TaskPlan } from './plan.ts';
import { workOf } from './plan.ts';
import type { Side, Size } from './sides.ts';
import type { Span } from './span-frames.ts';
import { makeSpanFrames } from './span-frames.ts';
import { hintsOfRegions } from './write-masks.ts';

/** Softness of the border between what is kept still and what moves, as a share of the picture's shorter side. */
const keepFeather = 0.015;

const added = (a: CameraMove, b: CameraMove): CameraMove => ({
  panRight: a.panRight + b.panRight,
  tiltUp: a.tiltUp + b.tiltUp,
  zoomIn: a.zoomIn + b.zoomIn,
  rollLeft: a.rollLeft + b.rollLeft,
});

/** What the words and arrows ask for; a slow move in where they ask for nothing, since a still would only stand there. */
const askedMove = (request: AnimateRequest, reporter: TaskReporter): CameraMove => {
  const camera = request.camera === undefined ? noMove : parseCameraWords(request.camera);
  const words = request.prompt === undefined ? null : parseMotionWords(request.prompt);
  if (words !== null && words.unknown.length > 0) {
    reporter.note(`This model does not know these words of the prompt: ${words.unknown.join(', ')}.`);
  }
  const move = words === null ? camera : added(camera, words.move);
  const drawn = request.hints.length + request.regions.length > 0;
  if (request.camera === undefined && !drawn && (words === null || words.count === 0)) {
    reporter.note('No motion was asked for: the camera moves in slowly. Use --camera or --hint to say what moves.');
    return { ...noMove, zoomIn: 0.05 };
  }
  return move;
};

/** Of the picture's shorter side: how far around a region its surroundings are dragged along, at least. */
const regionFeather = 0.03;
/** And of the way that it goes: a picture that is stretched over less would fold. */
const dragged = 1.5;

const regionsOf = ({ regions }: AnimateRequest, { width, height }: MediaInfo, size: Size): MovingRegion[] => {
  const scale = { x: size.width / width, y: size.height / height };
  return regions.map(({ strokes, dx, dy }) => {
    const way = { dx: dx * scale.x, dy: dy * scale.y };
    const feather = Math.max(regionFeather * Math.min(size.width, size.height), dragged * Math.hypot(way.dx, way.dy));
    return { soft: featherMask(maskOfStrokes(strokes, size.width, size.height, scale), feather), ...way };
  });
};

const arrowsOf = (hints: Hint[], { width, height }: MediaInfo, size: Size): Arrow[] =>
  hints.map(({ x, y, dx, dy }) => {
    if (x < 0 || y < 0 || x >= width || y >= height) {
      throw new UserFacingError(
        'usage',
        `The arrow at ${x},${y} starts outside the picture, which is ${width}x${height}.`,
        'Give the start in pixels of the picture.',
      );
    }
    const [sx, sy] = [size.width / width, size.height / height];
    return { x: (x + 0.5) * sx - 0.5, y: (y + 0.5) * sy - 0.5, dx: dx * sx, dy: dy * sy };
  });

export const planAnimate = async (request: AnimateRequest, reporter: TaskReporter): Promise<TaskPlan> => {
  const move = askedMove(request, reporter);
  const info = await probe(request.image);
  for (const note of info.notes) reporter.note(note);
  if (info.kind !== 'still' && info.frameCount > 1) {
    throw new UserFacingError(
      'input',
      `${info.path} is a clip, and animate needs a picture.`,
      'Use `longtake extend` to make a clip go on.',
    );
  }
  const size = workingSize(info.width, info.height, info.sar);
  const arrows = arrowsOf(request.hints, info, size);
  const still = await readFrame(info, 0);
  const keep = request.keep === undefined ? null : await firstMask(request.keep, { ...info, frameCount: 1 });
  const total = Math.max(2, Math.round(request.seconds * request.fps));
  const length = (total - 1) / request.fps;
  const again = total / request.fps;
  /** A loop eases out and back, so that nothing jerks where it turns. */
  const reached = (seconds: number): number =>
    request.loop ? (length * (1 - Math.cos((2 * Math.PI * seconds) / again))) / 2 : seconds;
  const { width, height } = size;
  const drawn = { arrows, regions: regionsOf(request, info, size) };
  const straight = withDrawn(cameraMotion(move, width, height), drawn, length, width, height);
  const plain: WantedMotion = (from, to) => straight(reached(from), reached(to));
  const motion: WantedMotion = keep === null ? plain : heldStill(plain, resizeImage(keep, width, height));
  const withinRegions = hintsOfRegions(request.regions).filter(
    ({ x, y }) => x >= 0 && y >= 0 && x < info.width && y < info.height,
  );
  const spread = [...arrows, ...arrowsOf(withinRegions, info, size)];
  const picture = toWorking(still, size);
  const itself: Side = { count: 1, load: async () => ({ pictures: new Map([[0, picture]]), nearest: still }) };
  const span: Span = {
    unknown: total - 1,
    secondsOf: (index) => (index + 1) / request.fps,
    before: itself,
    after: request.loop ? itself : null,
    linked: true,
    motion,
    hintsAt: spread.length === 0 ? undefined : (seconds) => hintCells(spread, reached(seconds) / length, width, height),
  };
  const moving = keep === null ? null : { ...keep, data: keep.data.map((v) => 1 - v) };
  const first: PlannedPiece = { kind: 'other', count: 1, frames: () => once(still) };
  const made: PlannedPiece = {
    kind: 'new',
    count: total - 1,
    frames: async function* (making) {
      for await (const frame of makeSpanFrames(span, making)) {
        yield moving === null ? frame : pasteMasked(still, frame, moving);
      }
    },
  };
  const rate = rationalRate(request.fps);
  return { source: info, pieces: [first, made], work: (engine) => workOf([span], engine), rate };
};

const once = async function* (frame: PlanarFrame): AsyncGenerator<PlanarFrame> {
  yield frame;
};

/** What is to stay, feathered outwards, at the picture's own size: exactly 1 within the mask. */
const firstMask = async (path: string, target: Pick<MediaInfo, 'width' | 'height' | 'frameCount'>): Promise<Image> => {
  const source = await openMask(path, target);
  for await (const mask of source.read(0, 0))
    return featherMask(mask, keepFeather * Math.min(target.width, target.height));
  throw new Error('a mask without frames');
};

/** 23.976 and its kin are meant as multiples of 1000/1001. */
export const rationalRate = (fps: number): { num: number; den: number } => {
  const whole = Math.round(fps);
  if (Math.abs(fps - whole) < 1e-9) return { num: whole, den: 1 };
  if (Math.abs(fps - (whole * 1000) / 1001) < 0.005) return { num: whole * 1000, den: 1001 };
  return { num: Math.round(fps * 1000), den: 1000 };
};
