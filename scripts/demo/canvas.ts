/** Linear-light drawing surfaces: anti-aliased polygons, strokes and discs, and layers moved by fractions of a pixel. */

/** Linear light, 0..1 and above for highlights. */
export type Rgb = readonly [number, number, number];

/** float32, interleaved premultiplied RGBA in linear light. */
export type Canvas = { width: number; height: number; data: Float32Array };

export const createCanvas = (width: number, height: number): Canvas => ({
  width,
  height,
  data: new Float32Array(width * height * 4),
});

/** From an sRGB hex colour such as '#ffcc88'. */
export const colour = (hex: string): Rgb => {
  const channel = (at: number): number => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};

export const mixRgb = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

export const scaleRgb = (a: Rgb, s: number): Rgb => [a[0] * s, a[1] * s, a[2] * s];

/** Lays one colour over one pixel. */
export const putPixel = (canvas: Canvas, index: number, rgb: Rgb, alpha: number): void => {
  const d = canvas.data;
  const i = index * 4;
  const keep = 1 - alpha;
  d[i] = d[i] * keep + rgb[0] * alpha;
  d[i + 1] = d[i + 1] * keep + rgb[1] * alpha;
  d[i + 2] = d[i + 2] * keep + rgb[2] * alpha;
  d[i + 3] = d[i + 3] * keep + alpha;
};

let accumulator = new Float32Array(1 << 16);

/**
 * Fills a closed polygon given as x0,y0,x1,y1,… in pixels with exact area coverage (signed-area accumulation as in
 * Raph Levien's font-rs). Self-overlaps of one direction are filled once.
 */
export const fillPolygon = (canvas: Canvas, points: ArrayLike<number>, rgb: Rgb, alpha = 1): void => {
  const n = points.length >> 1;
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < n; i++) {
    left = Math.min(left, points[2 * i]);
    right = Math.max(right, points[2 * i]);
    top = Math.min(top, points[2 * i + 1]);
    bottom = Math.max(bottom, points[2 * i + 1]);
  }
  const x0 = Math.max(0, Math.floor(left));
  const x1 = Math.min(canvas.width, Math.ceil(right) + 1);
  const y0 = Math.max(0, Math.floor(top));
  const y1 = Math.min(canvas.height, Math.ceil(bottom) + 1);
  if (x1 <= x0 || y1 <= y0) return;
  const w = x1 - x0 + 2;
  const h = y1 - y0;
  if (accumulator.length < w * h) accumulator = new Float32Array(w * h * 2);
  const acc = accumulator;
  acc.fill(0, 0, w * h);
  for (let i = 0; i < n; i++) {
    const j = i + 1 === n ? 0 : i + 1;
    addEdge(acc, w, h, points[2 * i] - x0, points[2 * i + 1] - y0, points[2 * j] - x0, points[2 * j + 1] - y0);
  }
  for (let y = 0; y < h; y++) {
    let sum = 0;
    const row = (y + y0) * canvas.width + x0;
    for (let x = 0; x < x1 - x0; x++) {
      sum += acc[y * w + x];
      const cover = Math.min(1, Math.abs(sum));
      if (cover > 0.002) putPixel(canvas, row + x, rgb, cover * alpha);
    }
  }
};

const addEdge = (acc: Float32Array, w: number, h: number, ax: number, ay: number, bx: number, by: number): void => {
  if (ay === by) return;
  const direction = ay < by ? 1 : -1;
  const [sx, sy, ex, ey] = ay < by ? [ax, ay, bx, by] : [bx, by, ax, ay];
  const slope = (ex - sx) / (ey - sy);
  const limit = w - 2;
  let x = sy < 0 ? sx - sy * slope : sx;
  for (let y = Math.max(0, Math.floor(sy)); y < Math.min(h, Math.ceil(ey)); y++) {
    const dy = Math.min(y + 1, ey) - Math.max(y, sy);
    const next = x + slope * dy;
    const d = dy * direction;
    const a = Math.min(limit, Math.max(0, Math.min(x, next)));
    const b = Math.min(limit, Math.max(0, Math.max(x, next)));
    const first = Math.floor(a);
    const last = Math.ceil(b);
    const row = y * w;
    if (last <= first + 1) {
      const middle = 0.5 * (a + b) - first;
      acc[row + first] = acc[row + first] + d * (1 - middle);
      acc[row + first + 1] = acc[row + first + 1] + d * middle;
    } else {
      const s = 1 / (b - a);
      const fa = a - first;
      const a0 = 0.5 * s * (1 - fa) * (1 - fa);
      const fb = b - last + 1;
      const am = 0.5 * s * fb * fb;
      acc[row + first] = acc[row + first] + d * a0;
      if (last === first + 2) {
        acc[row + first + 1] = acc[row + first + 1] + d * (1 - a0 - am);
      } else {
        const a1 = s * (1.5 - fa);
        acc[row + first + 1] = acc[row + first + 1] + d * (a1 - a0);
        for (let i = first + 2; i < last - 1; i++) acc[row + i] = acc[row + i] + d * s;
        const a2 = a1 + (last - first - 3) * s;
        acc[row + last - 1] = acc[row + last - 1] + d * (1 - a2 - am);
      }
      acc[row + last] = acc[row + last] + d * am;
    }
    x = next;
  }
};

