import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { CallName } from '../contract/protocol/calls.ts';
import type { Port } from '../contract/protocol/envelope.ts';
import { preferencesSchema } from '../contract/protocol/session.ts';
import { topicKindOf } from '../contract/protocol/topics.ts';
import { openCache } from '../media/library/cache.ts';
import type { Handlers } from './call-context.ts';
import { derivedHandlers } from './calls/derived.ts';
import { exportHandlers } from './calls/export.ts';
import { generateHandlers } from './calls/generate.ts';
import { mediaHandlers } from './calls/media.ts';
import { modelHandlers } from './calls/models.ts';
import { projectHandlers } from './calls/project.ts';
import { sessionHandlers } from './calls/session.ts';
import { serveConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import { createExportJobs } from './export-jobs.ts';
import { createExportPace, exportPacesSchema } from './export-pace.ts';
import { createGeneration } from './generation.ts';
import type { Host } from './host.ts';
import type { HostOptions } from './host-options.ts';
import { jsonFile } from './json-file.ts';
import { createMediaWork } from './media-work.ts';
import { createOpenProjects } from './open-projects.ts';
import type { OpenEntry } from './open-projects.ts';
import { createRecentProjects } from './recent-projects.ts';
import { openResource } from './resources.ts';
import type { Resource } from './resources.ts';
import { shareFolders } from './shared-folders.ts';
import { createTitleBitmaps } from './title-bitmaps.ts';
import { createTopicHub } from './topic-hub.ts';
import { createUploads } from './uploads.ts';
import { createWorkReports } from './work-reports.ts';

/** The engine as windows see it, whatever carries the messages. */
export type EngineHost = {
  /** Serves a window until its port closes. */
  connect: (port: Port) => void;
  /** What lies at one of the engine's URLs; undefined where nothing does. */
  resource: (pathname: string) => Promise<Resource | undefined>;
  /** @see Uploads.append */
  upload: Host['uploads']['append'] extends (entry: OpenEntry, ...rest: infer R) => infer P
    ? (project: string, ...rest: R) => P
    : never;
  /** Ends exports, closes windows and projects. */
  close: () => Promise<void>;
};

/** Milliseconds between two looks for copies that were given up, of projects that stay open for days. */
const sweepEvery = 3600 * 1000;

/** @throws when a root cannot be reached */
export const createEngineHost = async (options: HostOptions): Promise<EngineHost> => {
  const onFault = options.onFault ?? ((error: unknown) => console.error(error));
  const topics = createTopicHub();
  const { report, running } = createWorkReports(topics);
  const recent = createRecentProjects(options.dataFolder, onFault);
  const connections = new Set<Connection>();
  const projects = createOpenProjects({
    topics,
    onFault,
    onClosing: (entry) => {
      const { handle, project, folder } = entry;
      generation.detach(handle);
      uploads.forget(entry);
      return recent.picture(project, (shown, to) => media.picture(folder, shown, to));
    },
  });
  const media = createMediaWork(openCache({ folder: options.cacheFolder }), projects.all, report);

  const uploads = createUploads();
  const paces = path.join(options.dataFolder, 'export-pace.json');
  const exportPace = createExportPace(jsonFile(paces, exportPacesSchema, {}, onFault));
  const sweeping = setInterval(() => {
    for (const entry of projects.all()) void uploads.sweep(entry).catch(onFault);
  }, sweepEvery).unref();

  const generation = createGeneration({ topics, projects, media, onFault });

  const host: Host = {
    ...{ options: { ...options, onFault }, topics, projects, media, recent, report, running, generation },
    folders: await shareFolders(options.roots),
    uploads,
    exports: createExportJobs({ projects, report, pace: exportPace, onFault }),
    exportPace,
    titles: createTitleBitmaps(),
    preferences: jsonFile(path.join(options.dataFolder, 'preferences.json'), preferencesSchema, {}, onFault),
    use: (handle, { connection }) => {
      projects.hold(handle, connection);
      return projects.get(handle);
    },
    enter: async (project, connection) => {
      const entry = projects.add(project, connection);
      await recent.note(entry.project);
      generation.enter(entry);
      media.prepare(entry).catch(onFault);
      uploads.sweep(entry).catch(onFault);
      return entry;
    },
  };

  const handlers: Handlers<CallName> = {
    ...sessionHandlers(host),
    ...projectHandlers(host),
    ...mediaHandlers(host),
    ...derivedHandlers(host),
    ...exportHandlers(host),
    ...generateHandlers(host),
    ...modelHandlers(host),
  };
  const instance = randomBytes(8).toString('hex');

  const hasTopic = (topic: string, connection: Connection): boolean => {
    const kind = topicKindOf(topic);
    if (kind === undefined || kind === 'preferences') return kind !== undefined;
    const handle = topic.slice(topic.indexOf(':') + 1);
    if (!projects.has(handle)) return false;
    // A window that comes back after its connection broke has the project open again.
    projects.hold(handle, connection);
    return true;
  };
  const onClosed = (connection: Connection): void => {
    connections.delete(connection);
    projects.letGoOfAll(connection);
  };

  return {
    connect: (port) => {
      connections.add(serveConnection(port, { handlers, topics, instance, hasTopic, onClosed, onFault }));
    },
    resource: (pathname) => openResource(host, pathname),
    upload: (project, ...rest) => host.uploads.append(projects.get(project), ...rest),
    close: async () => {
      clearInterval(sweeping);
      for (const { port } of connections) port.close();
      media.stop();
      await Promise.all([host.exports.stop(), generation.stop()]);
      await projects.closeAll();
    },
  };
};
