import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { multiply, type Rational, rational } from '../../contract/timeline/rational.ts';
import { collectFiles, mostFiles } from './collect-files.ts';
import { contentHash, joinedHash, pictureBlocks, sameContent } from './content-hash.ts';
import { groupSequences, type ImageSequence, type SequencePolicy } from './image-sequences.ts';
import { type MediaFacts, readMediaFile } from './media-facts.ts';

/** A file that can go into a project. */
export type ImportedFile = MediaFacts & Pick<Media, 'name' | 'hash'>;

export type ImportResult = {
  /** In the order in which they were given, folders by name. */
  files: ImportedFile[];
  /** For each file that was found, in the same order: its path in `files`, or what it is a copy of (as in `duplicates`). */
  order: string[];
  /** Files whose content is already there: in `existing` (by its id) or earlier in this import (by its path). */
  duplicates: { path: string; of: string }[];
  /** What could not be imported, and why; one sentence each. */
  failures: { path: string; message: string; remedy: string }[];
  /** Files in folders whose names say that they are no media. */
  skipped: string[];
  /** What a person should know about the whole: holes in numbered pictures. */
  notes: string[];
};

export type ImportOptions = {
  /** Told after each file, with counts of files; numbered pictures count as one. */
  onProgress?: (progress: { done: number; total: number; path: string }) => void;
  /** Ends the import with the signal's reason. */
  signal?: AbortSignal;
  /** What the project has already. */
  existing?: readonly Pick<Media, 'id' | 'path' | 'hash'>[];
  sequences?: SequencePolicy;
  /** Frames per second of numbered pictures; 25 unless told. */
  imageRate?: Rational;
  /** Files that are looked at at once; twice the cores, at most eight, unless told. */
  parallel?: number;
};

type Work = { path: string; read: () => Promise<ImportedFile> };

const readSingle = async (path: string, signal?: AbortSignal): Promise<ImportedFile> => {
  const facts = await readMediaFile(path, { signal });
  return { ...facts, name: basename(path), hash: await contentHash(path) };
};

const readSequence = async (sequence: ImageSequence, rate: Rational, signal?: AbortSignal): Promise<ImportedFile> => {
  const facts = await readMediaFile(sequence.files[0], { signal });
  if (facts.picture === null) throw new Error(`${sequence.files[0]} is no picture`);
  const hashes: string[] = [];
  let bytes = 0;
  for (const file of sequence.files) {
    signal?.throwIfAborted();
    hashes.push(await contentHash(file, pictureBlocks));
    bytes += (await stat(file)).size;
  }
  const frameCount = sequence.files.length;
  return {
    ...facts,
    kind: 'images',
    name: sequence.name,
    path: sequence.pattern,
    firstNumber: sequence.first,
    bytes,
    hash: joinedHash(hashes),
    picture: {
      ...facts.picture,
      frameRate: rate,
      frameCount,
      duration: multiply(rational(frameCount), { num: rate.den, den: rate.num }),
    },
  };
};

const failureOf = (path: string, error: unknown): ImportResult['failures'][number] => {
  if (error instanceof UserFacingError) return { path, message: error.message, remedy: error.remedy };
  const { code } = error as NodeJS.ErrnoException;
  // A disk that is taken away, or a file that is deleted meanwhile; everything else is a bug and is not swallowed.
  if (typeof code !== 'string') throw error;
  return {
    path,
    message: `${path} could not be read (${code}).`,
    remedy: 'Check that the disk is still there, and try again.',
  };
};

/** A copy has the same content; copies keep their name or their time, and only where they did neither is every byte compared. */
const isCopy = async (file: ImportedFile, of: { path: string }, signal?: AbortSignal): Promise<boolean> => {
  if (file.path === of.path || file.kind === 'images' || basename(file.path) === basename(of.path)) return true;
  const [a, b] = await Promise.all([file.path, of.path].map((path) => stat(path).catch(() => undefined)));
  // The other one is missing: what is left of it is its hash.
  if (a === undefined || b === undefined || a.mtimeMs === b.mtimeMs) return true;
  return sameContent(file.path, of.path, signal);
};

/** Sorts out what is there already; the first of two equal files stays. */
const withoutCopies = async (
  found: readonly ImportedFile[],
  { existing = [], signal }: ImportOptions,
): Promise<Pick<ImportResult, 'files' | 'duplicates' | 'order'>> => {
  const known = new Map<string, { path: string; of: string }[]>();
  const remember = (hash: string, entry: { path: string; of: string }): void => {
    known.set(hash, [...(known.get(hash) ?? []), entry]);
  };
  for (const media of existing) remember(media.hash, { path: media.path, of: media.id });
  const result: Pick<ImportResult, 'files' | 'duplicates' | 'order'> = { files: [], duplicates: [], order: [] };
  for (const file of found) {
    let copy: string | undefined;
    for (const other of known.get(file.hash) ?? []) {
      if (copy === undefined && (await isCopy(file, other, signal))) copy = other.of;
    }
    result.order.push(copy ?? file.path);
    if (copy !== undefined) result.duplicates.push({ path: file.path, of: copy });
    else {
      remember(file.hash, { path: file.path, of: file.path });
      result.files.push(file);
    }
  }
  return result;
};

/**
 * Looks at files and folders, mixed, for a project: what each is and what it is known by. Nothing is written, so that an import that fails
 * or is cancelled leaves everything as it was.
 * @throws the signal's reason when it fires; a single file's failure is part of the result
 */
export const importFiles = async (paths: readonly string[], options: ImportOptions = {}): Promise<ImportResult> => {
  const { signal, onProgress, imageRate = { num: 25, den: 1 } } = options;
  const collected = await collectFiles(paths, signal);
  const grouped = groupSequences(collected.files, options.sequences);
  const order = new Map(collected.files.map((path, index) => [path, index]));
  const place = (path: string): number => order.get(path) ?? 0;
  const work: Work[] = [
    ...grouped.single.map((path) => ({ path, read: () => readSingle(path, signal) })),
    ...grouped.sequences.map((clip) => ({ path: clip.files[0], read: () => readSequence(clip, imageRate, signal) })),
  ].sort((a, b) => place(a.path) - place(b.path));

  const failures: ImportResult['failures'] = collected.missing.map((path) => ({
    path,
    message: `${path} does not exist or may not be read.`,
    remedy: 'Check the name and the folder.',
  }));
  const found: (ImportedFile | undefined)[] = Array.from({ length: work.length });
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < work.length) {
      signal?.throwIfAborted();
      const index = next++;
      const { path, read } = work[index];
      try {
        found[index] = await read();
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(failureOf(path, error));
      }
      done++;
      onProgress?.({ done, total: work.length, path });
    }
  };
  const parallel = options.parallel ?? Math.min(8, 2 * availableParallelism());
  const workers = await Promise.allSettled(Array.from({ length: Math.min(parallel, work.length) }, worker));
  for (const one of workers) if (one.status === 'rejected') throw one.reason;
  return {
    ...(await withoutCopies(found.filter((file) => file !== undefined), options)), // prettier-ignore
    failures: failures.sort((a, b) => place(a.path) - place(b.path)),
    skipped: collected.skipped,
    notes: collected.tooMany
      ? [...grouped.gaps, `More than ${mostFiles} files were given: the rest was left out.`]
      : grouped.gaps,
  };
};
