import type { mediaCalls } from '../../contract/protocol/media.ts';
import { findMissingMedia, importMedia, missingMedia, refineMedia, relinkMedia } from '../../projects/import-media.ts';
import type { MissingMedia } from '../../projects/import-media.ts';
import type { Handlers } from '../call-context.ts';
import { listFolder, makeFolder } from '../folder-list.ts';
import type { Host } from '../host.ts';
import type { OpenEntry } from '../open-projects.ts';
import { reported } from '../work-reports.ts';

/** More would not fit a message, and nobody reads them. */
const mostRefused = 500;

const missingOf = ({ media, state }: MissingMedia) => ({
  ...{ mediaId: media.id, name: media.name, path: media.path, state },
});

export const mediaHandlers = (host: Host): Handlers<keyof typeof mediaCalls> => {
  const { use, projects, folders, media, uploads, report } = host;
  const allowAll = (paths: readonly string[]): Promise<string[]> => Promise.all(paths.map(folders.allow));

  /** Counts in the background what headers only claimed, and makes what the preview needs of new media. */
  const settle = async (entry: OpenEntry, mediaIds: readonly string[], inexact: readonly string[]): Promise<void> => {
    const stay = {};
    projects.hold(entry.handle, stay);
    try {
      await media.prepare(entry, mediaIds);
      // A file that turns out to be damaged or removed meanwhile says so where it is used.
      for (const id of inexact) await refineMedia(entry.project, id).catch(() => undefined);
    } finally {
      await projects.letGo(entry.handle, stay, true);
    }
  };

  return {
    'media.import': async ({ project, work, paths, bin }, context) => {
      const entry = use(project, context);
      const allowed = await allowAll(paths);
      const about = { work, kind: 'import' as const };
      const result = await reported(
        (state) => report(project, { ...about, state }),
        context.signal,
        () =>
          importMedia(entry.project, allowed, {
            ...{ binId: bin, signal: context.signal },
            onProgress: ({ done, total, path: subject }) =>
              report(project, { ...about, state: 'running', done, total, subject }),
          }),
      );
      void settle(entry, result.mediaIds, result.inexact).catch(host.options.onFault);
      return {
        ...{ media: result.mediaIds, revision: result.revision },
        notes: [
          ...result.notes,
          ...(result.failures.length > mostRefused
            ? [`${result.failures.length} files could not be taken in; the first ${mostRefused} are told.`]
            : []),
        ].slice(0, mostRefused),
        refused: result.failures.slice(0, mostRefused).map(({ path, message, remedy }) => ({
          path,
          problem: { code: 'input' as const, message, remedy },
        })),
      };
    },
    'media.missing': async ({ project }, context) => ({
      missing: (await missingMedia(use(project, context).project, context.signal)).map(missingOf),
    }),
    'media.findMissing': async ({ project, work, folders: where }, context) => {
      const entry = use(project, context);
      const allowed = await allowAll(where);
      const about = { work, kind: 'find' as const };
      const { found, missing, revision } = await reported(
        (state) => report(project, { ...about, state }),
        context.signal,
        () =>
          findMissingMedia(entry.project, allowed, {
            signal: context.signal,
            onProgress: ({ done, total }) => report(project, { ...about, state: 'running', done, total }),
          }),
      );
      void media.prepare(entry, found).catch(host.options.onFault);
      return {
        ...{ found, revision, missing: missing.map(missingOf) },
        candidates: missing.flatMap(({ media: { id }, candidates }) =>
          candidates.map(({ path }) => ({ mediaId: id, path })),
        ),
      };
    },
    'media.relink': async ({ project, mediaId, path, anyContent }, context) => {
      const entry = use(project, context);
      const file = await folders.allow(path);
      const revision = await relinkMedia(entry.project, mediaId, file, { anyContent, signal: context.signal });
      void media.prepare(entry, [mediaId]).catch(host.options.onFault);
      return { revision };
    },

    'folders.list': ({ path }) => listFolder(folders, path),
    'folders.make': ({ parent, name }) => makeFolder(folders, parent, name),

    'upload.begin': (input, context) => uploads.begin(use(input.project, context), input),
    'upload.state': ({ project, upload }, context) => uploads.state(use(project, context), upload),
    'upload.finish': async ({ project, upload }, context) => ({
      path: await uploads.finish(use(project, context), upload),
    }),
    'upload.cancel': async ({ project, upload }, context) => {
      await uploads.cancel(use(project, context), upload);
      return {};
    },
  };
};
