import { fileUrl, type Limits, runLines } from './child.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { cutOff, truncation, unreadable } from './file-head.ts';
import type { FrameScan, Rational } from './types.ts';

/** Containers whose packets carry presentation times and whose damage ffmpeg reports. */
const trustedContainers = new Set(['mov', 'matroska']);
/** Codecs with one packet per frame, hidden frames being packed together with shown ones. */
export const framePerPacket = new Set([
  'h264', 'hevc', 'av1', 'vp8', 'vp9', 'prores', 'ffv1', 'mpeg4', 'mjpeg', 'dnxhd', 'png', 'qtrle', 'rawvideo', 'huffyuv', 'utvideo',
]); // prettier-ignore

/** Numbers that arrive one by one, kept at eight bytes each: a day of video is some 16 MB. */
export const growing = (): { push: (value: number) => void; done: () => Float64Array } => {
  let data = new Float64Array(4096);
  let count = 0;
  return {
    push: (value) => {
      if (count === data.length) {
        const larger = new Float64Array(count * 2);
        larger.set(data);
        data = larger;
      }
      data[count++] = value;
    },
    done: () => data.slice(0, count),
  };
};

/** Reads every packet's time, size and place without decoding. Undefined when packets alone do not tell which frames are shown. */
const scanPackets = async (
  path: string,
  input: string[],
  stream: number,
  limits: Limits,
): Promise<FrameScan | undefined> => {
  const pts = growing();
  const size = growing();
  const position = growing();
  const key = growing();
  const shown = growing();
  let hidden = 0;
  let untimed = 0;
  const { code, stderr, timedOut } = await runLines(
    findFfmpeg().ffprobe,
    [
      '-v',
      'warning',
      ...input,
      '-select_streams',
      String(stream),
      '-show_entries',
      'packet=pts,size,pos,flags',
      '-of',
      'csv=p=0',
      fileUrl(path),
    ],
    (line) => {
      const [ptsText, sizeText, positionText, flags] = line.split(',');
      if (flags === undefined) return;
      const time = Number(ptsText);
      if (!Number.isFinite(time)) untimed++;
      if (flags[1] === 'D') hidden++;
      else shown.push(time);
      pts.push(time);
      size.push(Number(sizeText));
      position.push(Number.isFinite(Number(positionText)) ? Number(positionText) : -1);
      key.push(flags[0] === 'K' ? 1 : 0);
    },
    limits,
  );
  if (timedOut) throw unreadable(path, 'takes too long to be read');
  if (truncation.test(stderr)) throw cutOff(path);
  if (code !== 0 || untimed > 0) return undefined;
  const order = shown.done().sort();
  for (let i = 1; i < order.length; i++) if (order[i] <= order[i - 1]) return undefined;
  const packets = {
    count: key.done().length,
    pts: pts.done(),
    size: size.done(),
    position: position.done(),
    key: Uint8Array.from(key.done()),
  };
  return hidden === 0 && packets.key[0] === 1 ? { pts: order, packets } : { pts: order };
};

/** Reads the times of the frames that a decoder really gives: slower, but right for every container. */
const scanFrames = async (
  path: string,
  input: string[],
  stream: number,
  timeBase: Rational,
  rate: Rational,
  limits: Limits,
): Promise<FrameScan> => {
  const pts = growing();
  const step = Math.max(1, Math.round((rate.den * timeBase.den) / (rate.num * timeBase.num)));
  let last = Number.NEGATIVE_INFINITY;
  const { stderr, timedOut } = await runLines(
    findFfmpeg().ffprobe,
    [
      '-v',
      'warning',
      ...input,
      '-select_streams',
      String(stream),
      '-show_entries',
      'frame=best_effort_timestamp',
      '-of',
      'csv=p=0',
      fileUrl(path),
    ],
    (line) => {
      if (line.trim() === '') return;
      const told = Number.parseInt(line, 10);
      const time = Number.isFinite(told) && told > last ? told : last === Number.NEGATIVE_INFINITY ? 0 : last + step;
      last = time;
      pts.push(time);
    },
    limits,
  );
  if (timedOut) throw unreadable(path, 'takes too long to be read');
  if (truncation.test(stderr)) throw cutOff(path);
  return { pts: pts.done() };
};

/**
 * Finds every shown frame of a stream and its time.
 * @returns ticks of `timeBase`, strictly rising
 * @throws UserFacingError 'input' for a file that was cut off
 */
export const scanStream = async (
  path: string,
  input: string[],
  stream: number,
  of: { container: string; codec: string; interlaced: boolean; timeBase: Rational; rate: Rational },
  limits: Limits = {},
): Promise<FrameScan> => {
  const trusted = trustedContainers.has(of.container) && framePerPacket.has(of.codec) && !of.interlaced;
  const scan = trusted ? await scanPackets(path, input, stream, limits) : undefined;
  return scan ?? scanFrames(path, input, stream, of.timeBase, of.rate, limits);
};
