import { spawn } from 'node:child_process';
import { UserFacingError } from '../contract/errors.ts';
import type { PlanarFormat, PlanarFrame } from '../frames/image.ts';
import { ended, fileUrl, holdTo, keepErrors, lastLine, type Limits } from './child.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { frameBytes, planeCount, planeSize } from './pixel-format.ts';
import { probe } from './probe.ts';
import type { MediaInfo } from './types.ts';

/** Exact arithmetic wherever a layout has to be changed; does nothing where it has not. */
export const scalerFlags = 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';

/** Looks at packed raw bytes as planes, without copying. */
export const planesOf = (
  bytes: Uint8Array,
  format: PlanarFormat,
  width: number,
  height: number,
): (Uint8Array | Uint16Array)[] => {
  const planes: (Uint8Array | Uint16Array)[] = [];
  let offset = bytes.byteOffset;
  for (let index = 0; index < planeCount(format); index++) {
    const [w, h] = planeSize(format, width, height, index);
    planes.push(
      format.bits > 8 ? new Uint16Array(bytes.buffer, offset, w * h) : new Uint8Array(bytes.buffer, offset, w * h),
    );
    offset += w * h * (format.bits > 8 ? 2 : 1);
  }
  return planes;
};

/** Sorts packed R, G, B, A samples into the planes G, B, R, A. ffmpeg 5.1's own conversion damages alpha. */
const unpackRgba = (bytes: Uint8Array, bits: number, pixels: number): (Uint8Array | Uint16Array)[] => {
  const wide = bits > 8;
  const packed = wide ? new Uint16Array(bytes.buffer, bytes.byteOffset, pixels * 4) : bytes;
  return [1, 2, 0, 3].map((channel) => {
    const plane = wide ? new Uint16Array(pixels) : new Uint8Array(pixels);
    for (let i = 0, at = channel; i < pixels; i++, at += 4) plane[i] = packed[at];
    return plane;
  });
};

/**
 * Runs ffmpeg and cuts what it writes into pieces of `bytes`. The pipe is read only as fast as the pieces are taken.
 * `onEnd` hears of ffmpeg's exit code and words when all pieces are given. A last piece that is not full is given out only where
 * `unit` says of how many bytes its parts are. `limits.stallMs` bounds ffmpeg's silence.
 */
