import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { openProject } from '../../projects/project.ts';
import type { Project } from '../../projects/project-types.ts';
import { ProjectDamaged } from '../../projects/recovery.ts';
import type { ParsedArguments } from '../arguments.ts';

/**
 * The project file and the other names of a verb.
 *
 * @param names of what follows the file; the last may be given more than once where `many`
 * @param optional how many of the names may be left out
 */
export const filesOf = (
  { positionals }: ParsedArguments,
  verb: string,
  names: string[] = [],
  { optional = 0, many = false } = {},
): { file: string; rest: string[] } => {
  const [file, ...rest] = positionals;
  const missing = ['FILE.longtake', ...names][positionals.length];
  if (missing !== undefined && positionals.length < 1 + names.length - optional) {
    throw new UserFacingError(
      'usage',
      `project ${verb} needs ${missing}.`,
      `longtake project ${verb} --help shows how it is written.`,
    );
  }
  if (rest.length > names.length && !many) {
    throw new UserFacingError(
      'usage',
      `"${rest[names.length]}" is one word too many for project ${verb}.`,
      'Put names with spaces in quotes.',
    );
  }
  if (positionals.some((text) => text === '')) {
    throw new UserFacingError('usage', 'A name is empty.', `longtake project ${verb} --help shows how it is written.`);
  }
  return { file: path.resolve(file), rest };
};

/** What a damaged project is told with on the command line. */
const inOwnWords = (error: unknown): unknown => {
  if (!(error instanceof ProjectDamaged)) return error;
  const backup = error.backup ? 'longtake project restore FILE --backup goes on with the newest backup, ' : '';
  const empty = 'longtake project restore FILE --empty begins anew';
  return new UserFacingError('input', error.message, `${backup}${empty}; the damaged file is kept aside.`);
};

const withOpen = async <T>(
  file: string,
  mode: 'read' | 'write',
  work: (project: Project) => T | Promise<T>,
): Promise<T> => {
  const project = await openProject(file, { mode }).catch((error: unknown) => {
    throw inOwnWords(error);
  });
  try {
    return await work(project);
  } finally {
    await project.close();
  }
};

/** Opens a project for as long as `work` takes. */
export const withProject = <T>(file: string, work: (project: Project) => T | Promise<T>): Promise<T> =>
  withOpen(file, 'write', work);

/** For what only looks: another program may have the project open meanwhile. */
export const readProject = <T>(file: string, work: (project: Project) => T | Promise<T>): Promise<T> =>
  withOpen(file, 'read', work);

/** Ends `work` when the user wants it to end, with everything that it started. */
export const untilStopped = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const abort = new AbortController();
  const stop = (): void =>
    abort.abort(new UserFacingError('interrupted', 'Stopped.', 'Nothing was changed; run it again to go on.'));
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of signals) process.on(name, stop);
  try {
    return await work(abort.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
};
