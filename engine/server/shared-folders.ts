import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';

/** The folders that a window may name paths in. */
export type SharedFolders = {
  /** Absolute real paths; null for all of the machine. */
  readonly roots: readonly string[] | null;
  /**
   * The real path of a file or folder, or of one that may be made in a folder that is there.
   * @throws UserFacingError usage when it is relative or lies outside, with links followed
   */
  allow: (given: string) => Promise<string>;
  includes: (real: string) => boolean;
};

const within = (root: string, file: string): boolean => {
  const relative = path.relative(root, file);
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
};

/** Of the deepest part that is there; what is not there yet can be no link. */
const realPathOf = async (file: string): Promise<string> => {
  try {
    return await realpath(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = path.dirname(file);
    if (code !== 'ENOENT' || parent === file) throw error;
    return path.join(await realPathOf(parent), path.basename(file));
  }
};

export const shareFolders = async (given: readonly string[] | null): Promise<SharedFolders> => {
  const roots = given && (await Promise.all(given.map((root) => realpath(root))));
  const includes = (real: string): boolean => roots === null || roots.some((root) => within(root, real));
  const outside = (file: string): UserFacingError =>
    new UserFacingError(
      'usage',
      `${file} is outside of what this host shares.`,
      `Choose something below ${roots?.join(' or ') ?? '/'}, or start the host with another --root.`,
    );
  return {
    roots,
    includes,
    allow: async (file) => {
      if (!path.isAbsolute(file)) {
        throw new UserFacingError('usage', `${file} is no whole path.`, 'Name it from the root of the disk.');
      }
      const plain = path.resolve(file);
      // Said before the disk is asked, so that nothing can be learnt of what lies outside; a root may itself be reached by a link.
      if (!includes(plain) && !given?.some((root) => within(path.resolve(root), plain))) throw outside(file);
      let real: string;
      try {
        real = await realPathOf(plain);
      } catch {
        throw new UserFacingError('input', `${file} cannot be reached.`, 'Check the path and its permissions.');
      }
      if (!includes(real)) throw outside(file);
      return real;
    },
  };
};
