import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { UserFacingError } from '../contract/errors.ts';

export type FfmpegBinaries = { ffmpeg: string; ffprobe: string };

const exe = process.platform === 'win32' ? '.exe' : '';

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name + exe))
    .find(isProgram);

/** ffmpeg-static may be installed without its binary: its download fails on a machine without a network, which is tolerated. */
const fromPackage = (): string | undefined => {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' && isProgram(path) ? path : undefined;
  } catch {
    return undefined;
  }
};

let found: FfmpegBinaries | undefined;

/**
 * Finds ffmpeg and ffprobe: LONGTAKE_FFMPEG (a program), then ffmpeg-static, then PATH. ffprobe is looked for beside
 * ffmpeg first, because the two should be of one version.
 * @throws UserFacingError 'input' when either is missing: without them no file can be read.
 */
export const findFfmpeg = (): FfmpegBinaries => {
  if (found) return found;
  const named = process.env.LONGTAKE_FFMPEG;
  if (named !== undefined && named !== '' && !isProgram(named))
    throw new UserFacingError(
      'input',
      `LONGTAKE_FFMPEG names ${named}, which is not a program.`,
      'Point LONGTAKE_FFMPEG at an ffmpeg program, or unset it.',
    );
  const remedy = 'Install ffmpeg (it brings ffprobe), or point LONGTAKE_FFMPEG at an ffmpeg with ffprobe beside it.';
  const beside = (program: string): string | undefined => {
    const path = join(dirname(program), 'ffprobe' + exe);
    return isProgram(path) ? path : undefined;
  };
  const ffmpeg = named !== undefined && named !== '' ? named : (fromPackage() ?? onPath('ffmpeg'));
  if (ffmpeg === undefined) throw new UserFacingError('input', 'The program ffmpeg was not found.', remedy);
  const ffprobe = beside(ffmpeg) ?? onPath('ffprobe');
  if (ffprobe === undefined) throw new UserFacingError('input', 'The program ffprobe was not found.', remedy);
  found = { ffmpeg, ffprobe };
  return found;
};
