/**
 * The house has rooms and few doors: which room may import which is written here once, and every test run checks it.
 * A broken rule is printed as `file: import "x": rule`.
 *
 *   node scripts/check-boundaries.mjs [FOLDER]
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rooms of engine/ and the rooms that each may import besides itself. A room that is not named here may not exist. */
const engineRooms = /** @type {Record<string, string[]>} */ ({
  contract: [],
  frames: ['contract'],
  media: ['contract', 'frames'],
  runtime: ['contract'],
  models: ['contract', 'frames', 'runtime'],
  diffusion: ['contract', 'frames', 'models'],
  tasks: ['contract', 'frames', 'diffusion', 'media', 'models'],
  jobs: ['contract', 'tasks', 'media', 'models', 'runtime', 'projects'],
  projects: ['contract', 'media'],
  render: ['contract', 'frames', 'media'],
  server: ['contract', 'projects', 'media', 'render', 'jobs', 'models'],
  cli: ['contract', 'server', 'jobs', 'models', 'media', 'projects', 'render'],
});

/** Packages that only these rooms may import; a package of engine/ that is not named here is refused. */
const enginePackages = /** @type {Record<string, string[]>} */ ({
  zod: Object.keys(engineRooms),
  'onnxruntime-node': ['runtime'],
  'ffmpeg-static': ['media'],
  'better-sqlite3': ['projects'],
  sharp: ['media', 'render'],
  harfbuzzjs: ['render'],
  'bidi-js': ['render'],
  ws: ['server'],
});

/** What electron/ may import of other houses besides engine/contract: a file, or all below a folder that ends with a slash. */
const ofOthersForElectron = [
  // What both hosts answer with.
  'engine/server/http/headers.ts',
  'engine/server/http/renderer-files.ts',
  'engine/server/http/serve-socket.ts',
  // The shell's own connection to the engine, and what its menu says and does.
  'renderer/document/engine-client.ts',
  'renderer/timeline/key-maps.ts',
  'renderer/timeline/keys.ts',
  'renderer/viewer/viewer-keys.ts',
  'renderer/ui/desktop-bridge.ts',
  'renderer/ui/locales/',
];
/** Rooms of the engine that its own process may import. */
const ofEngineForItsProcess = ['contract', 'models', 'server'];
const electronPackages = ['electron', 'zod'];

/** Without a graphics card the preview is drawn by the very compositor that the export has: pure, and no thread of it. */
const ofEngineForRenderer = ['bitmap', 'frame', 'from-planes'].map((name) => `engine/render/compose/${name}.ts`);

/** contract/ is read by the renderer as well: of Node it may use only what a bundler can replace. */
const contractBuiltins = ['node:path'];

const maxFileBytes = 15 * 1024;

const importPattern =
  /(?:^|[\s;}])(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/g;

/** @param {string} source @returns {string[]} the module names that a file imports, types and dynamic imports included */
export const importsOf = (source) => [...source.matchAll(importPattern)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');

/** @param {string} specifier */
const packageOf = (specifier) => {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
};

/**
 * @param {string} file path from the root, with slashes
 * @param {string} specifier as written in the file
 * @returns {string | undefined} the rule that is broken
 */
export const brokenRule = (file, specifier) => {
  const [house = '', room = ''] = file.split('/');
  const relative = specifier.startsWith('.');
  const target = relative ? path.posix.join(path.posix.dirname(file), specifier) : '';
  const [targetHouse = '', targetRoom = ''] = target.split('/');

  if (relative && target.startsWith('..')) return 'nothing outside the project is imported';
  if (house === 'engine') {
    const allowed = engineRooms[room];
    if (!allowed) return `engine/${room} is not a room of the house (scripts/check-boundaries.mjs lists them)`;
    if (relative) {
      if (targetHouse !== 'engine') return 'engine/ imports nothing outside engine/';
      if (targetRoom === room || allowed.includes(targetRoom)) return undefined;
      return `${room} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other room'}`;
    }
    if (specifier.startsWith('node:')) {
      if (room !== 'contract' || contractBuiltins.includes(specifier)) return undefined;
      return 'contract is shared with the renderer, which has no Node';
    }
    const rooms = enginePackages[packageOf(specifier)];
    if (!rooms) return `${packageOf(specifier)} is not a package that engine/ may import`;
    return rooms.includes(room) ? undefined : `only ${rooms.join(', ')} may import ${packageOf(specifier)}`;
  }
  if (house === 'electron') {
    if (specifier.startsWith('node:') || electronPackages.includes(specifier)) return undefined;
    if (!relative) return `electron/ may import ${electronPackages.join(', ')}, not ${packageOf(specifier)}`;
    if (targetHouse === 'electron' || (targetHouse === 'engine' && targetRoom === 'contract')) return undefined;
    const ownProcess = room === 'engine' && targetHouse === 'engine' && ofEngineForItsProcess.includes(targetRoom);
    if (
      ownProcess ||
      ofOthersForElectron.some((each) => target === each || (each.endsWith('/') && target.startsWith(each)))
    )
      return undefined;
    return 'electron/ is thin: what it may import of others is listed in scripts/check-boundaries.mjs';
  }
  if (house === 'renderer') {
    if (specifier.startsWith('node:') || specifier === 'electron') return 'the renderer has neither Node nor Electron';
    if (targetHouse === 'electron') return 'the renderer has neither Node nor Electron';
    if (targetHouse === 'engine' && targetRoom !== 'contract' && !ofEngineForRenderer.includes(target))
      return 'of engine/ the renderer imports only contract';
  }
  return undefined;
};

/** @param {string} root @param {string} folder @returns {string[]} source files below a folder, from the root, sorted */
const sourcesBelow = (root, folder) => {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .filter((name) => /\.(ts|mts|mjs|js|svelte)$/.test(name) && !name.includes('/node_modules/'))
    .sort();
};

/**
 * @param {string} root the checkout
 * @returns {{ problems: string[], files: number }} one line per broken rule
 */
export const checkBoundaries = (root) => {
  const problems = [];
  let files = 0;
  for (const file of ['engine', 'electron', 'renderer'].flatMap((folder) => sourcesBelow(root, folder))) {
    files += 1;
    const source = readFileSync(path.join(root, file), 'utf8');
    for (const specifier of importsOf(source)) {
      const rule = brokenRule(file, specifier);
      if (rule) problems.push(`${file}: import "${specifier}": ${rule}`);
    }
    const bytes = Buffer.byteLength(source);
    if (bytes > maxFileBytes)
      problems.push(`${file}: ${bytes} bytes: a file has one reason to change and at most 15 kB`);
  }
  return { problems, files };
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const root = path.resolve(process.argv[2] ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '..'));
  const { problems, files } = checkBoundaries(root);
  for (const problem of problems) console.error(problem);
  console.log(`boundaries: ${files} files, ${problems.length} rules broken`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
