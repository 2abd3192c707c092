import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { mediaResolver } from '../../render/resolve-media.ts';
import { say } from '../command.ts';
import type { Command } from '../command.ts';
import { allMedia } from './pick.ts';
import { filesOf, readProject } from './session.ts';

const missingIn = async (media: Media[], project: string): Promise<Media[]> => {
  const find = mediaResolver(path.dirname(project));
  const missing: Media[] = [];
  for (const each of media) {
    const found = await find(each).catch((error: unknown) => {
      if (error instanceof UserFacingError) return null;
      throw error;
    });
    if (found === null) missing.push(each);
  }
  return missing;
};

export const command: Command = {
  name: 'project check',
  summary: 'looks at every part of the file, and whether every media is there',
  usage: 'project check FILE.longtake',
  details: ['Ends with 0 when all is well and with 3 when something is damaged or missing.'],
  options: {},
  run: async (input, voice) => {
    const { file } = filesOf(input, 'check');
    await readProject(file, async (project) => {
      const media = allMedia(project.document());
      const missing = await missingIn(media, file);
      const problems = project.check();
      for (const text of problems) say(voice, { event: 'problem', text }, text);
      for (const { id, name, path: at } of missing) {
        say(voice, { event: 'missing', media: id, name, path: at }, `${name} is missing: ${at}`);
      }
      if (problems.length > 0) {
        throw new UserFacingError(
          'input',
          `${file} is damaged in ${problems.length} places.`,
          'Go back to a backup: longtake project restore FILE --backup.',
        );
      }
      if (missing.length > 0) {
        const what = missing.length === 1 ? `${missing[0].name} is` : `${missing.length} media are`;
        throw new UserFacingError('input', `${what} missing.`, 'Bring the files back, or import them from elsewhere.');
      }
      say(
        voice,
        { event: 'checked', project: file, media: media.length },
        `${file}: all is well, ${media.length} media`,
      );
    });
  },
};
