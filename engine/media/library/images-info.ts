import type { Media } from '../../contract/timeline/media.ts';
import { probe } from '../probe.ts';
import type { MediaInfo } from '../types.ts';
import { patternFiles } from './image-sequences.ts';

/** Numbered pictures as a clip: the first one says how they are read, ffmpeg's own reader counts through them. */
export const imagesInfo = async (media: Pick<Media, 'firstNumber' | 'picture'>, path: string): Promise<MediaInfo> => {
  const first = media.firstNumber ?? 0;
  const info = await probe(patternFiles(path, first, 1)[0]);
  const { num, den } = media.picture?.frameRate ?? { num: 25, den: 1 };
  const frameCount = media.picture?.frameCount ?? 1;
  const seconds = Float64Array.from({ length: frameCount }, (_, i) => (i * den) / num);
  return {
    ...info,
    path,
    kind: 'video',
    frameCount,
    averageRate: { num, den },
    timeBase: { num: den, den: num },
    duration: (frameCount * den) / num,
    scan: { pts: Float64Array.from({ length: frameCount }, (_, i) => i) },
    timestamps: () => Promise.resolve(seconds),
    inputOptions: [
      ...['-protocol_whitelist', 'file', '-f', 'image2', '-framerate', `${num}/${den}`],
      ...['-start_number', String(first)],
    ],
  };
};
