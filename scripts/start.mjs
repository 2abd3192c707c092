/**
 * `npm start`: sets up what is missing and opens the editor: as a window of its own where the desktop shell can be had, else in the
 * browser, and says which and why. Where there is no screen it prints the link and goes on serving.
 */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildDesktop } from './build-desktop.mjs';
import { fetchElectron } from './electron-binary.mjs';
import { localNode, root, setUp } from './setup.mjs';

/** A shell that fails within this time never came up (a library or the sandbox is missing on this system), milliseconds. */
const soon = 5000;

const hasScreen = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

/** @returns {{ binary: string } | { why: string }} */
const desktop = () => {
  if (!hasScreen()) return { why: 'there is no screen here' };
  if (process.getuid?.() === 0) return { why: 'as root the desktop shell would run without its sandbox' };
  const binary = fetchElectron(localNode);
  if (!binary) return { why: "Electron's binary could not be fetched" };
  const { problem } = buildDesktop(localNode);
  if (!problem) return { binary };
  console.error(problem);
  return { why: 'the desktop shell could not be built' };
};

/** @param {string} url */
const openInBrowser = (url) => {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '""', url.replaceAll('&', '^&')]]
        : ['xdg-open', [url]];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
};

/** @param {string} why @returns {Promise<number>} the exit code of the host */
const serve = (why) =>
  new Promise((resolve) => {
    console.log(`Longtake opens in the browser: ${why}.`);
    const host = spawn(localNode, [path.join(root, 'engine', 'cli', 'main.ts'), 'serve', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Ctrl-C reaches the host as well, and ends it; then this ends with it.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => host.kill('SIGTERM'));
    let rest = '';
    host.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { event, url, message, remedy } = JSON.parse(line);
        if (event === 'listening') {
          console.log(`\n  ${url}\n\nThe link works once. Ctrl-C ends it; what was edited is kept all along.`);
          if (hasScreen()) openInBrowser(url);
        } else if (event === 'link') console.log(`That link had been used. A new one:\n\n  ${url}\n`);
        else if (event === 'error') console.error(`longtake: ${message} ${remedy}`);
      }
    });
    host.on('exit', (code) => resolve(code ?? 0));
  });

const main = async () => {
  if (!(await setUp())) return 1;
  const found = desktop();
  if ('why' in found) return serve(found.why);
  console.log('Longtake opens as a window of its own.');
  const began = performance.now();
  // The checkout as the program: its package.json names the built main file.
  const { status } = spawnSync(found.binary, [root, ...process.argv.slice(2)], { stdio: 'inherit' });
  const atOnce = performance.now() - began < soon;
  return status !== 0 && atOnce ? serve('the desktop shell could not start') : (status ?? 1);
};

process.exitCode = await main();
