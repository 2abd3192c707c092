import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';

/** One 8-bit picture, interleaved B, G, R rows: the layout that the reference implementation reads and writes. */
export type Frame = { width: number; height: number; data: Uint8Array };

/** Frames per second as an exact fraction. */
export type Rate = { num: number; den: number };

export type Video = {
  width: number;
  height: number;
  rate: Rate;
  /** By presentation order; undefined where `keep` said no. */
  frames: (Frame | undefined)[];
};

const run = promisify(execFile);

export const probeVideo = async (path: string): Promise<{ width: number; height: number; rate: Rate }> => {
  const entries = ['-show_entries', 'stream=width,height,r_frame_rate', '-of', 'json'];
  const { stdout } = await run(findFfmpeg().ffprobe, ['-v', 'error', '-select_streams', 'v:0', ...entries, path]);
  const stream = (JSON.parse(stdout) as { streams: { width: number; height: number; r_frame_rate: string }[] })
    .streams[0];
  if (!stream) throw new Error(`${path} has no picture`);
  const [num, den] = stream.r_frame_rate.split('/').map(Number);
  return { width: stream.width, height: stream.height, rate: { num, den } };
};

export type ReadOptions = {
  /** At most this many frames are read. */
  limit?: number;
  /** Which frames are kept in memory; all without it. */
  keep?: (index: number) => boolean;
  /** An ffmpeg filter chain on the way in, and the size that it leaves behind. */
  filter?: { chain: string; width: number; height: number };
  pixFmt?: 'bgr24' | 'yuv420p';
};

/** Decodes a file to whole frames, in presentation order, none dropped and none repeated. */
export const readVideo = async (path: string, options: ReadOptions = {}): Promise<Video> => {
  const info = await probeVideo(path);
  const { width, height } = options.filter ?? info;
  const pixFmt = options.pixFmt ?? 'bgr24';
  const size = frameBytes(width, height, pixFmt);
  const args = ['-v', 'error', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough'];
  if (options.filter) args.push('-vf', options.filter.chain);
  if (options.limit !== undefined) args.push('-frames:v', String(options.limit));
  const ffmpeg = spawn(findFfmpeg().ffmpeg, [...args, '-f', 'rawvideo', '-pix_fmt', pixFmt, '-'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(ffmpeg, 'close');
  const frames: (Frame | undefined)[] = [];
  let next = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) {
      const take = Math.min(size - filled, chunk.length - at);
      next.set(chunk.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled < size) continue;
      const kept = options.keep?.(frames.length) ?? true;
      frames.push(kept ? { width, height, data: next } : undefined);
      if (kept) next = new Uint8Array(size);
      filled = 0;
    }
  }
  const [code] = (await closed) as [number];
  if (code !== 0 || frames.length === 0)
    throw new Error(`ffmpeg ended with ${code} and ${frames.length} frames of ${path}`);
  return { width, height, rate: info.rate, frames };
};

export const frameBytes = (width: number, height: number, pixFmt: 'bgr24' | 'yuv420p'): number =>
  pixFmt === 'bgr24' ? width * height * 3 : width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);

const bt709 = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];

/** The one encode that every method passes through: x264 CRF 6, BT.709, limited range. */
export const referenceEncode = [
  ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv', ...bt709],
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '6', '-pix_fmt', 'yuv420p'],
];

/** Keeps yuv420p planes to the last bit. */
export const losslessEncode = [...bt709, '-c:v', 'ffv1', '-level', '3', '-g', '1'];

/** Writes frames of one size through ffmpeg with the given encoder arguments. */
export const writeVideo = async (
  path: string,
  frames: Iterable<Frame>,
  rate: Rate,
  encode: readonly string[] = referenceEncode,
  pixFmt: 'bgr24' | 'yuv420p' = 'bgr24',
): Promise<void> => {
  let ffmpeg: ReturnType<typeof spawn> | undefined;
  let closed: Promise<unknown[]> | undefined;
  for (const frame of frames) {
    if (!ffmpeg) {
      const input = ['-f', 'rawvideo', '-pix_fmt', pixFmt, '-s', `${frame.width}x${frame.height}`];
      const from = [...input, '-r', `${rate.num}/${rate.den}`, '-i', '-'];
      ffmpeg = spawn(findFfmpeg().ffmpeg, ['-v', 'error', '-y', ...from, ...encode, path], {
        stdio: ['pipe', 'inherit', 'inherit'],
      });
      closed = once(ffmpeg, 'close');
    }
    const stdin = ffmpeg.stdin!;
    if (!stdin.write(frame.data)) await once(stdin, 'drain');
  }
  if (!ffmpeg || !closed) throw new Error(`nothing to write to ${path}`);
  ffmpeg.stdin!.end();
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while writing ${path}`);
};

/** All frames of a video of which every frame was kept. */
export const allFrames = (video: Video): Frame[] =>
  video.frames.map((frame, i) => {
    if (!frame) throw new Error(`frame ${i} was not kept`);
    return frame;
  });
