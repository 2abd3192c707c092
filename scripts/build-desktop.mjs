/**
 * Builds the desktop shell: main and preload into out/electron, the engine's process into out/engine, and the editor's window with them, unless
 * what is there was made of the very same sources.
 *
 *   node scripts/build-desktop.mjs
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEditor } from './build-editor.mjs';
import { sourceHash } from './source-hash.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const out = path.join(root, 'out', 'electron');
const stamp = path.join(out, '.sources');
const packages = path.join(root, 'node_modules');

const sources = {
  folders: ['electron', 'engine', 'renderer'],
  files: ['electron.vite.config.ts', 'engine.vite.config.ts', 'package-lock.json'],
};

/** @type {string[][]} */
const steps = [
  [path.join(packages, 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'error'],
  [path.join(packages, 'vite', 'bin', 'vite.js'), 'build', '-c', 'engine.vite.config.ts', '--logLevel', 'error'],
];

/**
 * @param {string} node the Node to run the bundlers with
 * @returns {{ built: boolean, problem?: string }} whether anything had to be done, and what went wrong
 */
export const buildDesktop = (node) => {
  const editor = buildEditor(node);
  if (editor.problem) return editor;
  const hash = sourceHash(root, sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return { built: editor.built };
  rmSync(stamp, { force: true });
  for (const step of steps) {
    const { status, stdout, stderr } = spawnSync(node, step, { cwd: root, encoding: 'utf8' });
    if (status !== 0) return { built: false, problem: `${stdout ?? ''}${stderr ?? ''}` };
  }
  writeFileSync(stamp, hash);
  return { built: true };
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const { built, problem } = buildDesktop(process.execPath);
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
  } else console.log(`desktop: ${built ? 'built' : 'as its sources are'}`);
}
