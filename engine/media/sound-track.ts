import { canCopySound, planSound } from './sound-codec.ts';
import { fileUrl } from './child.ts';
import { growSoundTrack } from './sound-grown.ts';
import type { Piece, Timeline } from './timeline.ts';
import type { MediaInfo } from './types.ts';

export type SoundRequest = {
  source: MediaInfo;
  pieces: Piece[];
  timeline: Timeline;
  out: string;
  onlyNew?: boolean;
  loop?: boolean;
  seed: number;
  workDir: string;
  note: (text: string) => void;
};

/** ffmpeg arguments for one more input and its outputs; `files` are intermediate ones, to be removed afterwards. */
export type PreparedSound = { input: string[]; output: string[]; files: string[] };

/**
 * Opus carries the length of its lead-in in its header, which Matroska subtracts by itself; shifting everything until no time is negative
 * would then put the sound 7 ms early.
 */
export const opusClock = (codec: string, out: string): string[] =>
  codec === 'opus' && /\.(webm|mkv)$/i.test(out) ? ['-avoid_negative_ts', 'disabled'] : [];

/** The source's sound as it lies: copied where the container can hold it, on the picture's clock. */
const unmoved = ({ source, out }: SoundRequest): PreparedSound => ({
  // Copying time stamps keeps the offset between picture and sound to the tick; the picture starts at 0.
  input: ['-copyts', '-itsoffset', (-source.start).toFixed(6), '-i', fileUrl(source.path)],
  output: [...opusClock(source.audio[0].codec, out), ...source.audio.flatMap((stream, index) => [
    '-map', `1:${stream.index}`,
    ...(canCopySound(out, stream.codec) ? [`-c:a:${index}`, 'copy'] : planSound(out, stream).args.map((word) => (/^-(c|b):a$/.test(word) ? `${word}:${index}` : word))),
  ])],
  files: [],
}); // prettier-ignore

/**
 * Makes the sound of a result ready for the muxer.
 * @returns undefined where there is none
 */
export const prepareSound = async (request: SoundRequest): Promise<PreparedSound | undefined> => {
  const { source, timeline, pieces } = request;
  const heard =
    source.audio.length > 0 ||
    pieces.some((piece) => piece.kind === 'other' && (piece.sound?.info.audio.length ?? 0) > 0);
  if (!heard) return undefined;
  if (timeline.soundUnmoved && !request.onlyNew) return unmoved(request);
  return growSoundTrack(request);
};
