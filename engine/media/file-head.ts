import { open, stat } from 'node:fs/promises';
import { UserFacingError } from '../contract/errors.ts';

/** The sentence for a file that is no picture, video or sound: its path and `why`. */
export const unreadable = (path: string, why: string): UserFacingError =>
  new UserFacingError('input', `${path} ${why}.`, 'Give a video or picture that plays in a media player.');

/** What ffmpeg says of a file whose end is missing. */
export const truncation =
  /partial file|ended prematurely|File ended|truncat|moov atom not found|stream \d+, offset 0x[0-9a-f]+: partial/i;

export const cutOff = (path: string): UserFacingError =>
  new UserFacingError(
    'input',
    `${path} ends in the middle: it was cut off while it was copied or recorded.`,
    'Copy the file again from where it came from, or repair it first.',
  );

/** Picture files are told by their first bytes and given to ffmpeg by name of format, because its own picture reader takes %d in a name for a sequence. */
export const stillFormat = (head: Buffer): string | undefined => {
  if (head.subarray(1, 4).toString('latin1') === 'PNG') return 'png_pipe';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg_pipe';
  if (head.subarray(0, 4).toString('latin1') === 'RIFF' && head.subarray(8, 12).toString('latin1') === 'WEBP')
    return 'webp_pipe';
  if (head.subarray(0, 2).toString('latin1') === 'BM') return 'bmp_pipe';
  return {
    'II*\0': 'tiff_pipe',
    'MM\0*': 'tiff_pipe',
    'v/1\x01': 'exr_pipe',
    SDPX: 'dpx_pipe',
    XPDS: 'dpx_pipe',
    '8BPS': 'psd_pipe',
  }[head.subarray(0, 4).toString('latin1')];
};

/** Formats that ffmpeg sees in plain text, or that name other files. */
export const notMedia = new Set([
  'tty',
  'concat',
  'hls',
  'dash',
  'ffmetadata',
  'srt',
  'ass',
  'webvtt',
  'subviewer',
  'microdvd',
  'data',
  'bin',
  'xbin',
  'lavfi',
]);

/**
 * The file's first 32 bytes.
 * @throws UserFacingError 'input': missing, a folder, empty, not to be read
 */
export const readHead = async (path: string): Promise<Buffer> => {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EACCES'
      ? new UserFacingError('input', `${path} may not be read.`, 'Give yourself the right to read that file.')
      : new UserFacingError('input', `${path} does not exist.`, 'Check the name and the folder.');
  });
  if (facts.isDirectory()) throw unreadable(path, 'is a folder, not a file');
  if (!facts.isFile()) throw unreadable(path, 'is not a file');
  if (facts.size === 0) throw unreadable(path, 'is empty');
  const file = await open(path, 'r').catch(() => {
    throw new UserFacingError('input', `${path} may not be read.`, 'Give yourself the right to read that file.');
  });
  try {
    const head = Buffer.alloc(32);
    await file.read(head, 0, 32, 0);
    return head;
  } finally {
    await file.close();
  }
};
