import type { CallContext } from './call-context.ts';
import type { Connection } from './connection.ts';
import type { ExportJobs } from './export-jobs.ts';
import type { ExportPace } from './export-pace.ts';
import type { Generation } from './generation.ts';
import type { HostOptions } from './host-options.ts';
import type { JsonFile } from './json-file.ts';
import type { MediaWork } from './media-work.ts';
import type { OpenEntry, OpenProjects } from './open-projects.ts';
import type { Preferences } from '../contract/protocol/session.ts';
import type { Project } from '../projects/project-types.ts';
import type { RecentProjects } from './recent-projects.ts';
import type { SharedFolders } from './shared-folders.ts';
import type { TitleBitmaps } from './title-bitmaps.ts';
import type { TopicHub } from './topic-hub.ts';
import type { Uploads } from './uploads.ts';
import type { WorkReports } from './work-reports.ts';

/** What the calls' handlers share. */
export type Host = {
  options: HostOptions;
  folders: SharedFolders;
  topics: TopicHub;
  projects: OpenProjects;
  media: MediaWork;
  uploads: Uploads;
  exports: ExportJobs;
  exportPace: ExportPace;
  generation: Generation;
  titles: TitleBitmaps;
  recent: RecentProjects;
  preferences: JsonFile<Preferences>;
  report: WorkReports['report'];
  running: WorkReports['running'];
  /** The project of a handle, which the window that asks keeps open from then on. @throws ProjectNotOpen */
  use: (handle: string, context: CallContext) => OpenEntry;
  /** Gives a project that has just been opened to a window, and begins with what its media need. */
  enter: (project: Project, connection: Connection) => Promise<OpenEntry>;
};
