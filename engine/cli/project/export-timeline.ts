import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { partialPath } from '../../contract/output-names.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import type { Project } from '../../projects/project-types.ts';
import { writeEdl } from '../../render/interchange/edl-write.ts';
import { writeFcpxml } from '../../render/interchange/fcpxml-write.ts';
import type { Interchange } from '../../render/interchange/interchange.ts';
import { writeOtio } from '../../render/interchange/otio-write.ts';
import type { ParsedArguments } from '../arguments.ts';
import { printJson, say } from '../command.ts';
import type { Voice } from '../command.ts';
import { isGiven } from './values.ts';

const writers: Record<string, (...of: Parameters<typeof writeOtio>) => Interchange> = {
  '.otio': writeOtio,
  '.edl': writeEdl,
  '.fcpxml': writeFcpxml,
};

const extensionOf = (out: string): string => path.extname(out).toLowerCase();

export const isTimelineName = (out: string): boolean => Object.hasOwn(writers, extensionOf(out));

/** Options that say something about pictures and sound, of which a timeline has none. */
const ofFilms = ['preset', 'codec', 'quality', 'size', 'fit', 'bits', 'pace', 'alpha', 'no-sound', 'copy', 'range'];

/** Writes the timeline; a format may take several files, which then lie side by side. */
export const exportTimeline = (
  project: Project,
  sequence: Sequence,
  out: string,
  input: ParsedArguments,
  voice: Voice,
): void => {
  const stray = ofFilms.find((option) => isGiven(input, option));
  if (stray !== undefined) {
    throw new UserFacingError('usage', `--${stray} means nothing for a timeline.`, `Leave out --${stray}.`);
  }
  const folder = path.dirname(out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserFacingError(
      'usage',
      `The folder ${folder} does not exist.`,
      'Make it first, or write somewhere else.',
    );
  }
  const write = writers[extensionOf(out)];
  const { files, notCarried } = write(project.document(), sequence.id, path.basename(out, path.extname(out)));
  const named = files.map(({ name, text }, index) => ({ file: index === 0 ? out : path.join(folder, name), text }));
  for (const { file } of named) refuseExisting(file, isGiven(input, 'force'));
  writeAll(named);
  for (const text of notCarried) {
    if (voice.json) printJson({ event: 'not-carried', text });
    else if (!voice.quiet) process.stdout.write(`not carried: ${text}\n`);
  }
  const outputs = named.map(({ file }) => file);
  say(voice, { event: 'done', output: out, files: outputs, not_carried: notCarried }, outputs.join('\n'));
};

const refuseExisting = (file: string, force: boolean): void => {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserFacingError('usage', `${file} is a folder.`, 'Name a file for the result.');
  }
  if (force || !existsSync(file)) return;
  throw new UserFacingError('usage', `${file} exists already.`, 'Add --force to overwrite it, or choose another name.');
};

/** All of them or none: each appears under its name only when every one is complete. */
const writeAll = (files: { file: string; text: string }[]): void => {
  try {
    for (const { file, text } of files) {
      const fd = openSync(partialPath(file), 'w');
      try {
        writeFileSync(fd, text);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    }
    for (const { file } of files) renameSync(partialPath(file), file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw full
      ? new UserFacingError('room', 'The disk is full.', 'Free some space, or write to another disk.')
      : new UserFacingError(
          'usage',
          `Nothing can be written to ${path.dirname(files[0].file)}.`,
          'Check its permissions, or write somewhere else.',
        );
  } finally {
    for (const { file } of files) rmSync(partialPath(file), { force: true });
  }
};
