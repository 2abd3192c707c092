/**
 * `npm run package`: builds the desktop shell and puts it together with Electron as an unpacked program in dist/ (electron-builder.yml).
 * More words go to electron-builder, for example `-c.electronDist=FOLDER` for an Electron that lies somewhere already.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildDesktop } from './build-desktop.mjs';
import { electronDist, fetchElectron } from './electron-binary.mjs';
import { localNode, root, setUp } from './setup.mjs';

const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');

const main = async () => {
  if (!(await setUp())) return 1;
  const { problem } = buildDesktop(localNode);
  if (problem) {
    console.error(problem);
    return 1;
  }
  const own = process.argv.slice(2);
  const given = own.some((word) => word.startsWith('-c.electronDist='));
  if (!given && !fetchElectron(localNode)) {
    console.error(
      'Electron could not be fetched. Connect to the network, or name its folder: npm run package -- -c.electronDist=FOLDER',
    );
    return 1;
  }
  const words = ['--dir', '--publish', 'never', ...(given ? [] : [`-c.electronDist=${electronDist()}`]), ...own];
  return spawnSync(localNode, [builder, ...words], { cwd: root, stdio: 'inherit' }).status ?? 1;
};

process.exitCode = await main();
