import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../contract/protocol/session.ts';
import { pictureUrl } from '../contract/protocol/urls.ts';
import { momentSchema, pathSchema } from '../contract/protocol/values.ts';
import { clipsOf, sequenceEnd, tracksOf } from '../contract/timeline/document.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { Media } from '../contract/timeline/media.ts';
import { toNumber } from '../contract/timeline/rational.ts';
import type { Project } from '../projects/project-types.ts';
import { jsonFile } from './json-file.ts';

const fileSchema = z.array(
  z.object({ path: pathSchema, openedAt: momentSchema, seconds: z.number().nonnegative().nullable() }),
);

const most = 20;

/** Projects that were open before, the newest first, with a picture each. */
export type RecentProjects = {
  list: () => Promise<RecentProject[]>;
  /** It is open now. */
  note: (project: Project) => Promise<void>;
  /** Keeps a picture of it. `draw` writes the media's picture to a path. */
  picture: (project: Project, draw: (media: Media, to: string) => Promise<void>) => Promise<void>;
  forget: (file: string) => Promise<void>;
  /** The file of a picture; undefined for what is no key of one. */
  pictureFile: (key: string) => string | undefined;
};

const keyOf = (file: string): string => createHash('sha256').update(file).digest('hex').slice(0, 32);

/** Seconds of the longest sequence; null when all are empty. */
const lengthOf = (document: Document): number | null => {
  const lengths = Array.from(
    document.sequences.values(),
    ({ id, frameRate }) => sequenceEnd(document, id) / toNumber(frameRate),
  );
  return Math.max(0, ...lengths) || null;
};

/** The first picture of the lowest track that has one, else any picture of the bin. */
const mediaToShow = (document: Document): Media | undefined => {
  for (const { id } of document.sequences.values())
    for (const track of tracksOf(document, id, 'video'))
      for (const { mediaId } of clipsOf(document, track.id)) {
        const media = mediaId === null ? undefined : document.media.get(mediaId);
        if (media?.picture) return media;
      }
  return Array.from(document.media.values()).find(({ picture }) => picture !== null);
};

export const createRecentProjects = (dataFolder: string, onFault: (error: unknown) => void): RecentProjects => {
  const file = jsonFile(path.join(dataFolder, 'recent-projects.json'), fileSchema, [], onFault);
  const pictures = path.join(dataFolder, 'pictures');
  const pictureFile = (key: string): string | undefined =>
    /^[0-9a-f]{32}$/.test(key) ? path.join(pictures, `${key}.webp`) : undefined;
  return {
    pictureFile,
    list: async () =>
      (await file.read()).map(({ path: project, openedAt, seconds }) => {
        const key = keyOf(project);
        return {
          ...{ path: project, openedAt, seconds, missing: !existsSync(project) },
          name: path.basename(project, path.extname(project)),
          picture: existsSync(pictureFile(key) ?? '') ? pictureUrl(key) : null,
        };
      }),
    note: async (project) => {
      const { path: own } = project;
      const entry = { path: own, openedAt: new Date().toISOString(), seconds: lengthOf(project.document()) };
      await file.change((all) => [entry, ...all.filter((each) => each.path !== own)].slice(0, most));
    },
    picture: async (project, draw) => {
      const document = project.document();
      const seconds = lengthOf(document);
      await file.change((all) => all.map((each) => (each.path === project.path ? { ...each, seconds } : each)));
      const media = mediaToShow(document);
      if (!media) return;
      await mkdir(pictures, { recursive: true });
      const to = path.join(pictures, `${keyOf(project.path)}.webp`);
      // Two windows may let go of it one after the other.
      const partial = `${to}.${randomUUID()}.partial`;
      await draw(media, partial);
      // Nothing was drawn where the file is away; the picture of before stays.
      if (existsSync(partial)) await rename(partial, to);
    },
    forget: async (gone) => {
      await file.change((all) => all.filter((each) => each.path !== gone));
    },
  };
};
