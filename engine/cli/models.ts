import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import { packBytes } from '../models/manifest.ts';
import { findPack, importPack, listPacks, openPack, removePack } from '../models/registry.ts';
import { say } from './command.ts';
import type { Command, Voice } from './command.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const list = async (voice: Voice): Promise<void> => {
  for (const { id, origin, folder, manifest, problem } of await listPacks()) {
    const value = problem
      ? { id, origin, folder, problem: problem.message }
      : {
          id,
          origin,
          folder,
          name: manifest.name,
          version: manifest.version,
          tasks: manifest.tasks,
          bytes: packBytes(manifest),
        };
    const text = problem
      ? `broken: ${problem.message}`
      : `${manifest.version}, ${megabytes(packBytes(manifest))}, ${manifest.tasks.join(' ')}`;
    say(voice, { event: 'model', ...value }, `${id}  (${origin})  ${text}`);
  }
};

const info = async (id: string, voice: Voice): Promise<void> => {
  const { manifest, folder, origin } = await findPack(id);
  const lines = [
    `${manifest.name} ${manifest.version} (${manifest.id}, ${origin})`,
    `licence      ${manifest.licence}`,
    `trained on   ${manifest.trainedOn.join('; ')}`,
    `tasks        ${manifest.tasks.join(', ')}`,
    `family       ${manifest.family}`,
    `steps        ${Object.keys(manifest.schedule.presets).join(', ')}`,
    `size         ${megabytes(packBytes(manifest))}, needs ${manifest.memoryMb} MB of memory`,
    `folder       ${folder}`,
  ];
  say(voice, { event: 'model', folder, origin, manifest }, lines.join('\n'));
};

const verify = async (id: string | undefined, voice: Voice): Promise<void> => {
  const ids = id === undefined ? (await listPacks()).map((entry) => entry.id) : [id];
  let problem: UserFacingError | undefined;
  for (const each of ids) {
    try {
      const { manifest } = await openPack(each);
      say(
        voice,
        { event: 'verified', id: each, bytes: packBytes(manifest) },
        `${each}: every byte is right (${megabytes(packBytes(manifest))})`,
      );
    } catch (error) {
      if (!(error instanceof UserFacingError)) throw error;
      // The others are still looked at: the answer is about all of them.
      if (problem) process.stderr.write(`longtake: ${problem.message} ${problem.remedy}\n`);
      problem = error;
    }
  }
  if (problem) throw problem;
};

export const command: Command = {
  name: 'models',
  summary: 'lists, imports, verifies and removes models',
  usage: 'models list | info ID | import FOLDER | verify [ID] | remove ID',
  details: ['A model is a folder with a manifest.json; docs/pack-format.md describes it.'],
  options: {},
  run: async ({ positionals }, voice) => {
    const [verb, target, ...more] = positionals;
    if (more.length > 0)
      throw new UserFacingError('usage', `"${more[0]}" is one word too many.`, 'Put names with spaces in quotes.');
    const needed = (what: string): string => {
      if (target) return target;
      throw new UserFacingError('usage', `models ${verb} needs ${what}.`, `Write longtake models ${verb} ${what}.`);
    };
    switch (verb) {
      case 'list':
        return list(voice);
      case 'info':
        return info(needed('ID'), voice);
      case 'verify':
        return verify(target, voice);
      case 'import': {
        const { manifest, folder } = await importPack(path.resolve(needed('FOLDER')));
        return say(
          voice,
          { event: 'imported', id: manifest.id, folder },
          `${manifest.id} ${manifest.version} is ready: --model ${manifest.id}`,
        );
      }
      case 'remove': {
        const id = needed('ID');
        await removePack(id);
        return say(voice, { event: 'removed', id }, `${id} is removed`);
      }
      default:
        throw new UserFacingError(
          'usage',
          verb === undefined ? 'models needs a verb.' : `models has no "${verb}".`,
          'Write longtake models list, info ID, import FOLDER, verify [ID] or remove ID.',
        );
    }
  },
};
