/** Puts what the media library finds out about files into a project: one edit for an import, one for each file that is found again. */
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { Id, Media } from '../contract/timeline/media.ts';
import { type Candidate, findMissing, type FindOptions } from '../media/library/find-missing.ts';
import {
  type ImportedFile,
  importFiles,
  type ImportOptions,
  type ImportResult,
} from '../media/library/import-files.ts';
import { holdsMedia, locateMedia, relativeTo } from '../media/library/locate-media.ts';
import { refineFacts } from '../media/library/refine-facts.ts';
import { newId } from './ids.ts';
import type { CallOptions, Project } from './project-types.ts';

export type IntoProject = Omit<ImportOptions, 'existing'> &
  CallOptions & {
    /** Null for the top of the media bin. */
    binId?: Id | null;
  };

export type ImportedMedia = Pick<ImportResult, 'failures' | 'skipped' | 'notes'> & {
  /** In the order of the paths; those that the project had already with their own id. */
  mediaIds: Id[];
  /** Of these only the header's word is known: `refineMedia` counts them. */
  inexact: Id[];
  revision: number;
};

const folderOf = (project: Project): string => path.dirname(project.path);

const located = (project: Project, file: Pick<Media, 'kind' | 'path'>): Pick<Media, 'path' | 'relativePath'> => ({
  path: file.path,
  relativePath: relativeTo(folderOf(project), file),
});

/** A looked-at file as a media that can be added to the project. */
export const mediaOf = (project: Project, file: ImportedFile, binId: Id | null): Media => {
  const { kind, name, firstNumber, bytes, hash, picture, sound } = file;
  return {
    id: newId(), kind, name, binId, firstNumber, bytes, hash, picture, sound, provenance: null, starred: false,
    ...located(project, file),
  }; // prettier-ignore
};

/**
 * Takes files and folders into a project as one undo step; the files stay where they are.
 * @throws the signal's reason, UserFacingError 'room' or 'input' when the project cannot be written; nothing has been taken in then
 */
export const importMedia = async (
  project: Project,
  paths: readonly string[],
  options: IntoProject = {},
): Promise<ImportedMedia> => {
  const { binId = null, opId, baseRevision, ...rest } = options;
  const existing = [...project.document().media.values()];
  const result = await importFiles(paths, { ...rest, existing });
  const media = result.files.map((file) => mediaOf(project, file, binId));
  const revision =
    media.length === 0 ? project.revision : project.edit('add-media', { media }, { opId, baseRevision }).revision;
  const idOf = new Map(media.map((one) => [one.path, one.id]));
  const mediaIds = [...new Set(result.order.map((one) => idOf.get(one) ?? one))];
  const inexact = result.files.filter((file) => !file.exact).map((file) => idOf.get(file.path) ?? '');
  const { failures, skipped, notes } = result;
  return { mediaIds, inexact, revision, failures, skipped, notes };
};

/**
 * Counts media exactly of which only the header's word is known: one edit for each that turned out different. Reads whole files: work for
 * the background.
 * @throws EditRefused where clips lie beyond a file's true end, UserFacingError 'input' when a file is damaged
 */
export const refineMedia = async (project: Project, mediaId: Id, signal?: AbortSignal): Promise<void> => {
  const media = mediaIn(project, mediaId);
  if (media.kind === 'still' || media.kind === 'images') return;
  const place = await locateMedia(media, folderOf(project));
  if (place.state !== 'here')
    throw new UserFacingError('input', `The file of ${media.name} is not where it was.`, 'Find it again first.');
  const { picture, sound } = await refineFacts({ ...media, path: place.path, exact: false, notes: [] }, signal);
  const changed = JSON.stringify([picture, sound]) !== JSON.stringify([media.picture, media.sound]);
  if (changed) project.edit('change-media', { id: mediaId, changes: { picture, sound } });
};

const mediaIn = (project: Project, mediaId: Id): Media => {
  const media = project.document().media.get(mediaId);
  if (media === undefined)
    throw new UserFacingError('usage', 'This media is no longer in the project.', 'Import the file again.');
  return media;
};

export type MissingMedia = { media: Media; state: 'missing' | 'changed' };

/** Media whose file is not where it was, or not what it was. */
export const missingMedia = async (project: Project, signal?: AbortSignal): Promise<MissingMedia[]> => {
  const missing: MissingMedia[] = [];
  for (const media of project.document().media.values()) {
    signal?.throwIfAborted();
    const { state } = await locateMedia(media, folderOf(project));
    if (state !== 'here') missing.push({ media, state });
  }
  return missing;
};

/**
 * Says where a media's file is now. The very content is taken as it is; another one is looked at first, and its facts replace the old ones.
 * @throws UserFacingError 'input' when the file is another one and `anyContent` is not set, or cannot be read; EditRefused where clips
 * would lie beyond its end
 */
export const relinkMedia = async (
  project: Project,
  mediaId: Id,
  file: string,
  { anyContent = false, signal, ...call }: CallOptions & { anyContent?: boolean; signal?: AbortSignal } = {},
): Promise<number> => {
  const media = mediaIn(project, mediaId);
  const place = located(project, { kind: media.kind, path: path.resolve(file) });
  if (await holdsMedia(media, place.path))
    return project.edit('change-media', { id: mediaId, changes: place }, call).revision;
  if (!anyContent || media.kind === 'images')
    throw new UserFacingError(
      'input',
      `${file} is not the file that ${media.name} was made from.`,
      'Choose another file, or say that this one is to take its place.',
    );
  const { files, failures } = await importFiles([place.path], { sequences: 'never', signal });
  const [found] = files;
  if (found === undefined) throw new UserFacingError('input', failures[0].message, failures[0].remedy);
  if ((found.picture === null) !== (media.picture === null))
    throw new UserFacingError(
      'input',
      `${file} cannot take the place of ${media.name}.`,
      'Choose a file of the same kind.',
    );
  const { bytes, hash, picture, sound } = await refineFoundFile(found, signal);
  return project.edit('change-media', { id: mediaId, changes: { ...place, bytes, hash, picture, sound } }, call)
    .revision;
};

const refineFoundFile = async (file: ImportedFile, signal?: AbortSignal): Promise<ImportedFile> => ({
  ...file,
  ...(await refineFacts(file, signal)),
});

export type FoundMedia = {
  /** Relinked. */
  found: Id[];
  /** Still missing, with files of the same name but another content, which a person may choose. */
  missing: (MissingMedia & { candidates: Candidate[] })[];
  revision: number;
};

/**
 * Looks for missing media by name, size and content below folders, the project's own when none are given, and relinks what it finds for certain.
 */
export const findMissingMedia = async (
  project: Project,
  folders: readonly string[],
  options: FindOptions = {},
): Promise<FoundMedia> => {
  const missing = await missingMedia(project, options.signal);
  const where = folders.length > 0 ? folders : [folderOf(project)];
  const candidates = await findMissing(missing.map(({ media }) => media), where, options); // prettier-ignore
  const result: FoundMedia = { found: [], missing: [], revision: project.revision };
  for (const one of missing) {
    const { media } = one;
    const own = candidates.get(media.id) ?? [];
    const best = own.at(0);
    if (best?.match === 'content') {
      const changes = located(project, { kind: media.kind, path: best.path });
      result.revision = project.edit('change-media', { id: media.id, changes }).revision;
      result.found.push(media.id);
    } else result.missing.push({ ...one, candidates: own });
  }
  return result;
};
