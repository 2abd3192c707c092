import { fileUrl } from '../child.ts';
import { rawPieces } from '../decode.ts';
import { probe } from '../probe.ts';
import { countedTiming } from './frame-timing.ts';
import type { MediaFacts } from './media-facts.ts';
import { longestMedia } from './source-input.ts';

/** Milliseconds: a decoder that says nothing for so long has lost its way in a damaged file. */
const silence = 20_000;

/** Samples that decoding the first sound track gives: counted as bytes of one eight-bit channel. */
const countSamples = async (path: string, signal?: AbortSignal): Promise<number> => {
  let samples = 0;
  const args = [
    '-i',
    fileUrl(path),
    '-map',
    '0:a:0',
    '-vn',
    '-ac',
    '1',
    '-t',
    String(longestMedia),
    '-f',
    'u8',
    'pipe:1',
  ];
  for await (const piece of rawPieces(args, 65536, undefined, 1, { signal, stallMs: silence })) samples += piece.length;
  signal?.throwIfAborted();
  return samples;
};

/**
 * Counts what the header only claimed: reads a video once from end to end, and decodes a sound. Work for the background; what comes out
 * differs from `facts` in rate, count, length, field order and sound only.
 * @throws UserFacingError 'input' when the file turns out to be damaged
 */
export const refineFacts = async (facts: MediaFacts, signal?: AbortSignal): Promise<MediaFacts> => {
  if (facts.exact) return facts;
  const { picture, sound, path } = facts;
  if (picture === null) {
    if (sound === null) return facts;
    const samples = await countSamples(path, signal);
    return { ...facts, exact: true, sound: { ...sound, samples: samples > 0 ? samples : sound.samples } };
  }
  const info = await probe(path, { signal, stallMs: silence });
  const { pts } = info.scan;
  const times = { ticks: pts.map((tick) => tick - pts[0]), start: pts[0], timeBase: info.timeBase };
  const timing = countedTiming(times, [info.averageRate]);
  const { frameRate, variableRate, frameCount, duration } = timing;
  return {
    ...facts,
    exact: true,
    picture: { ...picture, frameRate, variableRate, frameCount, duration, interlaced: info.interlaced },
  };
};
