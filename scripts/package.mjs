/**
 * `npm run package`: builds the desktop shell and puts it together with Electron as an unpacked program in dist/ (electron-builder.yml).
 * More words go to electron-builder, for example `-c.electronDist=FOLDER` for an Electron that lies somewhere already.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildDesktop } from './build-desktop.mjs';
import { localNode, root, setUp } from './setup.mjs';

const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
const fetched = path.join(root, 'node_modules', 'electron', 'dist');

const main = async () => {
  if (!(await setUp())) return 1;
  const { problem } = buildDesktop(localNode);
  if (problem) {
    console.error(problem);
    return 1;
  }
  // The one that `npm start` fetched saves a download.
  const dist = existsSync(fetched) ? [`-c.electronDist=${fetched}`] : [];
  const words = ['--dir', '--publish', 'never', ...dist, ...process.argv.slice(2)];
  return spawnSync(localNode, [builder, ...words], { cwd: root, stdio: 'inherit' }).status ?? 1;
};

process.exitCode = await main();
