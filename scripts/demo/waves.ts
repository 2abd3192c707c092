import { randomStream } from './noise.ts';

/** One long-crested wave: metres and radians. */
type Wave = { kx: number; kz: number; omega: number; slope: number; phase: number };

/** The waves as one row of the picture sees them: what the row is too far away to resolve is already faded out. */
export type WaveRow = {
  count: number;
  kx: Float64Array;
  phase: Float64Array;
  slopeX: Float64Array;
  slopeZ: Float64Array;
};

/** Ripples of 6 cm to 2.4 m with the dispersion of deep water, mostly running one way. */
export const createWaves = (count: number, seed: number): Wave[] => {
  const random = randomStream(seed);
  return Array.from({ length: count }, (_, i) => {
    const length = 0.06 * 40 ** (i / (count - 1)) * (0.85 + 0.3 * random());
    const k = (2 * Math.PI) / length;
    const heading = 0.35 + (random() - 0.5) * (i % 4 === 0 ? 4.4 : 1.9);
    return {
      kx: k * Math.sin(heading),
      kz: -k * Math.cos(heading),
      omega: Math.sqrt(9.81 * k + 7.4e-5 * k ** 3),
      slope: 0.0052 + 0.0062 * random(),
      phase: random() * 2 * Math.PI,
    };
  });
};

/**
 * @param z distance of the row, metres
 * @param footprintZ, footprintX size of one pixel on the water, metres
 */
export const waveRow = (waves: Wave[], z: number, footprintZ: number, footprintX: number, seconds: number): WaveRow => {
  const count = waves.length;
  const row: WaveRow = {
    count,
    kx: new Float64Array(count),
    phase: new Float64Array(count),
    slopeX: new Float64Array(count),
    slopeZ: new Float64Array(count),
  };
  waves.forEach((wave, i) => {
    const blur = (wave.kz * footprintZ * 0.55) ** 2 + (wave.kx * footprintX * 0.55) ** 2;
    const slope = wave.slope * Math.exp(-blur * 0.5);
    const k = Math.hypot(wave.kx, wave.kz);
    row.kx[i] = wave.kx;
    row.phase[i] = wave.kz * z - wave.omega * seconds + wave.phase;
    row.slopeX[i] = (slope * wave.kx) / k;
    row.slopeZ[i] = (slope * wave.kz) / k;
  });
  return row;
};

/** Slope of the surface (d height / dx, d height / dz) at `x` metres from the middle of the row. */
export const slopeAt = (row: WaveRow, x: number, out: [number, number]): void => {
  let sx = 0;
  let sz = 0;
  for (let i = 0; i < row.count; i++) {
    if (Math.abs(row.slopeX[i]) + Math.abs(row.slopeZ[i]) < 2e-5) continue;
    const c = Math.cos(row.kx[i] * x + row.phase[i]);
    sx += row.slopeX[i] * c;
    sz += row.slopeZ[i] * c;
  }
  out[0] = sx;
  out[1] = sz;
};
