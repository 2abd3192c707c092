import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Model, modelCalls } from '../../contract/protocol/models.ts';
import { measureModel } from '../../jobs/measure-model.ts';
import { licencesFolder } from '../../models/folders.ts';
import { packBytes } from '../../models/manifest.ts';
import { findPack, importPack, listPacks, openPack, removePack } from '../../models/registry.ts';
import type { Pack } from '../../models/registry.ts';
import type { Handlers } from '../call-context.ts';
import type { Host } from '../host.ts';
import { problemOf } from '../problem.ts';

const modelOf = ({ origin, manifest }: Omit<Pack, 'folder'>): Model => {
  const { id, name, version, tasks, licence, trainedOn, memoryMb } = manifest;
  const steps = Object.keys(manifest.schedule.presets).map(Number);
  return {
    id,
    origin,
    name,
    version,
    tasks: [...tasks],
    steps,
    licence,
    trainedOn,
    bytes: packBytes(manifest),
    memoryMb,
  };
};

/** A model's card is no film: longer ones are cut. */
const mostCharacters = 200_000;

const textIn = (folder: string, name: string): Promise<string | null> =>
  readFile(path.join(folder, name), 'utf8').then(
    (text) => text.slice(0, mostCharacters),
    () => null,
  );

/** As it lies in the pack, else by the name that the manifest gives it. */
const licenceOf = async (folder: string, name: string): Promise<string | null> =>
  (await textIn(folder, 'LICENSE')) ?? (/^[\w.+-]+$/.test(name) ? textIn(licencesFolder(), `${name}.txt`) : null);

export const modelHandlers = ({ folders }: Host): Handlers<keyof typeof modelCalls> => ({
  'models.list': async () => {
    const entries = await listPacks();
    return {
      models: entries.flatMap((entry) => (entry.problem ? [] : [modelOf(entry)])),
      broken: entries.flatMap(({ id, origin, problem }) =>
        problem ? [{ id, origin, problem: problemOf(problem) }] : [],
      ),
    };
  },
  'models.papers': async ({ id }) => {
    const { folder, manifest } = await findPack(id);
    return { card: await textIn(folder, 'MODEL_CARD.md'), licence: await licenceOf(folder, manifest.licence) };
  },
  'models.measure': ({ id }, { signal }) => measureModel(id, signal),
  'models.verify': async ({ id }) => ({ bytes: packBytes((await openPack(id)).manifest) }),
  'models.import': async ({ path: folder }) => modelOf(await importPack(await folders.allow(folder))),
  'models.remove': async ({ id }) => {
    await removePack(id);
    return {};
  },
});
