import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import { endingsOfKind } from '../contract/file-kinds.ts';
import type { Folder, FolderEntry } from '../contract/protocol/media.ts';
import { safeName } from './safe-name.ts';
import type { SharedFolders } from './shared-folders.ts';

/** Entries that are looked at, and bytes of those that are told: a message holds 1 MiB. */
const most = 5000;
const mostBytes = 900_000;

const kinds = new Map<string, FolderEntry['kind']>(
  Object.entries(endingsOfKind).flatMap(([kind, endings]) =>
    endings.map((ending) => [`.${ending}`, kind as FolderEntry['kind']] as const),
  ),
);

/** Two before ten. */
const byName = new Intl.Collator('en', { numeric: true }).compare;

const failure = (folder: string): UserFacingError =>
  new UserFacingError('input', `${folder} cannot be opened.`, 'Check that it is there and that you may read it.');

const entryOf = async (folder: string, name: string): Promise<FolderEntry | undefined> => {
  const file = path.join(folder, name);
  // A link that leads nowhere is nothing to choose.
  const facts = await stat(file).catch(() => undefined);
  if (!facts || (!facts.isDirectory() && !facts.isFile())) return undefined;
  const kind = facts.isDirectory() ? 'folder' : (kinds.get(path.extname(name).toLowerCase()) ?? 'other');
  return { name, path: file, kind, bytes: facts.isDirectory() ? 0 : facts.size, modified: facts.mtime.toISOString() };
};

const placesOf = ({ roots, includes }: SharedFolders): Folder['places'] => {
  const home = homedir();
  const usual = ['', 'Videos', 'Movies', 'Pictures', 'Music', 'Desktop', 'Downloads'].map((name) =>
    path.join(home, name),
  );
  const all = [...(roots ?? []), ...usual, ...(roots === null ? [path.parse(home).root] : [])];
  return [...new Set(all)]
    .filter((folder) => includes(folder) && existsSync(folder))
    .map((folder) => ({ name: path.basename(folder) || folder, path: folder }));
};

/** @throws UserFacingError usage outside of what is shared, input when it cannot be read */
export const listFolder = async (folders: SharedFolders, given: string | undefined): Promise<Folder> => {
  const places = placesOf(folders);
  const folder = await folders.allow(given ?? places.at(0)?.path ?? homedir());
  const names = await readdir(folder).catch(() => {
    throw failure(folder);
  });
  const seen = names.filter((name) => !name.startsWith('.')).sort(byName);
  const found = await Promise.all(seen.slice(0, most).map((name) => entryOf(folder, name)));
  let bytes = 0;
  const whole = found.filter((entry) => entry !== undefined);
  const sorted = [...whole.filter(({ kind }) => kind === 'folder'), ...whole.filter(({ kind }) => kind !== 'folder')];
  const entries = sorted.filter((entry) => (bytes += Buffer.byteLength(JSON.stringify(entry)) + 1) <= mostBytes);
  const { bavail, bsize } = await statfs(folder);
  const parent = path.dirname(folder);
  return {
    path: folder,
    parent: parent !== folder && folders.includes(parent) ? parent : null,
    entries,
    ...{ cut: seen.length > most || entries.length < sorted.length, places, room: bavail * bsize },
  };
};

/** Makes a folder and lists it. @throws UserFacingError as listFolder, usage when there is something of that name */
export const makeFolder = async (folders: SharedFolders, parent: string, name: string): Promise<Folder> => {
  const folder = path.join(await folders.allow(parent), safeName(name));
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UserFacingError('usage', `${folder} is there already.`, 'Choose another name.');
    if (code === 'ENOSPC') throw new UserFacingError('room', 'The disk is full.', 'Make room there.');
    throw new UserFacingError('input', `No folder can be made in ${parent}.`, 'Choose another place.');
  }
  return listFolder(folders, folder);
};
