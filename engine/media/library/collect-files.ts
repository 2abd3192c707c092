import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';

/** Endings of what is worth asking ffprobe about when a whole folder is given; a file named by itself is always asked. */
const mediaEndings = new Set(
  (
    'mp4 m4v mov qt mkv webm avi mxf ts m2ts mts mpg mpeg m2v vob wmv asf flv ogv 3gp 3g2 dv gif mjpeg y4m ' +
    'jpg jpeg png webp bmp tif tiff exr dpx psd tga avif heic ' +
    'wav wave w64 rf64 mp3 flac m4a aac ogg oga opus aif aiff aifc caf wma ac3 eac3 mka'
  ).split(' '),
);

/** More than any shoot: a dropped root folder ends in a sentence instead of hours. */
export const mostFiles = 100_000;

export type CollectedFiles = {
  /** Absolute; each file once, in the order given, folders sorted by name as a person counts. */
  files: string[];
  /** Files in folders whose names say that they are no media. */
  skipped: string[];
  /** Given paths that are not there, and folders that may not be read. */
  missing: string[];
  /** True when more files than `mostFiles` were found; the rest was left out. */
  tooMany: boolean;
};

/** a2 before a10. */
export const byName = new Intl.Collator('en', { numeric: true }).compare;

const isHidden = (name: string): boolean =>
  name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini' || name === '__MACOSX';

/** Finds the files behind dropped paths. Folders are walked to the bottom, each once however links lead round. */
export const collectFiles = async (paths: readonly string[], signal?: AbortSignal): Promise<CollectedFiles> => {
  const found: CollectedFiles = { files: [], skipped: [], missing: [], tooMany: false };
  const seen = new Set<string>();
  const add = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    if (found.files.length < mostFiles) found.files.push(path);
    else found.tooMany = true;
  };
  const walk = async (folder: string): Promise<void> => {
    signal?.throwIfAborted();
    const real = await realpath(folder).catch(() => undefined);
    const names =
      real === undefined ? undefined : await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (real === undefined || names === undefined) {
      found.missing.push(folder);
      return;
    }
    if (seen.has(`${real}/`)) return;
    seen.add(`${real}/`);
    for (const entry of names.sort((a, b) => byName(a.name, b.name))) {
      if (isHidden(entry.name) || found.tooMany) continue;
      const path = join(folder, entry.name);
      const facts = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (facts?.isDirectory() === true) await walk(path);
      else if (facts?.isFile() === true) {
        if (mediaEndings.has(extname(entry.name).slice(1).toLowerCase())) add(path);
        else found.skipped.push(path);
      }
    }
  };
  for (const given of paths) {
    signal?.throwIfAborted();
    const path = resolve(given);
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) found.missing.push(path);
    else if (facts.isDirectory()) await walk(path);
    else add(path);
  }
  return found;
};
