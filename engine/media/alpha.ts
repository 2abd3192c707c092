import type { PlanarFrame } from '../frames/image.ts';
import { planarFormat, planeSize } from './pixel-format.ts';

/**
 * Composites a frame with alpha on black, in its own encoding: luma (or G, B, R) falls to black and chroma to neutral in proportion.
 * `visible` tells whether any pixel was less than opaque.
 */
export const flattenAlpha = (frame: PlanarFrame): { frame: PlanarFrame; visible: boolean } => {
  const { format, width, height, colour } = frame;
  const alpha = frame.planes[3];
  const top = 2 ** format.bits - 1;
  const visible = alpha.some((value) => value < top);
  const flat = planarFormat({ ...format, alpha: false });
  if (!visible) return { frame: { ...frame, format: flat, planes: frame.planes.slice(0, 3) }, visible };
  const black = format.rgb || colour.range === 'full' ? 0 : 16 << (format.bits - 8);
  const neutral = 1 << (format.bits - 1);
  const planes = frame.planes.slice(0, 3).map((plane, index) => {
    const chroma = !format.rgb && index > 0;
    const base = chroma ? neutral : black;
    const [w, h] = planeSize(format, width, height, index);
    const out = plane.slice();
    for (let y = 0; y < h; y++) {
      const row = (chroma ? Math.min(height - 1, y << format.log2ChromaH) : y) * width;
      for (let x = 0; x < w; x++) {
        const cover = alpha[row + (chroma ? Math.min(width - 1, x << format.log2ChromaW) : x)] / top;
        out[y * w + x] = Math.round(base + (plane[y * w + x] - base) * cover);
      }
    }
    return out;
  });
  return { frame: { ...frame, format: flat, planes }, visible };
};
