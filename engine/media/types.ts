import type { Colour, PlanarFormat } from '../frames/image.ts';

/** A reduced ratio of two positive integers. */
export type Rational = { num: number; den: number };

export type AudioInfo = {
  /** Stream number in the file, as ffmpeg's `-map 0:index` takes it. */
  index: number;
  codec: string;
  channels: number;
  /** ffmpeg's name, for example stereo or 5.1(side). */
  layout: string;
  sampleRate: number;
  /** Seconds on the file's clock, the same one as the picture's timestamps. */
  start: number;
  duration: number;
  bitRate?: number;
};

/**
 * The video packets of a file in decode order, as the container tells them. Times are ticks of `MediaInfo.timeBase`.
 * `position` is the byte offset that ffprobe reports (-1 when unknown).
 */
export type PacketTable = {
  count: number;
  pts: Float64Array;
  size: Float64Array;
  position: Float64Array;
  key: Uint8Array;
};

/** Where the frames of a file lie in time. `pts` is in presentation order, one entry per shown frame. */
export type FrameScan = {
  pts: Float64Array;
  /** Present only where every packet is exactly one shown frame; without it nothing is stream-copied. */
  packets?: PacketTable;
};

export type MediaInfo = {
  /** Absolute. */
  path: string;
  kind: 'video' | 'still';
  /** Storage pixels of the upright picture. */
  width: number;
  height: number;
  /** Sample aspect ratio of the upright picture. */
  sar: Rational;
  /** Degrees that the stored picture is turned anticlockwise to be upright: 0, 90, 180 or 270. Frames come out upright. */
  rotation: number;
  /** Frames that are shown, in presentation order. */
  frameCount: number;
  /** Frames per second; exact for a constant rate. */
  averageRate: Rational;
  variableRate: boolean;
  /** Interlaced files are read deinterlaced, one frame per frame. */
  interlaced: boolean;
  format: PlanarFormat;
  colour: Colour;
  codec: string;
  profile: string;
  audio: AudioInfo[];
  /** Seconds of picture, the last frame's own duration included. */
  duration: number;
  /** The first frame's time on the file's clock, seconds. */
  start: number;
  /** ffmpeg's short name of the container, the first of its list: mov, matroska, avi … */
  container: string;
  /** What a user should know about how this file is read; each is a sentence. */
  notes: string[];
  /** Seconds on the file's clock of each shown frame. */
  timestamps: () => Promise<Float64Array>;

  /** Plumbing of the media room. */
  videoIndex: number;
  timeBase: Rational;
  scan: FrameScan;
  /** The layout in which ffmpeg is asked for pixels; differs from `format.pixFmt` only in the full-range yuvj names. */
  rawPixFmt: string;
  /** The pixel format that the stream itself has. */
  sourcePixFmt: string;
  /** Arguments that must stand before `-i` for this file. */
  inputOptions: string[];
  /** Frames whose neighbours the deinterlacer needs carry a lead. */
  filters: string[];
};
