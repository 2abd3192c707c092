/**
 * Builds the editor's window (renderer/) into out/renderer, unless what is there was made of the very same sources.
 *
 *   node scripts/build-editor.mjs [--watch]      --watch builds anew on every change, and serves it meanwhile
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceHash } from './source-hash.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const out = path.join(root, 'out', 'renderer');
/** Holds the hash of what it was made of. */
const stamp = path.join(out, '.sources');
const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');

/** Everything that the bundle is made of. */
const sources = {
  folders: ['renderer', 'engine/contract', 'engine/render/compose'],
  files: ['vite.config.ts', 'package-lock.json'],
};

/**
 * @param {string} node the Node to run the bundler with
 * @returns {{ built: boolean, problem?: string }} whether anything had to be done, and what went wrong
 */
export const buildEditor = (node) => {
  const hash = sourceHash(root, sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return { built: false };
  // Into a folder of its own, so that a server goes on with what there was until it is done.
  const draft = `${out}.${process.pid}`;
  const { status, stdout, stderr } = spawnSync(node, [vite, 'build', '--logLevel', 'error', '--outDir', draft], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    return { built: false, problem: `${stdout ?? ''}${stderr ?? ''}` };
  }
  writeFileSync(path.join(draft, '.sources'), hash);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(path.dirname(out), { recursive: true });
  renameSync(draft, out);
  return { built: true };
};

const watch = () => {
  const node = process.execPath;
  const bundler = spawn(node, [vite, 'build', '--watch', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' });
  const serve = spawn(node, [path.join(root, 'engine', 'cli', 'main.ts'), 'serve'], { cwd: root, stdio: 'inherit' });
  for (const child of [bundler, serve])
    child.on('exit', () => {
      bundler.kill();
      serve.kill();
    });
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const { built, problem } = buildEditor(process.execPath);
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
  } else {
    console.log(`editor: ${built ? 'built' : 'as its sources are'}`);
    if (process.argv.includes('--watch')) watch();
  }
}
