/**
 * `npm run demo`: sets up what is missing, then shows what the engine does on the project's own footage: a clip is held one
 * second longer, and a painting starts to move. The results are opened, or printed where there is no screen.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { localNode, root, setUp } from './setup.mjs';

const demo = path.join(root, 'resources', 'demo');
const results = path.join(root, 'demo-results');

const jobs = [
  {
    title: 'A clip is held one second longer',
    input: path.join(demo, 'valley-at-dusk.mp4'),
    output: path.join(results, 'valley-at-dusk-longer.mp4'),
    words: (/** @type {string} */ input) => ['extend', input, '--seconds', '1'],
  },
  {
    title: 'A painting starts to move',
    input: path.join(demo, 'poppy-field.jpg'),
    output: path.join(results, 'poppy-field-moving.mp4'),
    words: (/** @type {string} */ input) => ['animate', input, '--seconds', '2', '--camera', 'zoom in, slow'],
  },
];

const hasScreen = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

/** @param {string} file shown by whatever the system plays films with */
const open = (file) => {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [file]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '""', file]]
        : ['xdg-open', [file]];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
};

const main = async () => {
  if (!(await setUp())) return 1;
  mkdirSync(results, { recursive: true });
  for (const { title, input, output, words } of jobs) {
    if (!existsSync(input)) {
      console.error(`${input} is missing: get a complete checkout (git checkout resources/demo) and run this again.`);
      return 1;
    }
    console.log(
      `\n${title}: longtake ${words(path.relative(root, input)).join(' ')} -o ${path.relative(root, output)}`,
    );
    const main = path.join(root, 'engine', 'cli', 'main.ts');
    const { status } = spawnSync(localNode, [main, ...words(input), '-o', output, '--force'], { stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  console.log('\nThe results:');
  for (const { output } of jobs) console.log(`  ${output}`);
  if (hasScreen()) for (const { output } of jobs) open(output);
  else console.log('There is no screen here to open them on.');
  console.log('What else can be done: ./longtake help');
  return 0;
};

process.exitCode = await main();
