import type { Bitmap } from './bitmap.ts';

/** Averages boxes of nx × ny pixels, rounded; see contract/compositing/sampling.ts. `into` has 4 bytes for each box. */
export const reduceBitmap = (from: Bitmap, nx: number, ny: number, into: Uint8Array): Bitmap => {
  const width = Math.ceil(from.width / nx);
  const height = Math.ceil(from.height / ny);
  const { data } = from;
  const stride = from.width * 4;
  // The sum over the box's rows, one column after the other.
  const columns = new Uint32Array(stride);
  for (let y = 0; y < height; y++) {
    const rows = Math.min(ny, from.height - y * ny);
    let at = y * ny * stride;
    for (let i = 0; i < stride; i++) columns[i] = data[at + i];
    for (let row = 1; row < rows; row++) {
      at += stride;
      for (let i = 0; i < stride; i++) columns[i] += data[at + i];
    }
    let out = y * width * 4;
    for (let x = 0; x < width; x++, out += 4) {
      const count = Math.min(nx, from.width - x * nx);
      const area = count * rows;
      const half = area >> 1;
      let [r, g, b, a] = [half, half, half, half];
      for (let column = x * nx * 4, end = column + count * 4; column < end; column += 4) {
        r += columns[column];
        g += columns[column + 1];
        b += columns[column + 2];
        a += columns[column + 3];
      }
      into[out] = r / area;
      into[out + 1] = g / area;
      into[out + 2] = b / area;
      into[out + 3] = a / area;
    }
  }
  return { width, height, data: into, opaque: from.opaque };
};
