/** How an engine host is set up by whoever starts it. */
export type HostOptions = {
  /** What the window may rely on: native dialogs and paths of dropped files, or neither. */
  host: 'desktop' | 'browser';
  version: string;
  /** Absolute paths of the folders that calls may name paths in; null for all of the machine. */
  roots: readonly string[] | null;
  /** For new projects unless told; made when it is needed. */
  projectsFolder: string;
  /** What is remembered from one start to the next: preferences, recent projects. */
  dataFolder: string;
  /** For thumbnails, waveforms and proxies; the usual place unless told. */
  cacheFolder?: string;
  /** The clips that the demo project is made of; undefined where none came along. */
  demoFolder?: string;
  /** Told of everything that is no user's doing: it is logged whole. */
  onFault?: (error: unknown) => void;
};
