import path from 'node:path';

/** Where the parts of the program lie. */
export type Places = {
  preload: string;
  /** The built editor. */
  renderer: string;
  /** The program of the engine's process. */
  engine: string;
  /** models/ and demo/. */
  resources: string;
  /** What the engine writes to its error output. */
  log: string;
};

/**
 * @param built the folder of the built main file: out/electron of a checkout, or of the archive of a package
 * @param logs the folder for logs
 */
export const placesOf = (built: string, logs: string): Places => {
  const root = path.join(built, '..', '..');
  // The engine, its packages and its models lie beside the archive: threads, child processes and native code read real files only.
  const outside = root.replace(/app\.asar$/, 'app.asar.unpacked');
  return {
    preload: path.join(root, 'out', 'electron', 'preload.cjs'),
    renderer: path.join(root, 'out', 'renderer'),
    engine: path.join(outside, 'out', 'engine', 'process.js'),
    resources: path.join(outside, 'resources'),
    log: path.join(logs, 'engine.log'),
  };
};