export async function* rawPieces(
  args: string[],
  bytes: number,
  onEnd?: (code: number, stderr: string) => void,
  unit = bytes,
  { stallMs, ...limits }: Limits = {},
): AsyncGenerator<Uint8Array> {
  const child = spawn(findFfmpeg().ffmpeg, ['-nostdin', '-hide_banner', '-v', 'error', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const stderr = keepErrors(child);
  const end = ended(child);
  const held = holdTo(child, limits);
  // Only ffmpeg's own silence counts, not the time that a taker of pieces takes.
  let silence: NodeJS.Timeout | undefined;
  const wait = (): void => {
    if (stallMs !== undefined) silence = setTimeout(() => child.kill('SIGKILL'), stallMs);
  };
  let piece = new Uint8Array(bytes);
  let filled = 0;
  try {
    wait();
    for await (const part of child.stdout as AsyncIterable<Buffer>) {
      clearTimeout(silence);
      let at = 0;
      while (at < part.length) {
        const take = Math.min(bytes - filled, part.length - at);
        piece.set(part.subarray(at, at + take), filled);
        at += take;
        filled += take;
        if (filled === bytes) {
          const whole = piece;
          piece = new Uint8Array(bytes);
          filled = 0;
          yield whole;
        }
      }
      wait();
    }
    clearTimeout(silence);
    if (filled >= unit) yield piece.subarray(0, filled - (filled % unit));
    onEnd?.(await end, stderr());
  } finally {
    clearTimeout(silence);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await end;
    held.done();
  }
}

/** Where to begin so that the frame at `from` decodes cleanly: the key frame shown at or before it, and before that for the deinterlacer's sake. */
const seekTarget = (info: MediaInfo, from: number, keysBack: number): number | undefined => {
  const { packets, pts } = info.scan;
  const tick = info.timeBase.num / info.timeBase.den;
  const lead = pts[Math.max(0, from - (info.filters.length > 0 ? 3 : 0))];
  if (!packets) {
    // Without an index: some seconds early, because such containers (transport streams, AVI) seek coarsely.
    const early = lead * tick - 12 * keysBack;
    return early > pts[0] * tick + 1 ? early : undefined;
  }
  const keys: number[] = [];
  for (let i = 0; i < packets.count; i++) if (packets.key[i] === 1 && packets.pts[i] <= lead) keys.push(packets.pts[i]);
  keys.sort((a, b) => a - b);
  const key = keys.at(-keysBack);
  return key === undefined || key <= pts[0] ? undefined : key * tick;
};

const decodeArgs = (info: MediaInfo, from: number, to: number, seek: number | undefined): string[] => {
  const { pts } = info.scan;
  const tick = info.timeBase.num / info.timeBase.den;
  const middle = (a: number, b: number): string => (((pts[a] + pts[b]) / 2) * tick).toFixed(9);
  const filters = [...info.filters];
  if (info.kind === 'video') {
    const low = from > 0 ? `gte(t,${middle(from - 1, from)})` : '1';
    const high = to + 1 < pts.length ? `lt(t,${middle(to, to + 1)})` : '1';
    filters.push(`select='${low}*${high}'`);
  }
  return [
    ...info.inputOptions,
    // Presentation times are compared on the file's own clock, so the seek may land anywhere before the first frame wanted.
    '-copyts',
    ...(seek !== undefined ? ['-seek_timestamp', '1', '-noaccurate_seek', '-ss', seek.toFixed(6)] : []),
    '-i', fileUrl(info.path),
    '-map', `0:${info.videoIndex}`, '-an', '-sn', '-dn',
    ...(filters.length > 0 ? ['-vf', filters.join(',')] : []),
    '-fps_mode', 'passthrough', '-frames:v', String(to - from + 1),
    '-sws_flags', scalerFlags, '-pix_fmt', info.rawPixFmt, '-f', 'rawvideo', 'pipe:1',
  ]; // prettier-ignore
};

const damaged = (info: MediaInfo, frame: number, stderr: string): UserFacingError =>
  new UserFacingError(
    'input',
    `Frame ${frame} of ${info.path} cannot be decoded (${lastLine(stderr)}).`,
    'The file is damaged there: repair it, or cut that part out first.',
  );

/**
 * Decodes frames `from`..`to`, both included, counted in presentation order; upright, deinterlaced where needed, in the
 * stream's own encoding. Frames are decoded only as fast as they are taken.
 * @param signal ends it at once, also while the way to the first frame is decoded
 * @throws UserFacingError 'input' when a frame does not exist or is damaged; the signal's reason
 */
export async function* readFrames(
  info: MediaInfo,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<PlanarFrame> {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to >= info.frameCount)
    throw new UserFacingError(
      'input',
      `${info.path} has frames 0 to ${info.frameCount - 1}, so frames ${from} to ${to} are not all there.`,
      'Name frames that the clip has.',
    );
  const { format, colour, width, height } = info;
  const bytes = frameBytes(format, width, height);
  const packed = info.rawPixFmt.startsWith('rgba');
  const planes = (raw: Uint8Array): (Uint8Array | Uint16Array)[] =>
    packed ? unpackRgba(raw, format.bits, width * height) : planesOf(raw, format, width, height);
  let next = from;
  let words = '';
  const hear = (_code: number, stderr: string): void => {
    words = stderr;
  };
  // A coarse container may make a seek land too late. Then frames are missing, which the count shows in the end; short stretches are
  // held back until they are complete and read again from further back if they are not.
  for (const keysBack of [1, 2, undefined]) {
    const seek = keysBack === undefined ? undefined : seekTarget(info, from, keysBack);
    const hold = seek !== undefined && to - from < 32;
    const held: PlanarFrame[] = [];
    for await (const raw of rawPieces(decodeArgs(info, from, to, seek), bytes, hear, undefined, { signal })) {
      held.push({ format, colour, width, height, planes: planes(raw) });
      if (hold && held.length <= to - from) continue;
      for (const frame of held.splice(0)) {
        next++;
        yield frame;
      }
    }
    if (next > to) return;
    signal?.throwIfAborted();
    if (next > from || seek === undefined) throw damaged(info, next, words);
  }
}

/** One frame; see `readFrames`. */
export const readFrame = async (info: MediaInfo, index: number): Promise<PlanarFrame> => {
  for await (const frame of readFrames(info, index, index)) return frame;
  throw new UserFacingError('input', `${info.path} has no frame ${index}.`, 'Name frames that the clip has.');
};

/**
 * Reads a picture file upright in its own encoding, alpha included.
 * @throws UserFacingError 'input'
 */
export const stillFrame = async (path: string): Promise<PlanarFrame> => readFrame(await probe(path), 0);