/** A straight stroke from (ax, ay) to (bx, by) whose half-width goes from `ra` to `rb`. */
export const stroke = (
  canvas: Canvas,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  ra: number,
  rb: number,
  rgb: Rgb,
  alpha = 1,
): void => {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const nx = -(by - ay) / length;
  const ny = (bx - ax) / length;
  fillPolygon(
    canvas,
    [ax + nx * ra, ay + ny * ra, bx + nx * rb, by + ny * rb, bx - nx * rb, by - ny * rb, ax - nx * ra, ay - ny * ra],
    rgb,
    alpha,
  );
};

/** A disc with an edge `soft` pixels wide. */
export const disc = (canvas: Canvas, cx: number, cy: number, r: number, rgb: Rgb, alpha = 1, soft = 1): void => {
  const x0 = Math.max(0, Math.floor(cx - r - soft));
  const x1 = Math.min(canvas.width - 1, Math.ceil(cx + r + soft));
  const y0 = Math.max(0, Math.floor(cy - r - soft));
  const y1 = Math.min(canvas.height - 1, Math.ceil(cy + r + soft));
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const d = Math.hypot(x + 0.5 - cx, y + 0.5 - cy);
      const cover = Math.min(1, Math.max(0, (r - d) / soft + 0.5));
      if (cover > 0) putPixel(canvas, y * canvas.width + x, rgb, cover * alpha);
    }
  }
};

/**
 * Lays `layer` over `target` so that layer pixel (x + dx, y + dy) lands on target pixel (x, y). Catmull-Rom in both directions: a
 * slow drift by fractions of a pixel neither shimmers nor softens. Beyond its sides a layer is empty. Rows of the layer outside `rows` are known to be empty.
 */
export const layOver = (
  target: Canvas,
  layer: Canvas,
  dx: number,
  dy: number,
  rows: readonly [number, number] = [0, layer.height],
): void => {
  const ix = Math.floor(dx);
  const iy = Math.floor(dy);
  const wx = cubic(dx - ix);
  const wy = cubic(dy - iy);
  const line = new Float32Array(layer.width * 4);
  const from = Math.max(0, Math.ceil(rows[0] - dy) - 2);
  const to = Math.min(target.height, Math.floor(rows[1] - dy) + 3);
  const size = layer.width * 4;
  for (let y = from; y < to; y++) {
    line.fill(0);
    for (let k = 0; k < 4; k++) {
      const sy = Math.min(layer.height - 1, Math.max(0, y + iy + k - 1));
      const weight = wy[k];
      const at = sy * size;
      for (let i = 0; i < size; i++) line[i] = line[i] + weight * layer.data[at + i];
    }
    const last = Math.min(target.width, layer.width - ix - 2);
    for (let x = Math.max(0, 1 - ix); x < last; x++) {
      const a = (x + ix - 1) * 4;
      const b = (x + ix) * 4;
      const c = (x + ix + 1) * 4;
      const e = (x + ix + 2) * 4;
      const alpha = wx[0] * line[a + 3] + wx[1] * line[b + 3] + wx[2] * line[c + 3] + wx[3] * line[e + 3];
      if (alpha < 0.002) continue;
      const keep = Math.max(0, 1 - alpha);
      const i = (y * target.width + x) * 4;
      for (let ch = 0; ch < 3; ch++) {
        const value = wx[0] * line[a + ch] + wx[1] * line[b + ch] + wx[2] * line[c + ch] + wx[3] * line[e + ch];
        target.data[i + ch] = Math.max(0, target.data[i + ch] * keep + value);
      }
      target.data[i + 3] = target.data[i + 3] * keep + alpha;
    }
  }
};

const cubic = (t: number): [number, number, number, number] => [
  ((-0.5 * t + 1) * t - 0.5) * t,
  (1.5 * t - 2.5) * t * t + 1,
  ((-1.5 * t + 2) * t + 0.5) * t,
  (0.5 * t - 0.5) * t * t,
];
