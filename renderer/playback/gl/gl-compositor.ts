import { colourPixel, dipStage, pushOffset, weightOf } from '../../../engine/contract/compositing/blending.ts';
import { inverse } from '../../../engine/contract/compositing/placement.ts';
import type { Placed, Size } from '../../../engine/contract/compositing/placement.ts';
import { boxSize } from '../../../engine/contract/compositing/sampling.ts';
import type { Compositor, Surface } from '../compositor.ts';
import { createPass, createTargetPool } from './program.ts';
import type { Target } from './program.ts';
import { draw, everywhere, mix, present, reduce } from './shaders.ts';
import { createUploads } from './upload.ts';
import type { Drawing, FrameLayer, Picture } from '../picture.ts';
import { shrunk } from '../placed.ts';

/** Draws on the graphics card by the formulas of engine/contract/compositing. */
export type GlCompositor = Compositor & {
  /** The last frame: R, G, B, A bytes, premultiplied, the top row first. */
  read: () => Uint8Array;
};

const unmoved = (x: number, y: number, { width, height }: Size): Placed => ({
  matrix: { a: 1, b: 0, c: 0, d: 1, e: x, f: y },
  ...{ scaleX: 1, scaleY: 1, visible: { left: 0, top: 0, right: width, bottom: height } },
});

/** The picture that is the frame, sample by sample: most frames of most films. Drawing it would give the same bytes, and costs the most. */
const untouched = ([layer, ...more]: FrameLayer[], frame: Size, shown: Size): Picture | undefined => {
  if (!layer || layer.type !== 'picture' || more.length > 0) return undefined;
  const { picture, placed, opacity } = layer.drawing;
  const { a, b, c, d, e, f } = placed.matrix;
  const { left, top, right, bottom } = placed.visible;
  const { width, height } = picture;
  const same = width === frame.width && height === frame.height && width === shown.width && height === shown.height;
  const unmovedIn = a === 1 && b === 0 && c === 0 && d === 1 && e === 0 && f === 0;
  const uncropped = left <= 0 && top <= 0 && right >= width && bottom >= height;
  return same && unmovedIn && uncropped && weightOf(opacity) === 256 ? picture : undefined;
};

/** @throws Error where WebGL2 cannot be had */
export const createGlCompositor = (canvas: Surface): GlCompositor => {
  const gl = canvas.getContext('webgl2', {
    ...{ alpha: false, antialias: false, depth: false, stencil: false },
    // What was drawn stays until the next frame is ready.
    preserveDrawingBuffer: true,
  }) as WebGL2RenderingContext | null;
  if (!gl) throw new Error('compositor: no WebGL2');
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  const pool = createTargetPool(gl);
  const uploads = createUploads(gl, pool);
  const [drawPass, reducePass, mixPass, presentPass] = [draw, reduce, mix, present].map((shader) =>
    createPass(gl, everywhere, shader),
  );
  let last: Target | undefined;
  /** Whether `last` is a picture itself, which is not the pool's. */
  let borrowed = false;

  const into = (target: Target, blend: boolean): void => {
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.viewport(0, 0, target.width, target.height);
    if (blend) gl.enable(gl.BLEND);
    else gl.disable(gl.BLEND);
  };
  const cleared = ({ width, height }: Size): Target => {
    const target = pool.take(width, height);
    into(target, false);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    return target;
  };

  const drawTexture = (texture: WebGLTexture, size: Size, placed: Placed, opacity: number, target: Target): void => {
    const back = inverse(placed.matrix);
    const { visible, scaleX, scaleY } = placed;
    if (!back || weightOf(opacity) === 0 || visible.right <= visible.left || visible.bottom <= visible.top) return;
    const [nx, ny] = [boxSize(scaleX), boxSize(scaleY)];
    const less = { width: Math.ceil(size.width / nx), height: Math.ceil(size.height / ny) };
    const reduced = nx > 1 || ny > 1 ? pool.take(less.width, less.height) : undefined;
    if (reduced) {
      into(reduced, false);
      reducePass({ picture: { texture }, size: [size.width, size.height], box: [nx, ny] });
    }
    into(target, true);
    drawPass({
      ...{ picture: { texture: reduced?.texture ?? texture }, size: [less.width, less.height], box: [nx, ny] },
      ...{ back: [back.a, back.b, back.c, back.d], backAt: [back.e, back.f], scale: [scaleX, scaleY], opacity },
      visible: [visible.left, visible.top, visible.right, visible.bottom],
    });
    if (reduced) pool.give(reduced);
  };

  const drawOne = ({ picture, placed, opacity }: Drawing, target: Target, frame: Size): void => {
    const there = shrunk(placed, target.width / frame.width, target.height / frame.height);
    drawTexture(uploads.targetOf(picture).texture, picture, there, opacity, target);
  };

  const drawTransition = (layer: FrameLayer & { type: 'transition' }, target: Target, frame: Size): void => {
    const { kind, progress, direction, softness, colour } = layer;
    const sides = [layer.from, layer.to].map((drawing) => {
      const side = cleared(target);
      if (drawing) drawOne(drawing, side, frame);
      return side;
    });
    const [before, after] = sides;
    if (kind === 'push') {
      const { x, y, nextX, nextY } = pushOffset(target, progress, direction);
      drawTexture(before.texture, before, unmoved(x, y, target), 1, target);
      drawTexture(after.texture, after, unmoved(nextX, nextY, target), 1, target);
    } else {
      const dip = dipStage(progress);
      const which = {
        dissolve: 0,
        dip: dip.half === 'from' ? 1 : 2,
        wipe: direction === 'left' || direction === 'right' ? 3 : 4,
      }[kind];
      into(target, true);
      mixPass({
        ...{ before: { texture: before.texture }, after: { texture: after.texture }, kind: which, progress, softness },
        share: kind === 'dip' ? dip.weight : weightOf(progress),
        through: colourPixel(colour).map((value) => value / 255),
        backwards: direction === 'left' || direction === 'up',
        frame: [target.width, target.height],
      });
    }
    sides.forEach(pool.give);
  };

  return {
    // A card is quick enough to do all of it when it is shown.
    prepare: () => undefined,
    show: (layers, frame, shown) => {
      if (gl.isContextLost()) return;
      const whole = untouched(layers, frame, shown);
      const target = whole ? uploads.targetOf(whole) : cleared(shown);
      for (const layer of whole ? [] : layers) {
        if (layer.type === 'picture') drawOne(layer.drawing, target, frame);
        else drawTransition(layer, target, frame);
      }
      if (canvas.width !== shown.width) canvas.width = shown.width;
      if (canvas.height !== shown.height) canvas.height = shown.height;
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      gl.viewport(0, 0, shown.width, shown.height);
      gl.disable(gl.BLEND);
      presentPass({ picture: { texture: target.texture }, height: shown.height });
      if (last && !borrowed) pool.give(last);
      last = target;
      borrowed = whole !== undefined;
    },
    read: () => {
      if (!last) return new Uint8Array(0);
      const pixels = new Uint8Array(last.width * last.height * 4);
      gl.bindFramebuffer(gl.FRAMEBUFFER, last.framebuffer);
      gl.readPixels(0, 0, last.width, last.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      return pixels;
    },
  };
};
