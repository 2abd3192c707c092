import type { Media } from '../../contract/timeline/media.ts';
import { type Rational, subtract, zero } from '../../contract/timeline/rational.ts';
import { parseRational } from '../frame-rate.ts';
import { audioOf, type StreamWords } from '../probe-words.ts';
import { secondsOf } from './frame-timing.ts';
import type { StreamList } from './list-streams.ts';

/** Matroska's tag of a stream's length, "00:01:02.345000000". */
const taggedSeconds = (stream: StreamWords): number | undefined => {
  const match = /^(\d+):(\d+):([\d.]+)/.exec(String(stream.tags?.DURATION ?? ''));
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) : undefined;
};

/**
 * The first sound track of a file.
 * @param pictureStart seconds of the first frame on the file's clock; undefined without a picture
 * @returns undefined where there is none that can be heard
 */
export const soundFacts = (
  told: StreamList,
  pictureStart: Rational | undefined,
): { facts: NonNullable<Media['sound']>; streams: number; exact: boolean } | undefined => {
  const heard = told.streams.filter((stream) => audioOf(stream, 0) !== undefined);
  const stream = heard.at(0);
  const info = stream === undefined ? undefined : audioOf(stream, told.format.duration ?? 0);
  if (stream === undefined || info === undefined) return undefined;
  const { sampleRate, channels } = info;
  if (sampleRate < 1000 || sampleRate > 768_000 || channels > 64) return undefined;
  const timeBase = parseRational(stream.time_base) ?? { num: 1, den: sampleRate };
  const start = secondsOf(stream.start_pts, timeBase);
  const packets = told.packets.get(stream.index);
  const counted =
    packets === undefined || packets.untimed > 0 || packets.pts.length === 0
      ? undefined
      : (packets.end * timeBase.num) / timeBase.den - start.num / start.den;
  // The length that is told of an MP3 has the encoder's lead-in in it, and its padding, which only decoding tells.
  const padded = told.format.format_name === 'mp3';
  const seconds =
    counted ?? (stream.duration ?? taggedSeconds(stream) ?? info.duration) - (padded ? start.num / start.den : 0);
  const samples = Math.round(seconds * sampleRate);
  return {
    streams: heard.length,
    exact: !padded && told.format.format_name !== 'aac' && !/Estimating duration from bitrate/.test(told.stderr),
    facts: {
      samples: Number.isSafeInteger(samples) && samples > 0 ? samples : 0,
      sampleRate,
      channels,
      layout: info.layout,
      codec: info.codec,
      offset: pictureStart === undefined ? zero : subtract(start, pictureStart),
    },
  };
};
