import { UserFacingError } from '../../contract/errors.ts';
import { missingMedia } from '../../projects/import-media.ts';
import { say } from '../command.ts';
import type { Command } from '../command.ts';
import { filesOf, readProject } from './session.ts';

export const command: Command = {
  name: 'project check',
  summary: 'looks at every part of the file, and whether every media is there',
  usage: 'project check FILE.longtake',
  details: ['Ends with 0 when all is well and with 3 when something is damaged or missing.'],
  options: {},
  run: async (input, voice) => {
    const { file } = filesOf(input, 'check');
    await readProject(file, async (project) => {
      const missing = await missingMedia(project);
      const problems = project.check();
      for (const text of problems) say(voice, { event: 'problem', text }, text);
      for (const { media, state } of missing) {
        const text =
          state === 'changed'
            ? `${media.name} is not what it was: ${media.path}`
            : `${media.name} is missing: ${media.path}`;
        say(voice, { event: state, media: media.id, name: media.name, path: media.path }, text);
      }
      if (problems.length > 0) {
        throw new UserFacingError(
          'input',
          `${file} is damaged in ${problems.length} places.`,
          'Go back to a backup: longtake project restore FILE --backup.',
        );
      }
      if (missing.length > 0) {
        const what = missing.length === 1 ? `${missing[0].media.name} is` : `${missing.length} media are`;
        throw new UserFacingError(
          'input',
          `${what} missing or changed.`,
          'Look for the files elsewhere: longtake project relink FILE FOLDERS.',
        );
      }
      const { size } = project.document().media;
      say(voice, { event: 'checked', project: file, media: size }, `${file}: all is well, ${size} media`);
    });
  },
};
