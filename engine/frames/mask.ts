import type { Image, PlanarFrame } from './image.ts';
import { createImage } from './image.ts';
import { codeMap } from './colour.ts';
import { planeSize, resizePlane } from './resize.ts';

const far = 1e12;

/** Squared distance to the nearest zero-cost sample of one line: lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012). */
const distanceLine = (
  cost: Float64Array,
  out: Float64Array,
  count: number,
  apex: Int32Array,
  edge: Float64Array,
): void => {
  let k = 0;
  apex[0] = 0;
  edge[0] = -Infinity;
  edge[1] = Infinity;
  for (let q = 1; q < count; q++) {
    const height = cost[q] + q * q;
    let cross = (height - cost[apex[k]] - apex[k] * apex[k]) / (2 * (q - apex[k]));
    while (cross <= edge[k]) {
      k--;
      cross = (height - cost[apex[k]] - apex[k] * apex[k]) / (2 * (q - apex[k]));
    }
    k++;
    apex[k] = q;
    edge[k] = cross;
    edge[k + 1] = Infinity;
  }
  k = 0;
  for (let q = 0; q < count; q++) {
    while (edge[k + 1] < q) k++;
    const offset = q - apex[k];
    out[q] = offset * offset + cost[apex[k]];
  }
};

/** Euclidean distance of every pixel to the nearest one with inside > 0, in pixels; very large where there is none. */
const distanceTo = (inside: Uint8Array, width: number, height: number): Float32Array => {
  const longest = Math.max(width, height);
  const cost = new Float64Array(longest);
  const line = new Float64Array(longest);
  const apex = new Int32Array(longest);
  const edge = new Float64Array(longest + 1);
  const squared = new Float64Array(width * height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) cost[y] = inside[y * width + x] > 0 ? 0 : far;
    distanceLine(cost, line, height, apex, edge);
    for (let y = 0; y < height; y++) squared[y * width + x] = line[y];
  }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) cost[x] = squared[y * width + x];
    distanceLine(cost, line, width, apex, edge);
    for (let x = 0; x < width; x++) out[y * width + x] = Math.sqrt(line[x]);
  }
  return out;
};

/** A mask picture as 0 or 1 at a given size [1,H,W]: 1 where its luma (G for RGB) is at least half of the nominal range. */
export const maskFromFrame = (frame: PlanarFrame, width: number, height: number): Image => {
  const { offset, forward } = codeMap(frame.format, frame.colour);
  const grey = resizePlane(frame.planes[0], frame.width, frame.height, width, height);
  const half = offset[0] + 0.5 * (forward[0] + forward[1] + forward[2]);
  for (let i = 0; i < grey.data.length; i++) grey.data[i] = grey.data[i] >= half ? 1 : 0;
  return grey;
};

/**
 * Softens a mask outwards: 1 within it, falling as a smoothstep to exactly 0 at `feather` pixels from it (Euclidean). The masked region
 * itself is thus replaced whole, and nothing further than the feather is touched. mask [1,H,W], values ≥ 0.5 are inside; feather ≥ 0.
 */
export const featherMask = (mask: Image, feather: number): Image => {
  const inside = new Uint8Array(mask.data.length);
  for (let i = 0; i < inside.length; i++) inside[i] = mask.data[i] >= 0.5 ? 1 : 0;
  const out = createImage(1, mask.width, mask.height);
  if (feather <= 0) {
    for (let i = 0; i < inside.length; i++) out.data[i] = inside[i];
    return out;
  }
  const distance = distanceTo(inside, mask.width, mask.height);
  for (let i = 0; i < inside.length; i++) {
    const t = 1 - distance[i] / feather;
    out.data[i] = t >= 1 ? 1 : t <= 0 ? 0 : t * t * (3 - 2 * t);
  }
  return out;
};

/** The mask at a smaller size: 1 where any masked pixel touches the target's pixel (a hole must not leak through averaging). [1,H,W] → [1,h,w]. */
export const shrinkMask = (mask: Image, width: number, height: number): Image => {
  const out = createImage(1, width, height);
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * mask.height) / height);
    const bottom = Math.max(top + 1, Math.ceil(((y + 1) * mask.height) / height));
    for (let x = 0; x < width; x++) {
      const left = Math.floor((x * mask.width) / width);
      const right = Math.max(left + 1, Math.ceil(((x + 1) * mask.width) / width));
      let found = 0;
      for (let sy = top; sy < bottom && found === 0; sy++) {
        for (let sx = left; sx < right; sx++) {
          if (mask.data[sy * mask.width + sx] > 0) {
            found = 1;
            break;
          }
        }
      }
      out.data[y * width + x] = found;
    }
  }
  return out;
};

/**
 * original · (1 − mask) + generated · mask in the frames' own code values, per plane; a subsampled plane takes the greatest mask value of the
 * block that a sample stands for, so that a masked pixel never keeps its old colour. Where the mask is 0 the original's samples are
 * copied, not computed: bit-identical. Alpha is kept as it was. mask [1,H,W] at the frames' size, 0..1; frames of one size and format (RangeError).
 */
export const pasteMasked = (original: PlanarFrame, generated: PlanarFrame, mask: Image): PlanarFrame => {
  const { width, height, format } = original;
  if (generated.width !== width || generated.height !== height || generated.format.pixFmt !== format.pixFmt) {
    throw new RangeError('pasteMasked: the frames differ in size or format');
  }
  if (mask.width !== width || mask.height !== height)
    throw new RangeError("pasteMasked: the mask must have the frames' size");
  const planes = original.planes.map((plane, p) => {
    const out = plane.slice();
    if (p === 3) return out;
    const size = planeSize(original, p);
    const chroma = !format.rgb && p > 0;
    const stepX = chroma ? 1 << format.log2ChromaW : 1;
    const stepY = chroma ? 1 << format.log2ChromaH : 1;
    const source = generated.planes[p];
    for (let y = 0, i = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++, i++) {
        let share = mask.data[Math.min(height - 1, y * stepY) * width + Math.min(width - 1, x * stepX)];
        if (stepX + stepY > 2) {
          for (let sy = y * stepY; sy < Math.min(height, (y + 1) * stepY); sy++) {
            for (let sx = x * stepX; sx < Math.min(width, (x + 1) * stepX); sx++)
              share = Math.max(share, mask.data[sy * width + sx]);
          }
        }
        if (share > 0) out[i] = share >= 1 ? source[i] : Math.floor(plane[i] + share * (source[i] - plane[i]) + 0.5);
      }
    }
    return out;
  });
  return { format, colour: original.colour, width, height, planes };
};
