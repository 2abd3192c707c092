import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import type { Project } from '../../projects/project-types.ts';
import { printJson, say } from '../command.ts';
import type { Command, Voice } from '../command.ts';
import { createEta } from '../../jobs/eta.ts';
import { createStatusLine, describeWork } from '../progress-bar.ts';
import { importTimeline } from './import-timeline.ts';
import { readMedia } from './media-files.ts';
import { allMedia } from './pick.ts';
import { filesOf, untilStopped, withProject } from './session.ts';
import { binFor, editAll } from './steps.ts';
import { isGiven, optional, parseRate, textOf } from './values.ts';

export const command: Command = {
  name: 'project import',
  summary: 'takes media files, folders of them and timelines into a project',
  usage: 'project import FILE.longtake FILES… [--bin NAME]',
  details: [
    'Files stay where they are. Numbered pictures become one clip. If one file cannot be read nothing is imported, except with --skip-broken;',
    'in folders what is no media is passed over. A file that ends in .otio becomes a sequence, with the media that it names.',
  ],
  options: {
    bin: { value: 'NAME', help: 'where they go in the project; "a/b" lies in "a"' },
    fps: { value: 'RATE', help: 'of numbered pictures (default 25)' },
    'skip-broken': { help: 'import the others when a file cannot be read' },
    media: { value: 'FOLDER', help: 'for a timeline: where else to look for its media, by name' },
  },
  run: async (input, voice) => {
    const { file, rest } = filesOf(input, 'import', ['FILES'], { many: true });
    const imageRate = optional(input, 'fps', (text) => parseRate('fps', text));
    const isTimeline = (name: string): boolean => path.extname(name).toLowerCase() === '.otio';
    const paths = rest.filter((name) => !isTimeline(name)).map((name) => path.resolve(name));
    const bin = textOf(input, 'bin');
    await untilStopped((signal) =>
      withProject(file, async (project) => {
        if (paths.length > 0) {
          const skipBroken = isGiven(input, 'skip-broken');
          await importMedia(project, paths, { bin, imageRate, skipBroken, signal }, voice);
        }
        for (const name of rest.filter(isTimeline)) {
          const folder = textOf(input, 'media');
          await importTimeline(project, path.resolve(name), { bin, folder, signal }, voice);
        }
      }),
    );
  },
};

type Wishes = {
  bin: string | undefined;
  imageRate: ReturnType<typeof parseRate> | undefined;
  skipBroken: boolean;
  signal: AbortSignal;
};

const importMedia = async (project: Project, paths: string[], wishes: Wishes, voice: Voice): Promise<void> => {
  const { bin, imageRate, skipBroken, signal } = wishes;
  const document = project.document();
  const line = createStatusLine(process.stderr);
  const eta = createEta<string>();
  const onProgress = ({ done, total, path: name }: { done: number; total: number; path: string }): void => {
    const left = eta.report('read', done, total);
    if (voice.json) printJson({ event: 'progress', stage: 'read', done, total, path: name, eta_s: left });
    else if (!voice.quiet) line.show('read', describeWork('reading', done, total, left));
  };
  const result = await readMedia(project, paths, {
    ...{ existing: allMedia(document), signal, onProgress },
    ...(imageRate && { imageRate }),
  }).finally(() => line.clear());
  const note = (text: string): void => {
    if (voice.json) printJson({ event: 'note', text });
    else if (!voice.quiet) line.note(text);
  };
  const [failure, ...others] = result.failures;
  if (failure && !skipBroken) {
    const more = others.length > 0 ? ` So it is with ${others.length} more.` : '';
    throw new UserFacingError('input', `${failure.message}${more}`, `${failure.remedy} Nothing was imported.`);
  }
  for (const { message } of result.failures) note(message);
  for (const text of result.notes) note(text);
  for (const { path: name, of } of result.duplicates) {
    note(`${name} is in the project already${document.media.has(of) ? '' : `, as ${of}`}.`);
  }
  if (result.media.length === 0) {
    if (result.duplicates.length > 0) return;
    throw new UserFacingError(
      'input',
      'There is nothing here that can be imported.',
      'Name video, sound or picture files.',
    );
  }
  const { id: binId, steps } = binFor(document, bin);
  const media = result.media.map((each) => ({ ...each, binId }));
  const revision = editAll(project, [...steps, { op: 'add-media', input: { media } }]);
  for (const { id, name, kind, path: at } of media) {
    say(voice, { event: 'imported', media: id, name, kind, path: at, revision }, `${name}: ${kind}`);
  }
};
