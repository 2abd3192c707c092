import { runProgram, writeFailure, lastLine, fileUrl } from './child.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { sourceInput } from './library/source-input.ts';
import type { SourceMedia } from './library/source-input.ts';

/**
 * Writes a still at another size, upright, as a PNG: a draft of a large photograph need not be thought about at its full size.
 * @throws UserFacingError 'room' on a full disk; Error when ffmpeg cannot read the picture
 */
export const writeSmallStill = async (
  media: SourceMedia,
  { width, height }: { width: number; height: number },
  out: string,
  signal: AbortSignal,
): Promise<void> => {
  const { code, stderr } = await runProgram(
    findFfmpeg().ffmpeg,
    [
      ...['-nostdin', '-hide_banner', '-v', 'error', '-y', ...(await sourceInput(media)), '-frames:v', '1'],
      ...['-vf', `scale=${width}:${height}:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp`],
      ...['-f', 'image2', '-update', '1', '-c:v', 'png', fileUrl(out)],
    ],
    { signal },
  );
  signal.throwIfAborted();
  if (code === 0) return;
  throw writeFailure(stderr, out) ?? new Error(`ffmpeg stopped while scaling ${media.path}: ${lastLine(stderr)}`);
};
