import type { Placed, Size } from '../../../engine/contract/compositing/placement.ts';
import { createCompositor, hidesAll } from '../../../engine/render/compose/frame.ts';
import type { Drawing as EngineDrawing, FrameLayer as EngineLayer } from '../../../engine/render/compose/frame.ts';
import { wordsOf } from '../../../engine/render/compose/bitmap.ts';
import type { Compositor, Surface } from '../compositor.ts';
import type { Drawing, FrameLayer } from '../picture.ts';
import { resampled, shrunk } from '../placed.ts';
import { createPictureBitmaps, mostBytes } from './picture-bitmaps.ts';

/** Without rounding's last digits: what lies sample on pixel is copied, and may not miss that by a trillionth. */
const tidied = ({ matrix, scaleX, scaleY, visible }: Placed): Placed => {
  const whole = (value: number): number => {
    const nearest = Math.round(value);
    return Math.abs(value - nearest) < 1e-9 ? nearest : value;
  };
  const { a, b, c, d, e, f } = matrix;
  const { left, top, right, bottom } = visible;
  return {
    matrix: { a: whole(a), b: whole(b), c: whole(c), d: whole(d), e: whole(e), f: whole(f) },
    ...{ scaleX: whole(scaleX), scaleY: whole(scaleY) },
    visible: { left: whole(left), top: whole(top), right: whole(right), bottom: whole(bottom) },
  };
};

const opaqueBlack = 0xff000000;

/** Frames that are made ready before they are shown, a few more than a player reads ahead. */
const ahead = 12;

/**
 * Draws by the export's own compositor, on the processor: where there is no graphics card, a WebGL that is made up by the processor takes
 * several times as long. @throws Error where a canvas cannot be drawn on
 */
export const createSoftwareCompositor = (canvas: Surface): Compositor => {
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true }) as
    CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
  if (!context) throw new Error('compositor: no canvas');
  const bitmaps = createPictureBitmaps();
  const compositor = createCompositor();
  let image: ImageData | undefined;

  const engineDrawing = ({ picture, placed, opacity }: Drawing, frame: Size, shown: Size): EngineDrawing => {
    const there = shrunk(placed, shown.width / frame.width, shown.height / frame.height);
    // Where every pixel is shown they are the export's, byte by byte; else a frame is converted at the size at which it is seen.
    const whole = shown.width === frame.width && shown.height === frame.height;
    const bitmap = bitmaps.bitmapOf(picture, {
      width: whole ? picture.width : Math.round(picture.width * there.scaleX),
      height: whole ? picture.height : Math.round(picture.height * there.scaleY),
    });
    const key = picture.pixels.kind === 'planes' ? undefined : bitmaps.nameOf(picture);
    return {
      picture: { kind: 'bitmap', bitmap, key },
      placed: tidied(resampled(there, picture.width / bitmap.width, picture.height / bitmap.height)),
      ...{ opacity, opaque: bitmap.opaque },
    };
  };
  const engineLayers = (layers: FrameLayer[], frame: Size, shown: Size): EngineLayer[] => {
    const drawingOf = (drawing: Drawing | null): EngineDrawing | null =>
      drawing && engineDrawing(drawing, frame, shown);
    return layers.map((layer) =>
      layer.type === 'picture'
        ? { type: 'picture', drawing: engineDrawing(layer.drawing, frame, shown) }
        : { ...layer, from: drawingOf(layer.from), to: drawingOf(layer.to) },
    );
  };

  return {
    prepare: (layers, frame, shown) => {
      // What would be thrown away again before it is shown is better made then.
      if (shown.width * shown.height * 4 * layers.length * ahead > mostBytes) return;
      engineLayers(layers, frame, shown);
      bitmaps.tidy();
    },
    show: (layers, frame, shown) => {
      if (image?.width !== shown.width || image.height !== shown.height)
        image = new ImageData(shown.width, shown.height);
      const bytes = new Uint8Array(image.data.buffer);
      const drawn = engineLayers(layers, frame, shown);
      compositor.compose(drawn, shown, bytes);
      bitmaps.tidy();
      const [lowest] = drawn;
      if (lowest?.type !== 'picture' || !hidesAll(lowest.drawing, shown)) {
        const words = wordsOf(bytes);
        for (let i = 0; i < words.length; i++) words[i] |= opaqueBlack;
      }
      if (canvas.width !== shown.width) canvas.width = shown.width;
      if (canvas.height !== shown.height) canvas.height = shown.height;
      context.putImageData(image, 0, 0);
    },
  };
};
