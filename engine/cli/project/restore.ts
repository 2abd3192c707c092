import { UserFacingError } from '../../contract/errors.ts';
import { recoverProject } from '../../projects/project.ts';
import { newestGoodBackup } from '../../projects/recovery.ts';
import type { RecoveryChoice } from '../../projects/recovery.ts';
import { say } from '../command.ts';
import type { Command } from '../command.ts';
import { filesOf, withProject } from './session.ts';
import { isGiven } from './values.ts';
import { pickVersion } from './versions.ts';

const choiceFor = (file: string, empty: boolean): RecoveryChoice => {
  if (empty) return { use: 'nothing' };
  const backup = newestGoodBackup(file);
  if (backup) return { use: 'backup', path: backup.path };
  throw new UserFacingError('input', `${file} has no backup that can be opened.`, 'Begin anew with --empty.');
};

export const command: Command = {
  name: 'project restore',
  summary: 'goes back to a named version, or to a backup',
  usage: 'project restore FILE.longtake VERSION | --backup | --empty',
  details: [
    'A version is restored as an edit, which undo takes back. A backup (or nothing) takes the place of a damaged file, which is kept aside.',
  ],
  options: {
    backup: { help: 'go on with the newest backup that opens' },
    empty: { help: 'go on with an empty project' },
  },
  run: async (input, voice) => {
    const { file, rest } = filesOf(input, 'restore', ['VERSION'], { optional: 1 });
    const [version] = rest;
    const ways = [version !== undefined, isGiven(input, 'backup'), isGiven(input, 'empty')].filter(Boolean);
    if (ways.length !== 1) {
      throw new UserFacingError(
        'usage',
        ways.length === 0 ? 'restore needs a version, --backup or --empty.' : 'restore takes only one way back.',
        'longtake project versions FILE lists the versions.',
      );
    }
    if (version !== undefined) {
      await withProject(file, (project) => {
        const { id, name } = pickVersion(project, version);
        const { revision } = project.versions.restore(id);
        say(
          voice,
          { event: 'restored', project: file, version: id, name, revision },
          `revision ${revision}: as in "${name}"`,
        );
      });
      return;
    }
    const choice = choiceFor(file, isGiven(input, 'empty'));
    const { project, kept } = await recoverProject(file, choice);
    await project.close();
    const from = choice.use === 'backup' ? choice.path : 'nothing';
    say(
      voice,
      { event: 'recovered', project: file, from, kept },
      `${file}: from ${from}; what was there is now ${kept}`,
    );
  },
};
