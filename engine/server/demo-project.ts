import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { OperationName } from '../contract/timeline/operations/registry.ts';
import type { Title } from '../contract/timeline/entities.ts';
import { contentOf } from '../projects/difference.ts';
import { newId } from '../projects/ids.ts';
import { importMedia } from '../projects/import-media.ts';
import { createProject, openProject } from '../projects/project.ts';
import type { Project } from '../projects/project-types.ts';
import type { HostOptions } from './host-options.ts';

/** In the order in which the film shows them. */
const clips = ['lake-at-dawn.mp4', 'walk-in-the-rain.mp4', 'valley-at-dusk.mp4'];
const name = 'Longtake demo';

const title: Title = {
  ...{ text: 'A quiet morning', font: 'serif', weight: 'regular', italic: false, size: 0.09, colour: '#ffffff' },
  ...{ align: 'centre', lineHeight: 1.2, background: { colour: '#000000', opacity: 0, padding: 0 } },
  outline: { colour: '#000000', width: 0 },
  shadow: { colour: '#000000', opacity: 0.5, blur: 0.02, distance: 0.004 },
};

export const hasDemo = ({ demoFolder }: HostOptions): boolean =>
  demoFolder !== undefined && clips.every((clip) => existsSync(path.join(demoFolder, clip)));

const fill = async (project: Project, media: string, signal: AbortSignal): Promise<void> => {
  const edit = (op: OperationName, input: unknown): number => project.edit(op, input).revision;
  edit('add-sequence', {
    ...{ name, frameRate: { num: 24, den: 1 }, width: 1920, height: 1080, videoTracks: 2, audioTracks: 1 },
  });
  const { mediaIds, failures } = await importMedia(project, [media], { signal });
  if (failures.length > 0) throw new UserFacingError('input', failures[0].message, failures[0].remedy);
  const document = project.document();
  const [sequence] = document.sequences.values();
  const [picture, above] = document.tracksOfSequence.get(sequence.id)?.video ?? [];
  const sound = document.tracksOfSequence.get(sequence.id)?.audio.at(0);
  for (const clip of clips) {
    const mediaId = mediaIds.find((id) => document.media.get(id)?.name === clip);
    const audioTrackId = document.media.get(mediaId ?? '')?.sound ? sound?.id : null;
    edit('append', { sequenceId: sequence.id, source: { mediaId }, videoTrackId: picture.id, audioTrackId });
  }
  const source = { title, duration: 60 };
  edit('overwrite', { sequenceId: sequence.id, source, videoTrackId: above.id, at: 18 });
};

/** Edited together in a project of its own, of which only the document is kept: undo takes nothing of the demo apart. */
const demoDocument = async (folder: string, media: string, signal: AbortSignal): Promise<Document> => {
  const draft = `.draft-${newId()}.longtake`;
  try {
    // Beside the media, so that their paths are those of the demo.
    const project = await createProject(path.join(folder, draft), { backupEvery: 0 });
    try {
      await fill(project, media, signal);
      return project.document();
    } finally {
      await project.close();
    }
  } finally {
    // With what lies beside it.
    for (const left of await readdir(folder))
      if (left.startsWith(draft)) await rm(path.join(folder, left), { recursive: true, force: true });
  }
};

/**
 * Opens the demo project in the projects folder; makes it, with copies of the clips, where it is not there yet.
 * @throws UserFacingError input when there are no clips to make it of, room when the disk is full
 */
export const openDemo = async (options: HostOptions, signal: AbortSignal): Promise<Project> => {
  const folder = path.join(options.projectsFolder, name);
  const file = path.join(folder, `${name}.longtake`);
  if (existsSync(file)) return openProject(file);
  const { demoFolder } = options;
  if (!hasDemo(options) || demoFolder === undefined) {
    throw new UserFacingError('input', 'The demo clips did not come along.', 'Get a complete copy of Longtake.');
  }
  const media = path.join(folder, 'media');
  await mkdir(media, { recursive: true });
  for (const clip of [...clips, 'poppy-field.jpg']) await copyFile(path.join(demoFolder, clip), path.join(media, clip));
  return createProject(file, { first: contentOf(await demoDocument(folder, media, signal)) });
};
