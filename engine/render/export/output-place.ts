import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import type { ExportCodec } from '../../contract/export-settings.ts';
import { partialPath } from '../../contract/output-names.ts';
import { isSameFile } from '../../media/same-file.ts';
import { numberedPath } from '../resolve-media.ts';

/** Where a result is written, and how it gets its name when it is complete. */
export type OutputPlace = {
  /** What ffmpeg writes. */
  path: string;
  /** What the user gets; for numbered pictures ffmpeg's pattern. */
  output: string;
  /** Gives the finished result its name. @returns its size in bytes */
  finish: () => Promise<number>;
  /** Removes what was written so far. */
  discard: () => Promise<void>;
};

const taken = (path: string): UserFacingError =>
  new UserFacingError('usage', `${path} exists already.`, 'Choose another name, or allow it to be replaced (--force).');

/** What a film is made of is never overwritten, whatever is allowed. @throws UserFacingError 'usage' */
export const refuseSources = (output: string, sources: readonly string[]): void => {
  if (!sources.some((source) => isSameFile(source, output))) return;
  throw new UserFacingError('usage', `${output} is a media of the project.`, 'Give the result another name.');
};

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const checkFolder = async (path: string): Promise<void> => {
  const folder = dirname(path);
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true)
    throw new UserFacingError('usage', `The folder ${folder} does not exist.`, 'Make it first, or choose another one.');
};

/** Whether what is there may be replaced, and the files that never may. */
type Allowed = { force: boolean; sources: readonly string[] };

/** One file: written beside itself under a partial name. */
const filePlace = async (output: string, { force, sources }: Allowed): Promise<OutputPlace> => {
  refuseSources(output, sources);
  const facts = await stat(output).catch(() => undefined);
  if (facts?.isDirectory() === true)
    throw new UserFacingError('usage', `${output} is a folder.`, 'Give the name of a file in it.');
  if (facts !== undefined && !force) throw taken(output);
  const path = partialPath(output);
  return {
    path,
    output,
    finish: async () => {
      await rename(path, output);
      return (await stat(output)).size;
    },
    discard: () => rm(path, { force: true }),
  };
};

/** Digits of numbered pictures whose name does not say how many: enough for nine hours at 30 frames a second. */
const usualDigits = 6;

/** Numbered pictures: written into a partial folder, and moved out of it one by one when all are there. */
const picturesPlace = async (given: string, frames: number, { force, sources }: Allowed): Promise<OutputPlace> => {
  const [folder, name] = [dirname(given), basename(given)];
  const extension = extname(name);
  const numbered = /%0?\d*d/.test(name.replaceAll('%%', ''));
  const pattern = numbered
    ? name
    : `${name.slice(0, -extension.length).replaceAll('%', '%%')}.%0${usualDigits}d${extension}`;
  const names = Array.from({ length: frames }, (_, i) => numberedPath(pattern, i));
  const written = new Set(names.map((each) => resolve(folder, each)));
  const source = sources.find((each) => written.has(resolve(each)));
  if (source !== undefined) refuseSources(source, [source]);
  if (!force) for (const each of names) if (await isThere(join(folder, each))) throw taken(join(folder, each));
  const made = partialPath(join(folder, names[0].replace(/[^\w.-]/g, '_')));
  await rm(made, { recursive: true, force: true });
  try {
    await mkdir(made);
  } catch {
    throw new UserFacingError('usage', `${folder} cannot be written to.`, 'Choose a folder that you may write to.');
  }
  return {
    path: join(made.replaceAll('%', '%%'), pattern),
    output: join(folder, pattern),
    finish: async () => {
      let bytes = 0;
      for (const each of await readdir(made)) {
        await rename(join(made, each), join(folder, each));
        bytes += (await stat(join(folder, each))).size;
      }
      await rm(made, { recursive: true, force: true });
      return bytes;
    },
    discard: () => rm(made, { recursive: true, force: true }),
  };
};

/**
 * Settles where a result goes, before anything is made.
 * @throws UserFacingError 'usage': no such folder, one of `sources`, exists already and not `force`, not writable
 */
export const outputPlace = async (
  out: string,
  codec: ExportCodec,
  frames: number,
  allowed: Allowed,
): Promise<OutputPlace> => {
  const output = resolve(out);
  await checkFolder(output);
  return codec === 'png' ? picturesPlace(output, frames, allowed) : filePlace(output, allowed);
};
