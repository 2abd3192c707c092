import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { findMissingMedia } from '../../projects/import-media.ts';
import { printJson, say } from '../command.ts';
import type { Command } from '../command.ts';
import { createStatusLine, describeWork } from '../progress-bar.ts';
import { filesOf, untilStopped, withProject } from './session.ts';

export const command: Command = {
  name: 'project relink',
  summary: 'finds media again that are not where they were',
  usage: 'project relink FILE.longtake [FOLDERS…]',
  details: [
    "Looks below the folders, or the project's own when none is named, by name, size and content; only the very same content is taken. Ends with 3",
    'when something is still missing.',
  ],
  options: {},
  run: async (input, voice) => {
    const { file, rest } = filesOf(input, 'relink', ['FOLDERS'], { optional: 1, many: true });
    const folders = rest.map((folder) => path.resolve(folder));
    const line = createStatusLine(process.stderr);
    await untilStopped((signal) =>
      withProject(file, async (project) => {
        const onProgress = ({ done, total }: { done: number; total: number }): void => {
          if (voice.json) printJson({ event: 'progress', stage: 'compare', done, total, eta_s: null });
          else if (!voice.quiet) line.show('compare', describeWork('comparing', done, total, null));
        };
        const { found, missing } = await findMissingMedia(project, folders, { signal, onProgress }).finally(() =>
          line.clear(),
        );
        for (const id of found) {
          const media = project.document().media.get(id);
          if (media)
            say(
              voice,
              { event: 'found', media: id, name: media.name, path: media.path },
              `${media.name}: ${media.path}`,
            );
        }
        if (missing.length === 0) {
          if (found.length === 0) say(voice, { event: 'checked', project: file }, 'Nothing is missing.');
          return;
        }
        const [{ media }] = missing;
        throw new UserFacingError(
          'input',
          missing.length === 1
            ? `${media.name} was not found.`
            : `${missing.length} media were not found, ${media.name} among them.`,
          'Name other folders to look in.',
        );
      }),
    );
  },
};
