import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import { packFolders, type PackFolders } from './folders.ts';
import { modelError, packFiles, packId, remedies, type Manifest } from './manifest.ts';
import { readManifest, verifyFolder } from './verify.ts';

export type PackOrigin = 'embedded' | 'imported';
/** A pack whose manifest has been read. Its files are verified by `openPack`, not before. */
export type Pack = { folder: string; origin: PackOrigin; manifest: Manifest };
/** One line of `longtake models list`: a pack, or a folder in a pack's place and what is wrong with it. */
export type PackEntry = { id: string; folder: string; origin: PackOrigin } & (
  { manifest: Manifest; problem?: undefined } | { manifest?: undefined; problem: UserFacingError }
);

const isPackFolder = (name: string): boolean => packId.safeParse(name).success;

const entriesOf = async (parent: string, origin: PackOrigin): Promise<PackEntry[]> => {
  const names = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const folders = names.filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && isPackFolder(entry.name));
  return Promise.all(
    folders
      .map((entry) => entry.name)
      .sort()
      .map((id) => readEntry(join(parent, id), id, origin)),
  );
};

const readEntry = async (folder: string, id: string, origin: PackOrigin): Promise<PackEntry> => {
  try {
    const manifest = await readManifest(folder, id);
    if (manifest.id !== id) {
      throw modelError(`The folder of the model ${id} holds another one: ${manifest.id}.`, remedies.copyAgain);
    }
    return { id, folder, origin, manifest };
  } catch (error) {
    if (!(error instanceof UserFacingError)) throw error;
    return { id, folder, origin, problem: error };
  }
};

/** Every pack in both places, embedded ones first, broken ones with their reason. Reads manifests only. */
export const listPacks = async (folders: PackFolders = packFolders()): Promise<PackEntry[]> => [
  ...(await entriesOf(folders.embedded, 'embedded')),
  ...(await entriesOf(folders.user, 'imported')),
];

const find = async (id: string, folders: PackFolders): Promise<PackEntry> => {
  const entries = await listPacks(folders);
  const entry = entries.find((candidate) => candidate.id === id);
  if (entry) return entry;
  const known = entries.map((candidate) => candidate.id).join(', ');
  throw modelError(
    `There is no model ${JSON.stringify(id)} here.`,
    known
      ? `Use one of these: ${known}; or add one with \`longtake models import FOLDER\`.`
      : 'Add one with `longtake models import FOLDER`.',
  );
};

/** @throws UserFacingError `model` when no such pack is there or its manifest cannot be used. */
export const findPack = async (id: string, folders: PackFolders = packFolders()): Promise<Pack> => {
  const { folder, origin, manifest, problem } = await find(id, folders);
  if (problem) throw problem;
  return { folder, origin, manifest };
};

/** Finds a pack and verifies every byte of it: the only way to one that may be loaded. @throws UserFacingError `model` */
export const openPack = async (
  id: string,
  folders: PackFolders = packFolders(),
  onProgress?: (done: number, total: number) => void,
): Promise<Pack> => {
  const pack = await findPack(id, folders);
  await verifyFolder(pack.folder, pack.manifest, onProgress);
  return pack;
};

const diskError = (error: unknown, where: string): unknown => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserFacingError(
      'room',
      `There is no room in ${where}.`,
      'Free some space, or set LONGTAKE_DATA to a folder on another disk.',
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new UserFacingError(
      'usage',
      `${where} cannot be written to.`,
      'Allow writing there, or set LONGTAKE_DATA to another folder.',
    );
  }
  return error;
};

/**
 * Copies a pack into the person's data folder: verified, copied under a temporary name, verified again and renamed, so that a broken or
 * interrupted import leaves nothing that could be taken for a pack. Only files that the manifest lists are copied.
 * @throws UserFacingError `model` (not a pack, damaged, already there), `room`, `usage`
 */
export const importPack = async (source: string, folders: PackFolders = packFolders()): Promise<Pack> => {
  const manifest = await readManifest(resolve(source));
  const { id } = manifest;
  const taken = (await listPacks(folders)).find((entry) => entry.id === id);
  if (taken) {
    throw modelError(
      taken.origin === 'embedded'
        ? `The model ${id} ships with Longtake and cannot be replaced.`
        : `The model ${id} is already imported.`,
      taken.origin === 'embedded'
        ? 'Give the pack another id in its manifest.'
        : `Run \`longtake models remove ${id}\` first.`,
    );
  }
  await verifyFolder(source, manifest);
  const target = join(folders.user, id);
  let temporary: string | undefined;
  try {
    await mkdir(folders.user, { recursive: true });
    // The leading dot keeps it out of the list: no pack's id starts with one.
    temporary = await mkdtemp(join(folders.user, '.importing-'));
    for (const file of new Set(['manifest.json', ...packFiles(manifest).map((entry) => entry.file)])) {
      await cp(join(source, file), join(temporary, file), { dereference: true });
    }
    const copied = await readManifest(temporary, id);
    await verifyFolder(temporary, copied);
    await rename(temporary, target);
    return { folder: target, origin: 'imported', manifest: copied };
  } catch (error) {
    throw diskError(error, folders.user);
  } finally {
    if (temporary) await rm(temporary, { recursive: true, force: true });
  }
};

/** Deletes an imported pack, a broken one too. @throws UserFacingError `model` for the embedded one and for an unknown id. */
export const removePack = async (id: string, folders: PackFolders = packFolders()): Promise<void> => {
  const { origin, folder } = await find(id, folders);
  if (origin === 'embedded')
    throw modelError(`The model ${id} ships with Longtake and cannot be removed.`, 'Name an imported model.');
  try {
    await rm(folder, { recursive: true });
  } catch (error) {
    throw diskError(error, folder);
  }
};
