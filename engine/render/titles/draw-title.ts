import { UserFacingError } from '../../contract/errors.ts';
import type { Title } from '../../contract/timeline/entities.ts';
import { blur, blurReach, grown } from './effects.ts';
import { boundsOf, type Box, emptyMask, fillPolygons, type Mask } from './fill.ts';
import { layOutTitle } from './layout.ts';
import { polygonsOf } from './outlines.ts';

/**
 * A title's picture is as large as the sequence's frame and lies on it at placement 0, 0; of that picture only the box with something in
 * it is kept. So `x`, `y` (pixels of the frame, y downwards) say where the box's first pixel lies; a long title reaches out of the frame
 * (credits that roll), and rotation and scale turn about the frame's centre, which is the middle of the text's block.
 */
export type TitleBitmap = {
  x: number;
  y: number;
  /** At least 1: a title without anything to draw is one transparent pixel. */
  width: number;
  height: number;
  /** RGBA, 8 bits, colours premultiplied with alpha, gamma-encoded BT.709 as the sequence. */
  data: Uint8ClampedArray;
};

/** 128 MiB of RGBA, and what common graphics cards take for a texture's side: more than a hundred lines of credits at 4K. */
const mostPixels = 2 ** 25;
const longestSide = 16384;

const tooLarge = (): UserFacingError =>
  new UserFacingError(
    'usage',
    'A title is too large to be drawn.',
    'Make its text shorter or smaller, or share it between several titles.',
  );

const around = (a: Box, b: Box): Box => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});
const widened = (box: Box, by: number): Box => ({
  left: box.left - by,
  top: box.top - by,
  right: box.right + by,
  bottom: box.bottom + by,
});
const moved = (box: Box, by: number): Box => ({
  left: box.left + by,
  top: box.top + by,
  right: box.right + by,
  bottom: box.bottom + by,
});

/** A copy of a mask, moved right and down. */
const shifted = (mask: Mask, by: number): Mask => {
  const { width, height } = mask;
  const cover = new Float32Array(width * height);
  for (let y = by; y < height; y++) {
    const row = (y - by) * width;
    cover.set(mask.cover.subarray(row, row + Math.max(0, width - by)), y * width + by);
  }
  return { ...mask, cover };
};

/** What is laid over what is below it, within a box or by a mask that covers the whole picture. */
type Coat = { colour: string; opacity: number; cover: Float32Array | Box };

const compose = (box: Box, coats: Coat[]): TitleBitmap => {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const data = new Uint8ClampedArray(width * height * 4);
  const paints = coats.map(({ colour, opacity, cover }) => ({
    rgb: [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)),
    opacity,
    cover: cover instanceof Float32Array ? cover : undefined,
    box: cover instanceof Float32Array ? box : cover,
  }));
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      let [r, g, b, a] = [0, 0, 0, 0];
      for (const paint of paints) {
        const inside =
          x + box.left >= paint.box.left &&
          x + box.left < paint.box.right &&
          y + box.top >= paint.box.top &&
          y + box.top < paint.box.bottom;
        const alpha = inside ? paint.opacity * (paint.cover?.[pixel] ?? 1) : 0;
        const rest = 1 - alpha;
        r = r * rest + paint.rgb[0] * alpha;
        g = g * rest + paint.rgb[1] * alpha;
        b = b * rest + paint.rgb[2] * alpha;
        a = a * rest + 255 * alpha;
      }
      data[pixel * 4] = r;
      data[pixel * 4 + 1] = g;
      data[pixel * 4 + 2] = b;
      data[pixel * 4 + 3] = a;
    }
  }
  return { x: box.left, y: box.top, width, height, data };
};

/**
 * Draws a title: its background box, its shadow (down and right, of text and outline together), its outline around the text, the text. The
 * same title and size give the same bytes on every machine: the shaper is WebAssembly, the fonts are bundled, and the rest is
 * JavaScript's exact arithmetic.
 * @param size of the sequence, pixels
 * @throws UserFacingError 'usage' when the bitmap would have more than 32 megapixels or a side of more than 16384
 */
export const drawTitle = (title: Title, size: { width: number; height: number }): TitleBitmap => {
  const { glyphs, em, block } = layOutTitle(title, size);
  const shapes = glyphs.map((glyph) => polygonsOf(glyph, em)).filter((polygons) => polygons.length > 0);
  const nothing = { x: 0, y: 0, width: 1, height: 1, data: new Uint8ClampedArray(4) };
  if (shapes.length === 0) return nothing;

  const outline = title.outline.width * size.height;
  const shadow = { ...title.shadow, sigma: (title.shadow.blur * size.height) / 2 };
  // `distance` is measured along the diagonal.
  const shadowShift = Math.round(shadow.distance * size.height * Math.SQRT1_2);
  const background = title.background.opacity > 0;
  const padding = title.background.padding * size.height;

  const text = boundsOf(shapes.flat());
  const body = outline > 0 ? widened(text, Math.ceil(outline + 0.5)) : text;
  const behind = {
    left: Math.round(block.left - padding),
    top: Math.round(block.top - padding),
    right: Math.round(block.left + block.width + padding),
    bottom: Math.round(block.top + block.height + padding),
  };
  let box = body;
  if (shadow.opacity > 0) box = around(box, widened(moved(body, shadowShift), blurReach(shadow.sigma)));
  if (background) box = around(box, behind);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  if (width * height > mostPixels || Math.max(width, height) > longestSide) throw tooLarge();

  const letters = emptyMask(box);
  for (const polygons of shapes) fillPolygons(letters, polygons);
  const whole = outline > 0 ? grown(letters, outline) : letters;
  const coats: Coat[] = [];
  if (background) coats.push({ ...title.background, cover: behind });
  if (shadow.opacity > 0) {
    const cast = shifted(whole, shadowShift);
    blur(cast, shadow.sigma);
    coats.push({ ...shadow, cover: cast.cover });
  }
  if (outline > 0) coats.push({ colour: title.outline.colour, opacity: 1, cover: whole.cover });
  coats.push({ colour: title.colour, opacity: 1, cover: letters.cover });
  return compose(box, coats);
};
