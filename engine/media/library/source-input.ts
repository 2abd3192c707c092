import type { Media } from '../../contract/timeline/media.ts';
import { fileUrl } from '../child.ts';
import { readHead, stillFormat } from '../file-head.ts';

/** What reading a media file needs of its entity. */
export type SourceMedia = Pick<Media, 'kind' | 'path' | 'firstNumber' | 'bytes' | 'hash' | 'picture' | 'sound'>;

/**
 * ffmpeg's arguments up to and including `-i` for any kind of media: no playlist or network address that a planted file names is followed,
 * and a still with %d in its name stays one picture.
 * @param seek seconds from the first frame, for videos and numbered pictures
 */
export const sourceInput = async (media: SourceMedia, seek?: number): Promise<string[]> => {
  const safe = ['-protocol_whitelist', 'file,crypto,data'];
  const from = seek === undefined || seek <= 0 ? [] : ['-ss', seek.toFixed(6)];
  const { picture } = media;
  if (media.kind === 'images' && picture?.frameRate) {
    const { num, den } = picture.frameRate;
    const first = media.firstNumber ?? 0;
    return [
      ...from, ...safe, '-f', 'image2', '-start_number', String(first), '-framerate', `${num}/${den}`, '-i', fileUrl(media.path),
    ]; // prettier-ignore
  }
  const still = stillFormat(await readHead(media.path));
  if (still !== undefined) return [...safe, '-f', still, '-i', fileUrl(media.path)];
  // ffmpeg's own VP8 and VP9 decoders leave the alpha out.
  const decoder = picture?.alpha === true ? { vp8: 'libvpx', vp9: 'libvpx-vp9' }[picture.codec] : undefined;
  return [...from, ...safe, ...(decoder === undefined ? [] : ['-c:v', decoder]), '-i', fileUrl(media.path)];
};

/** Seconds; a file that claims more is refused, because every listing and silence between far-off times would be made in full. */
export const longestMedia = 360_000;

/** Seconds above which ffmpeg is to stop reading: a damaged file can tell times that never end. Lengths that are only estimated may be far off. */
export const readingLimit = ({ picture, sound }: SourceMedia): number => {
  const seen = picture?.duration ? picture.duration.num / picture.duration.den : 0;
  const heard = sound === null ? 0 : sound.samples / sound.sampleRate + Math.abs(sound.offset.num / sound.offset.den);
  return Math.min(longestMedia, 4 * Math.max(seen, heard) + 60);
};
