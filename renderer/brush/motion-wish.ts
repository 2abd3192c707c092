import type { MotionRegion, Stroke, WishOf } from '../../engine/contract/generation/wish.ts';
import type { Size } from '../../engine/contract/compositing/placement.ts';
import { cameraText, held } from './camera.ts';
import type { Camera } from './camera.ts';
import { within } from './picture-map.ts';
import type { MotionDrawing } from './motion-drawing.ts';
import { middleOf, tenth } from './strokes.ts';
import type { Line } from './strokes.ts';

type Motion = Pick<WishOf<'animate'>, 'camera' | 'arrows' | 'regions' | 'keep'>;

const strokeOf = ({ radius, points }: Line): Stroke => ({
  radius: Math.max(0.5, radius),
  points: points.map(([x, y]) => [x, y]),
});

/** What is drawn and chosen, as the engine is asked for it. */
export const motionWish = ({ arrows, regions, keep }: MotionDrawing, camera: Camera): Motion => ({
  camera: cameraText(camera),
  arrows: [...arrows],
  regions: regions.map(({ strokes, arrow }) => ({ strokes: strokes.map(strokeOf), dx: arrow.dx, dy: arrow.dy })),
  keep: keep.length > 0 ? keep.map(strokeOf) : null,
});

/** Whether two drawings ask for the same; where a region's arrow starts is not asked for. */
export const sameMotion = (a: MotionDrawing, b: MotionDrawing): boolean =>
  JSON.stringify(motionWish(a, held)) === JSON.stringify(motionWish(b, held));

const regionOf = ({ strokes, dx, dy }: MotionRegion, size: Size) => {
  const [x, y] = within(middleOf(strokes), size);
  return { strokes, arrow: { x: tenth(x), y: tenth(y), dx, dy } };
};

/** The drawing that such a wish was made of; a region's arrow starts in its middle. */
export const drawingOf = ({ arrows, regions, keep }: Motion, size: Size): MotionDrawing => ({
  ...{ arrows, keep: keep ?? [] },
  regions: regions.map((region) => regionOf(region, size)),
});
