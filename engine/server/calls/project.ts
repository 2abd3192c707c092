import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import type { ParsedInput } from '../../contract/protocol/calls.ts';
import type { VersionsEvent } from '../../contract/protocol/topics.ts';
import { versionsTopic } from '../../contract/protocol/topics.ts';
import type { ProjectHandle } from '../../contract/protocol/values.ts';
import type { OpenResult, projectCalls } from '../../contract/protocol/project.ts';
import { emptyDocument } from '../../contract/timeline/document.ts';
import { runOperation } from '../../contract/timeline/operations/registry.ts';
import { newId } from '../../projects/ids.ts';
import { createProject, openProject, recoverProject } from '../../projects/project.ts';
import type { Project } from '../../projects/project-types.ts';
import { ProjectDamaged } from '../../projects/recovery.ts';
import type { CallContext, Handlers } from '../call-context.ts';
import { isUntouched, removeProjectFiles } from '../discard-project.ts';
import { openDemo } from '../demo-project.ts';
import type { Host } from '../host.ts';
import { openedOf } from '../open-projects.ts';
import { newProjectFile } from '../project-place.ts';

/** What a project is made with: one lane each, more come with the editor's own buttons. */
const firstSequence = { frameRate: { num: 24, den: 1 }, width: 1920, height: 1080, videoTracks: 1, audioTracks: 1 };

const openOrRecover = async (file: string, input: ParsedInput<'project.open'>): Promise<Project> => {
  const mode = input.readOnly ? 'read' : 'write';
  if (input.recover === undefined) return openProject(file, { mode });
  try {
    // It may have been repaired meanwhile, by another window.
    return await openProject(file, { mode });
  } catch (error) {
    if (!(error instanceof ProjectDamaged)) throw error;
    const wanted = input.recover === 'backup' ? 'backup' : 'nothing';
    const choice = error.choices.find(({ use }) => use === wanted);
    if (!choice) throw new UserFacingError('input', 'There is no good backup.', 'Start without it.');
    return (await recoverProject(file, choice)).project;
  }
};

export const projectHandlers = (host: Host): Handlers<keyof typeof projectCalls> => {
  const { projects, folders, options, topics, recent } = host;
  const use = (handle: string, context: CallContext): Project => host.use(handle, context).project;

  /** Projects that were made in folders of their own since the engine was started. */
  const madeHere = new Set<string>();
  const tellVersions = (handle: ProjectHandle, event: VersionsEvent): void =>
    topics.publish(versionsTopic(handle), event);

  return {
    'project.create': async (input, { connection }) => {
      const file = input.path === undefined ? undefined : await folders.allow(input.path);
      const place = file ?? newProjectFile(options.projectsFolder, input.name);
      await mkdir(path.dirname(place), { recursive: true });
      const name = input.sequence?.name ?? path.basename(place, path.extname(place));
      const wish = { ...firstSequence, ...input.sequence, name };
      const first = runOperation(emptyDocument, 'add-sequence', wish, { newId }).forward;
      let project: Project;
      try {
        project = await createProject(place, { first });
      } catch (error) {
        // A folder of our own that stayed empty is not left behind; anybody else's is not empty.
        if (file === undefined) await rmdir(path.dirname(place)).catch(() => undefined);
        throw error;
      }
      if (file === undefined) madeHere.add(project.path);
      return openedOf(await host.enter(project, connection));
    },
    'project.discard': async ({ project: handle }, { connection }) => {
      const entry = projects.get(handle);
      const { project } = entry;
      const untouched = madeHere.has(project.path) && isUntouched(project);
      if (!untouched || !(await projects.giveUp(handle, connection, () => removeProjectFiles(entry))))
        throw new UserFacingError(
          'usage',
          'There is something in this project.',
          'Close it, and remove its file by hand.',
        );
      await recent.forget(project.path);
      return {};
    },
    'project.openDemo': async (_, { connection, signal }) =>
      openedOf(await host.enter(await openDemo(options, signal), connection)),
    'project.open': async (input, { connection }): Promise<OpenResult> => {
      const file = await folders.allow(input.path);
      try {
        const project = await openOrRecover(file, input);
        return { outcome: 'opened', opened: openedOf(await host.enter(project, connection)) };
      } catch (error) {
        if (!(error instanceof ProjectDamaged)) throw error;
        return { outcome: 'damaged', why: error.message, backup: error.backup?.madeAt.toISOString() ?? null };
      }
    },
    'project.close': async ({ project }, { connection }) => {
      await projects.letGo(project, connection);
      return {};
    },
    'project.state': ({ project }, context) => use(project, context).state(),
    'project.edit': ({ project, opId, name, input, baseRevision }, context) => {
      const used = use(project, context);
      used.edit(name, input, { opId, baseRevision });
      return used.state();
    },
    'project.undo': ({ project, opId }, context) => {
      const used = use(project, context);
      used.undo({ opId });
      return used.state();
    },
    'project.redo': ({ project, opId }, context) => {
      const used = use(project, context);
      used.redo({ opId });
      return used.state();
    },
    'project.history': ({ project, limit }, context) => ({
      steps: use(project, context)
        .history(limit)
        .map(({ madeAt, ...step }) => ({ ...step, madeAt: madeAt.toISOString() })),
    }),
    'project.versions': ({ project }, context) => ({
      versions: use(project, context)
        .versions.list()
        .map(({ madeAt, ...version }) => ({ ...version, savedAt: madeAt.toISOString() })),
    }),
    'project.saveVersion': ({ project, name }, context) => {
      const { madeAt, ...version } = use(project, context).versions.save(name);
      tellVersions(project, { version: version.id, was: 'saved' });
      return { ...version, savedAt: madeAt.toISOString() };
    },
    'project.restoreVersion': ({ project, version, opId }, context) => {
      const used = use(project, context);
      used.versions.restore(version, { opId });
      return used.state();
    },
    'project.removeVersion': ({ project, version }, context) => {
      use(project, context).versions.remove(version);
      tellVersions(project, { version, was: 'removed' });
      return {};
    },
    'project.saveCopy': async ({ project, path: target }, context) => {
      await use(project, context).saveCopy(await folders.allow(target));
      return {};
    },
  };
};
