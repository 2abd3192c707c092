import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import { chooseCodec } from '../media/encoder-settings.ts';
import { isSameFile } from '../media/same-file.ts';
import { partialPath, takePath } from '../contract/output-names.ts';

/**
 * Refuses an output that could not be written at the end, before any work is done.
 *
 * @param request with absolute paths
 * @param inputs absolute
 * @throws UserFacingError `usage`, or `room` when the disk is full
 */
export const checkOutput = ({ out, takes, force, codec }: TaskRequest, inputs: string[]): void => {
  chooseCodec(out, codec, '');
  const folder = path.dirname(out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserFacingError(
      'usage',
      `The folder ${folder} does not exist.`,
      'Make it first, or write somewhere else.',
    );
  }
  for (let take = 1; take <= takes; take += 1) {
    const file = takePath(out, take);
    if (inputs.some((input) => isSameFile(input, file))) {
      throw new UserFacingError(
        'usage',
        `${file} is the input itself.`,
        'Give the result another name: the input is never overwritten.',
      );
    }
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw new UserFacingError('usage', `${file} is a folder.`, 'Name a file for the result.');
    }
    if (there && !force) {
      throw new UserFacingError(
        'usage',
        `${file} exists already.`,
        'Add --force to overwrite it, or choose another name.',
      );
    }
    probeWriting(file);
  }
};

/** Permissions, read-only disks and quotas are best asked by writing. */
const probeWriting = (file: string): void => {
  const partial = partialPath(file);
  const fresh = !existsSync(partial);
  try {
    closeSync(openSync(partial, 'a'));
    if (fresh) rmSync(partial);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new UserFacingError('room', 'The disk is full.', 'Free some space, or write to another disk.');
    }
    if (code === 'ENAMETOOLONG') {
      throw new UserFacingError('usage', 'The name of the result is too long.', 'Choose a shorter one.');
    }
    throw new UserFacingError(
      'usage',
      `Nothing can be written to ${path.dirname(file)}.`,
      'Check its permissions, or write somewhere else.',
    );
  }
};
