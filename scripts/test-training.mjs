// `npm run test:training`: a Python environment for training alone (PyPI), then the whole training chain at toy size.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const windows = process.platform === 'win32';
const own = join(root, 'training', '.venv', windows ? 'Scripts/python.exe' : 'bin/python');

/** @param {string} command @param {string[]} args */
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

/** @param {string} words */
const stop = (words) => {
  console.error(words);
  process.exit(1);
};

let python = process.env.LONGTAKE_PYTHON ?? own;
if (!existsSync(python)) {
  if (process.env.LONGTAKE_PYTHON !== undefined)
    stop(
      `LONGTAKE_PYTHON names ${python}, which does not exist. Name a Python with training/requirements.txt installed.`,
    );
  console.log('training: making training/.venv and installing PyTorch from PyPI (about 3 GB, once)');
  if (run(windows ? 'python' : 'python3', ['-m', 'venv', join(root, 'training', '.venv')]) !== 0)
    stop('Python 3.10 or newer with venv is needed for training (Debian: apt-get install python3-venv).');
  python = own;
  if (run(python, ['-m', 'pip', 'install', '-q', '-r', join('training', 'requirements.txt')]) !== 0)
    stop('The training packages could not be installed from PyPI; nothing else of Longtake needs them.');
}
process.exit(run(python, ['-m', 'training.rehearse']));
