import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import type { PlanarFrame } from '../frames/image.ts';
import { flattenAlpha } from './alpha.ts';
import { ended, fileUrl, keepErrors, lastLine, writeFailure } from './child.ts';
import { chooseCodec, planEncoding, rawColourArgs, type EncodePlan, type VideoCodec } from './encoder-settings.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { rawMatroskaFrameHead, rawMatroskaHead } from './raw-matroska.ts';
import type { MediaInfo, Rational } from './types.ts';

export type EncoderOptions = {
  /** Whose format, colour tags and sample aspect ratio the frames have. */
  like: MediaInfo;
  /** Size of the frames written; `like`'s unless told. */
  width?: number;
  height?: number;
  rate: Rational;
  codec?: VideoCodec;
  /** Constant quality; the default keeps frames at 45 dB and more. */
  crf?: number;
  /** Frames from one key frame to the next at most; two seconds' worth unless told. */
  gop?: number;
  /** Scales what is written. */
  size?: [number, number];
  /** True when every frame is written with its own time. */
  timed?: boolean;
  /** ffmpeg arguments that name one more input and how its sound goes out; see `sound-track.ts`. */
  sound?: { input: string[]; output: string[] };
  /** Filters and encoder arguments that make the stream fit another one. */
  match?: { filters: string[]; args: string[] };
};

export type Encoder = {
  /** Takes a frame; resolves when the encoder is ready for the next. `seconds` counts from the file's start, for timed encoders. */
  write: (frame: PlanarFrame, seconds?: number) => Promise<void>;
  /** Finishes the file. @throws UserFacingError 'room' | 'usage' when it could not be written */
  close: () => Promise<void>;
  /** Stops at once and removes the file. */
  abort: () => Promise<void>;
  notes: string[];
};

const muxers: Record<string, string[]> = {
  '.mp4': ['-f', 'mp4'],
  '.m4v': ['-f', 'mp4'],
  '.mov': ['-f', 'mov'],
  '.mkv': ['-f', 'matroska'],
  '.webm': ['-f', 'webm'],
  '.avi': ['-f', 'avi'],
  '.ts': ['-f', 'mpegts'],
};

/** Arguments of the container that a file name stands for. */
export const muxerArgs = (path: string, codec?: VideoCodec): string[] => {
  const extension = extname(path).toLowerCase();
  const quickTime = extension === '.mp4' || extension === '.mov' || extension === '.m4v';
  return [
    ...(codec === 'h265' && quickTime ? ['-tag:v', 'hvc1'] : []),
    // Bit-exact leaves dates and versions out, so that the same job gives the same bytes.
    '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact', '-map_metadata', '-1', '-map_chapters', '-1',
    ...(quickTime ? ['-movflags', '+write_colr'] : []),
    ...(muxers[extension] ?? []),
  ]; // prettier-ignore
};

/** The clock of timed output: a multiple of every common rate, fine enough for the times of phones. */
const timedClock = 90000;

const encoderArgs = (
  path: string,
  plan: EncodePlan,
  options: EncoderOptions,
  frame: { width: number; height: number },
): string[] => {
  const { rate, timed, sound } = options;
  const input = timed
    ? ['-fpsprobesize', '0', '-f', 'matroska']
    : [
        '-f',
        'rawvideo',
        '-pix_fmt',
        plan.input.pixFmt,
        '-s',
        `${frame.width}x${frame.height}`,
        '-framerate',
        `${rate.num}/${rate.den}`,
      ];
  const quickTime = /\.(mp4|m4v|mov)$/i.test(path);
  return [
    '-nostdin', '-hide_banner', '-v', 'error', '-y',
    ...rawColourArgs(options.like.colour, options.like.format.rgb), ...input, '-i', 'pipe:0',
    ...(sound?.input ?? []),
    '-map', '0:v:0', '-vf', plan.filters.join(','), '-sws_flags', 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact',
    '-fps_mode', 'passthrough',
    ...(timed ? ['-enc_time_base', `1/${timedClock}`, ...(quickTime ? ['-video_track_timescale', String(timedClock)] : [])] : []),
    ...plan.args,
    ...(sound?.output ?? ['-an']),
    ...muxerArgs(path, plan.codec),
    fileUrl(path),
  ]; // prettier-ignore
};

const bytesOf = (plane: Uint8Array | Uint16Array): Uint8Array =>
  new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength);

/**
 * Opens a video file for writing, frame by frame, in the source's rate, colour tags and sample aspect ratio.
 * The file is overwritten; callers hand in a partial name and rename it when it is complete.
 * @throws UserFacingError 'usage' when the file's name and the codec do not fit
 */
export const openEncoder = (path: string, options: EncoderOptions): Encoder => {
  const { like } = options;
  const frameSize = { width: options.width ?? like.width, height: options.height ?? like.height };
  const codec = chooseCodec(path, options.codec, like.codec);
  const [width, height] = options.size ?? [frameSize.width, frameSize.height];
  const plan = planEncoding(like, { width, height }, options.rate, codec, options);
  if (width !== frameSize.width || height !== frameSize.height)
    plan.filters.unshift(`scale=${width}:${height}:flags=lanczos+accurate_rnd+full_chroma_int+bitexact`);
  if (options.match) {
    plan.filters.unshift(...options.match.filters);
    plan.args.push(...options.match.args);
  }
  const child = spawn(findFfmpeg().ffmpeg, encoderArgs(path, plan, options, frameSize), {
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const stderr = keepErrors(child);
  const end = ended(child);
  let over = false;
  let frames = 0;
  let flattened = false;
  void end.then(() => (over = true));
  // Writing to an encoder that has stopped breaks the pipe; the reason is in its own words, told by `fail`.
  child.stdin.on('error', () => undefined);

  const fail = async (): Promise<never> => {
    await end;
    await rm(path, { force: true });
    const why = writeFailure(stderr(), path);
    if (why) throw why;
    throw new Error(`ffmpeg stopped while writing ${path}: ${stderr()}`);
  };
  const send = async (bytes: Uint8Array): Promise<void> => {
    if (over) return fail();
    if (child.stdin.write(bytes)) return;
    await Promise.race([new Promise((ready) => child.stdin.once('drain', ready)), end]);
    if (over) await fail();
  };

  return {
    notes: plan.notes,
    write: async (given, seconds) => {
      const { frame, visible } = plan.dropAlpha ? flattenAlpha(given) : { frame: given, visible: false };
      if (visible && !flattened) {
        flattened = true;
        plan.notes.push(`${codec} cannot hold transparency: the picture is composited on black.`);
      }
      if (options.timed) {
        if (frames === 0) await send(rawMatroskaHead(frame.format, frame.width, frame.height));
        const total = frame.planes.reduce((sum, plane) => sum + plane.byteLength, 0);
        await send(rawMatroskaFrameHead(seconds ?? (frames * options.rate.den) / options.rate.num, total));
      }
      for (const plane of frame.planes) await send(bytesOf(plane));
      frames++;
    },
    close: async () => {
      child.stdin.end();
      const code = await end;
      // ffmpeg ends well even when only its last bytes found no room.
      if (code === 0 && frames > 0 && !writeFailure(stderr(), path)) return;
      if (frames === 0) throw new Error(`no frame was written to ${path}: ${lastLine(stderr())}`);
      await fail();
    },
    abort: async () => {
      child.kill('SIGKILL');
      await end;
      await rm(path, { force: true });
    },
  };
};
