import path from 'node:path';
import type { sessionCalls } from '../../contract/protocol/session.ts';
import { examine } from '../../jobs/findings.ts';
import { packBytes } from '../../models/manifest.ts';
import { listPacks } from '../../models/registry.ts';
import type { Handlers } from '../call-context.ts';
import { hasDemo } from '../demo-project.ts';
import type { Host } from '../host.ts';

export const sessionHandlers = (host: Host): Handlers<keyof typeof sessionCalls> => {
  const { options, folders, projects, recent, preferences, topics, running, generation } = host;
  return {
    'session.info': () => ({
      ...{ version: options.version, host: options.host, platform: process.platform },
      ...{ roots: folders.roots && [...folders.roots], projectsFolder: options.projectsFolder },
      demo: hasDemo(options),
    }),
    'session.models': async () => ({
      models: (await listPacks()).flatMap(({ id, manifest, problem }) =>
        problem
          ? []
          : [
              {
                ...{ id, name: manifest.name, version: manifest.version, tasks: [...manifest.tasks] },
                bytes: packBytes(manifest),
              },
            ],
      ),
    }),
    'session.doctor': async () => ({ findings: await examine() }),
    'session.recent': async ({ settled }) => {
      if (settled) await projects.settled();
      return { projects: await recent.list() };
    },
    'session.forget': async ({ path: file }) => {
      await recent.forget(path.resolve(file));
      return {};
    },
    'session.running': () => ({
      works: [
        ...running().map(({ kind, subject = null }) => ({ kind, subject })),
        ...generation.running().map((subject) => ({ kind: 'generate', subject })),
      ],
    }),
    'preferences.get': async () => ({ values: await preferences.read() }),
    'preferences.set': async ({ values }) => {
      const changed = await preferences.change((before) =>
        Object.fromEntries(Object.entries({ ...before, ...values }).filter(([, value]) => value !== null)),
      );
      topics.publish('preferences', changed);
      return {};
    },
  };
};
