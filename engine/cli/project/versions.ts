import { UserFacingError } from '../../contract/errors.ts';
import type { Project } from '../../projects/project-types.ts';
import type { SavedVersion } from '../../projects/versions.ts';
import { say } from '../command.ts';
import type { Command, Voice } from '../command.ts';
import { filesOf, readProject, withProject } from './session.ts';

const tell = (voice: Voice, event: string, { id, name, revision, madeAt }: SavedVersion): void =>
  say(
    voice,
    { event, id, name, revision, made_at: madeAt.toISOString() },
    `${id}  ${madeAt.toISOString().slice(0, 19).replace('T', ' ')}  revision ${revision}  ${name}`,
  );

/** A version by id or name; the newest of a name. */
export const pickVersion = (project: Project, text: string): SavedVersion => {
  const found = project.versions.list().findLast(({ id, name }) => id === text || name === text);
  if (found) return found;
  throw new UserFacingError(
    'usage',
    `The project has no version "${text}".`,
    'longtake project versions FILE lists them.',
  );
};

export const command: Command = {
  name: 'project versions',
  summary: 'lists, saves and removes named versions',
  usage: 'project versions FILE.longtake [save NAME | remove VERSION]',
  details: [
    'A version is kept in the project until it is removed; restore goes back to it, and undo leads forth again.',
  ],
  options: {},
  run: async (input, voice) => {
    const { file, rest } = filesOf(input, 'versions', ['save or remove', 'NAME'], { optional: 2 });
    const [verb, name] = rest;
    if (verb === undefined) {
      await readProject(file, (project) => project.versions.list().forEach((each) => tell(voice, 'version', each)));
      return;
    }
    if ((verb !== 'save' && verb !== 'remove') || name === undefined) {
      throw new UserFacingError(
        'usage',
        name === undefined && (verb === 'save' || verb === 'remove')
          ? `versions ${verb} needs a name.`
          : `versions has no "${verb}".`,
        'Write longtake project versions FILE save NAME, or remove VERSION.',
      );
    }
    await withProject(file, (project) => {
      if (verb === 'save') return tell(voice, 'saved', project.versions.save(name));
      const version = pickVersion(project, name);
      project.versions.remove(version.id);
      return tell(voice, 'removed', version);
    });
  },
};
