/** Small working pictures and fields: float32, planar, `data[(c * height + y) * width + x]`. R'G'B' pictures are 0..1, BT.709. */
export type Image = {
  channels: number;
  width: number;
  height: number;
  data: Float32Array;
};

/** A planar pixel format of ffmpeg's, little-endian. */
export type PlanarFormat = {
  /** ffmpeg's name, for example yuv420p or yuv422p10le. */
  pixFmt: string;
  bits: 8 | 10 | 12 | 16;
  log2ChromaW: 0 | 1;
  log2ChromaH: 0 | 1;
  /** True for gbrp*: planes are G, B, R at full size; else Y, Cb, Cr. */
  rgb: boolean;
  /** A fourth plane, at luma's size. */
  alpha: boolean;
};

/** How code values are to be read. `tags` are ffmpeg's own words, given back to the encoder unchanged. */
export type Colour = {
  matrix: 'bt601' | 'bt709' | 'bt2020';
  range: 'limited' | 'full';
  transfer: 'sdr' | 'pq' | 'hlg';
  tags: { space?: string; primaries?: string; transfer?: string; range?: string };
};

/** One full-size frame in its source's own encoding. Rows are packed: a plane's stride is its width. */
export type PlanarFrame = {
  format: PlanarFormat;
  colour: Colour;
  width: number;
  height: number;
  planes: (Uint8Array | Uint16Array)[];
};

export const createImage = (channels: number, width: number, height: number): Image => ({
  channels,
  width,
  height,
  data: new Float32Array(channels * width * height),
});
