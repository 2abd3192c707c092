import type { Image, PlanarFrame } from '../frames/image.ts';
import { planeSize, resizeImage, toSourcePlanes, toWorking } from '../frames/resize.ts';
import type { MediaInfo } from '../media/types.ts';

type Target = Pick<MediaInfo, 'format' | 'colour' | 'width' | 'height' | 'sar'>;

/** Where a picture of another shape lies in the target: whole, in the middle, on even places so that chroma stays in step. */
export const fittedBox = (
  from: Pick<MediaInfo, 'width' | 'height' | 'sar'>,
  to: Target,
): { x: number; y: number; width: number; height: number } => {
  // In the target's storage pixels: its own sample aspect ratio divides the width.
  const ratio = (from.width * from.sar.num * to.sar.den) / (from.sar.den * to.sar.num) / from.height;
  const even = (value: number, most: number): number => Math.min(most, Math.max(2, 2 * Math.round(value / 2)));
  const width = even(Math.min(to.width, to.height * ratio), to.width);
  const height = even(Math.min(to.height, to.width / ratio), to.height);
  return { x: 2 * Math.floor((to.width - width) / 4), y: 2 * Math.floor((to.height - height) / 4), width, height };
};

const blackCode = (target: Target, plane: number): number => {
  const { bits, rgb } = target.format;
  if (plane === 3) return 2 ** bits - 1;
  if (!rgb && plane > 0) return 2 ** (bits - 1);
  return rgb || target.colour.range === 'full' ? 0 : 16 * 2 ** (bits - 8);
};

/** A frame of one clip in the size, format and colour of another: scaled whole into it, black around it. Alpha becomes opaque. */
export const fitFrame = (frame: PlanarFrame, sar: MediaInfo['sar'], target: Target): PlanarFrame => {
  const { format, colour, width, height } = target;
  const sameLook =
    frame.format.pixFmt === format.pixFmt &&
    frame.colour.matrix === colour.matrix &&
    frame.colour.range === colour.range &&
    frame.colour.transfer === colour.transfer;
  const sameShape =
    frame.width === width && frame.height === height && sar.num * target.sar.den === sar.den * target.sar.num;
  if (sameLook && sameShape) return { ...frame, colour };
  const box = fittedBox({ width: frame.width, height: frame.height, sar }, target);
  const codes = toSourcePlanes(toWorking(frame, box), target);
  const top = 2 ** format.bits - 1;
  const planes = Array.from({ length: format.alpha ? 4 : 3 }, (_, p) => {
    const size = planeSize(target, p);
    const plane =
      format.bits === 8 ? new Uint8Array(size.width * size.height) : new Uint16Array(size.width * size.height);
    plane.fill(blackCode(target, p));
    if (p === 3) return plane;
    const count = codes.width * codes.height;
    const own: Image = {
      channels: 1,
      width: codes.width,
      height: codes.height,
      data: codes.data.subarray(p * count, (p + 1) * count),
    };
    const subsampled = !format.rgb && p > 0;
    const [sx, sy] = subsampled ? [format.log2ChromaW, format.log2ChromaH] : [0, 0];
    const part = resizeImage(own, Math.ceil(box.width / 2 ** sx), Math.ceil(box.height / 2 ** sy));
    for (let y = 0; y < part.height; y++) {
      const to = (y + (box.y >> sy)) * size.width + (box.x >> sx);
      for (let x = 0; x < part.width; x++) {
        const code = Math.round(part.data[y * part.width + x]);
        plane[to + x] = code < 0 ? 0 : code > top ? top : code;
      }
    }
    return plane;
  });
  return { format, colour, width, height, planes };
};
