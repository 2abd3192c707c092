import { join } from 'node:path';
import type { PlanarFrame } from '../../frames/image.ts';
import { openEncoder } from '../encode.ts';
import { probe } from '../probe.ts';
import type { MediaInfo, Rational } from '../types.ts';

/** What a new stretch must share with the stream that it is joined to. */
export type Match = {
  codec: 'h264' | 'h265';
  /** Number of the new stretch's parameter sets (H.264); another than the stream's own, so that both can lie side by side. */
  setId: number;
  /** H.264 profile by number. */
  profile: number;
  /** How many frames the stream's decoder holds back for reordering. */
  reorder: number;
};

const profiles: Record<number, string> = {
  66: 'baseline',
  77: 'main',
  100: 'high',
  110: 'high10',
  122: 'high422',
  244: 'high444',
};

export const canMatchProfile = (profile: number): boolean => profiles[profile] !== undefined;

const h264 = ({ setId, profile, reorder }: Match): string[] => {
  const b =
    profile === 66 || reorder === 0
      ? 'bframes=0'
      : reorder === 1
        ? 'bframes=2:b-pyramid=none'
        : 'bframes=3:b-pyramid=normal';
  return ['-profile:v', profiles[profile], '-x264-params', `sps-id=${setId}:open-gop=0:${b}`];
};
const h265 = ({ reorder }: Match): string[] => [
  '-x265-params',
  `log-level=error:open-gop=0:repeat-headers=0:${reorder === 0 ? 'bframes=0' : 'bframes=3'}`,
];

/** Encoder arguments for a stretch that is joined to a stream. */
export const matchArgs = (match: Match): string[] => (match.codec === 'h264' ? h264(match) : h265(match));

/** Filters that lay an upright picture down as the source stores it, and those that set it up again. */
const layDown: Record<number, string[]> = {
  0: [],
  90: ['transpose=clock'],
  180: ['hflip', 'vflip'],
  270: ['transpose=cclock'],
};
const setUp: Record<number, string[]> = {
  0: [],
  90: ['transpose=cclock'],
  180: ['hflip', 'vflip'],
  270: ['transpose=clock'],
};

/**
 * Encodes frames so that they can be joined to `source`'s own packets.
 * @returns the intermediate file, described; its frames are read upright
 */
export const encodeRun = async (
  source: MediaInfo,
  frames: AsyncIterable<PlanarFrame>,
  rate: Rational,
  match: Match,
  name: string,
  workDir: string,
  onFrame: () => void | Promise<void>,
): Promise<MediaInfo> => {
  const path = join(workDir, `${name}.mp4`);
  const encoder = openEncoder(path, {
    like: source,
    rate,
    codec: match.codec,
    match: { filters: layDown[source.rotation], args: matchArgs(match) },
  });
  try {
    for await (const frame of frames) {
      await encoder.write(frame);
      await onFrame();
    }
    await encoder.close();
  } catch (error) {
    await encoder.abort();
    throw error;
  }
  const info = await probe(path);
  return {
    ...info,
    filters: setUp[source.rotation],
    width: source.width,
    height: source.height,
    colour: source.colour,
  };
};
