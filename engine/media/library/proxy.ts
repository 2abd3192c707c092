import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ended, fileUrl, holdTo, keepErrors, lastLine, writeFailure } from '../child.ts';
import { unreadable } from '../file-head.ts';
import { findFfmpeg } from '../ffmpeg-binary.ts';
import type { Cache } from './cache.ts';
import { largestStill } from './proxy-needed.ts';
import { readingLimit, type SourceMedia, sourceInput } from './source-input.ts';

/**
 * What stands in for a media file in the preview:
 * - `proxy.mp4`: H.264 4:2:0 8 bit, upright, within 1920x1080 (or 1080x1920), a key frame every 12 frames and no B-frames, deinterlaced;
 *   frame k is the source's frame k at the source's own time, and the sound (AAC, 48 kHz) is heard where it is in the source. It begins with
 *   silence where the source's begins late: MP4 keeps a late start of AAC only to 20 ms.
 * - `proxy-alpha.mp4`: the same in twice the lines, for sources with alpha: above the colour, not multiplied; below the alpha as limited-range luma.
 * - `proxy.png`: a still, upright, within 4096 pixels a side, with its alpha.
 * - `proxy.flac`: a sound.
 */
export type ProxyItem = 'proxy.mp4' | 'proxy-alpha.mp4' | 'proxy.png' | 'proxy.flac';

export type ProxyOptions = {
  /** Told the share that is done, 0..1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
};

/** Frames from key frame to key frame: any frame is at most eleven decoded ones away. */
const group = 12;
/** Milliseconds without a new frame or sample after which the making is given up; a busy machine leaves little for such work. */
const patience = 120_000;

export const proxyItem = (media: SourceMedia): ProxyItem => {
  if (media.kind === 'still') return 'proxy.png';
  if (media.picture === null) return 'proxy.flac';
  return media.picture.alpha ? 'proxy-alpha.mp4' : 'proxy.mp4';
};

const isRgb = (pixelFormat: string): boolean => /^(gbr|rgb|bgr|argb|abgr|0rgb|0bgr|pal8|x2rgb)/.test(pixelFormat);

/** Even numbers of pixels within a box that is turned as the picture is. */
const fitted = (width: number, height: number, long: number, short: number): [number, number] => {
  const fit = Math.min(1, long / Math.max(width, height), short / Math.min(width, height));
  return [Math.max(2, 2 * Math.round((width * fit) / 2)), Math.max(2, 2 * Math.round((height * fit) / 2))];
};

const pictureArgs = (media: SourceMedia, item: ProxyItem): string[] => {
  const { picture } = media;
  if (picture === null) return ['-vn'];
  if (item === 'proxy.png') {
    const scale = Math.min(1, largestStill / Math.max(picture.width, picture.height));
    const size = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
    const format = picture.alpha ? 'rgba' : 'rgb24';
    return [
      '-map',
      '0:V:0',
      '-frames:v',
      '1',
      '-update',
      '1',
      '-vf',
      `scale=${size.join(':')}:flags=bicubic,format=${format}`,
    ];
  }
  const [width, height] = fitted(picture.width, picture.height, 1920, 1080);
  const rgb = isRgb(picture.pixelFormat);
  const steps = [
    ...(picture.interlaced ? ['bwdif=mode=send_frame:parity=auto:deint=all'] : []),
    `scale=${width}:${height}:flags=bicubic${rgb ? ':out_color_matrix=bt709:out_range=tv' : ''}`,
  ].join(',');
  const graph =
    item === 'proxy-alpha.mp4'
      ? `[0:V:0]${steps},format=yuva420p,split[c][a];[c]format=yuv420p[top];[a]alphaextract,scale=in_range=full:out_range=limited,format=yuv420p[low];[top][low]vstack[v]`
      : `[0:V:0]${steps},format=yuv420p[v]`;
  return [
    '-filter_complex', graph, '-map', '[v]',
    // Times are kept tick for tick, whatever their rhythm.
    '-fps_mode', 'passthrough', '-enc_time_base', '-1',
    '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '21', '-bf', '0',
    '-g', String(group), '-keyint_min', String(group), '-sc_threshold', '0', '-pix_fmt', 'yuv420p',
    ...(rgb ? ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'] : []),
  ]; // prettier-ignore
};

const soundArgs = ({ sound }: SourceMedia, item: ProxyItem): string[] => {
  if (sound === null) return ['-an'];
  if (item === 'proxy.flac') return ['-map', '0:a:0', '-c:a', 'flac', ...(sound.channels > 8 ? ['-ac', '2'] : [])];
  const fits = sound.channels <= 2 || sound.layout.startsWith('5.1');
  return [
    '-map', '0:a:0', '-af', 'aresample=48000:async=1:min_hard_comp=0.05:first_pts=0', '-c:a', 'aac', '-b:a', sound.channels > 2 && fits ? '384k' : '192k',
    ...(fits ? [] : ['-ac', '2']),
  ]; // prettier-ignore
};

/** Runs ffmpeg, telling its progress; gives up where nothing comes for long. */
const encode = async (media: SourceMedia, args: string[], path: string, options: ProxyOptions): Promise<void> => {
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(
    findFfmpeg().ffmpeg,
    ['-nostdin', '-hide_banner', '-v', 'error', '-progress', 'pipe:1', ...args, fileUrl(path)],
    { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true },
  );
  const held = holdTo(child, { signal, background: true });
  const stderr = keepErrors(child);
  const end = ended(child);
  const stuck = setTimeout(() => child.kill('SIGKILL'), patience);
  const frames = media.picture?.frameCount ?? 1;
  const seconds = media.sound === null ? 0 : media.sound.samples / media.sound.sampleRate;
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [key, value] = line.split('=');
    if (key !== (media.picture === null ? 'out_time_us' : 'frame') || value === last) return;
    last = value;
    stuck.refresh();
    const share = media.picture === null ? Number(value) / 1e6 / Math.max(seconds, 1e-3) : Number(value) / frames;
    if (Number.isFinite(share)) onProgress?.(Math.min(1, Math.max(0, share)));
  });
  const code = await end;
  clearTimeout(stuck);
  held.done();
  signal?.throwIfAborted();
  // ffmpeg ends with 0 where only the last bytes did not fit.
  const failure = writeFailure(stderr(), path);
  if (failure?.code === 'room') throw failure;
  if (code !== 0) throw unreadable(media.path, `cannot be made into a proxy (${lastLine(stderr())})`);
};

/**
 * The proxy of a media file, made where the cache lacks it; see `ProxyItem` for what it is.
 * @throws UserFacingError 'input' when the file cannot be decoded, 'room' when the disk is full; the signal's reason when it fires
 */
export const proxyFile = (cache: Cache, media: SourceMedia, options: ProxyOptions = {}): Promise<string> => {
  const item = proxyItem(media);
  return cache.make(media.hash, item, async (path) => {
    const muxing = item.endsWith('.mp4')
      ? ['-map_metadata', '-1', '-map_chapters', '-1', '-movflags', '+faststart']
      : [];
    const sound = item === 'proxy.png' ? ['-an'] : soundArgs(media, item);
    const args = [
      ...(await sourceInput(media)),
      ...pictureArgs(media, item),
      ...sound,
      '-sn',
      '-dn',
      '-t',
      String(readingLimit(media)),
      ...muxing,
    ];
    await encode(media, args, path, options);
  });
};
