/**
 * Speed and memory of the engine: `npm run bench:engine -- [options]`. Writes docs/speed.md and docs/speed.json; results of other
 * runs are kept, so that the long ones may be made apart.
 *
 *   --cases A,B     of those below (default: denoiser, extend-720p, refine-1080p)
 *   --threads N     default: all cores
 *   --docs DIR      default docs
 *
 * denoiser        one pass against a plain float32 matrix product in the same run
 * extend-720p     one second of 720p24, 4 steps
 * refine-1080p    twelve frames of 1080p, for seconds per frame in the refiner
 * uhd             twelve frames of 3840x2160
 * minute          60 seconds of new material at 640x360
 * ten-minutes     one second after ten minutes of 1080p H.264
 * over-4gb        half a second after a file of more than 4 GB
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import { measureDenoiser } from './denoiser-speed.ts';
import { renderSpeed } from './speed-report.ts';
import type { SpeedReport, SpeedRow } from './speed-report.ts';
import { watchedRun } from './watched-run.ts';

const root = join(import.meta.dirname, '../../..');
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: 'denoiser,extend-720p,refine-1080p' },
    threads: { type: 'string', default: String(availableParallelism()) },
    docs: { type: 'string', default: join(root, 'docs') },
  },
});
const threads = Number(values.threads);
const demo = join(root, 'resources/demo/valley-at-dusk.mp4');
const pack = join(root, 'resources/models/longtake-embedded');

const run = promisify(execFile);
const ffmpeg = async (...args: string[]): Promise<void> => {
  await run(findFfmpeg().ffmpeg, ['-v', 'error', '-y', ...args]);
};
const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '14', '-pix_fmt', 'yuv420p', '-c:a', 'copy'];

/** Extends a prepared clip and tells where the time went. */
const extend = async (source: string, out: string, seconds: number, more: string[] = []): Promise<SpeedRow> => {
  const args = [
    'extend',
    source,
    '--seconds',
    String(seconds),
    '--steps',
    '4',
    '--threads',
    String(threads),
    '-o',
    out,
  ];
  const watched = await watchedRun([...args, ...more]);
  const made = watched.done.new_frames.reduce((sum, [a, b]) => sum + b - a + 1, 0);
  return {
    seconds: watched.seconds,
    firstLineSeconds: watched.firstLineSeconds,
    newFrames: made,
    stages: watched.done.seconds,
    peakMb: watched.done.peak_rss_mb,
    treePeakMb: watched.treePeakMb,
    notes: watched.notes,
  };
};

type Case = (folder: string) => Promise<Partial<SpeedReport>>;

const rowCase =
  (name: string, title: string, make: (folder: string) => Promise<SpeedRow>): Case =>
  async (folder) => ({ rows: { [name]: { title, ...(await make(folder)) } } });

const cases: Record<string, Case> = {
  denoiser: async () => ({ denoiser: await measureDenoiser(pack, threads) }),
  'extend-720p': rowCase(
    'extend-720p',
    'one second after a 1280x720 clip at 24 frames a second, 4 steps',
    async (folder) => {
      const source = join(folder, 'source.mp4');
      await ffmpeg('-i', demo, '-t', '2', '-vf', 'scale=1280:720', ...h264, source);
      return extend(source, join(folder, 'out.mp4'), 1);
    },
  ),
  'refine-1080p': rowCase('refine-1080p', 'half a second after a 1920x1080 clip', async (folder) => {
    const source = join(folder, 'source.mp4');
    await ffmpeg('-i', demo, '-t', '1', ...h264, source);
    return extend(source, join(folder, 'out.mp4'), 0.5);
  }),
  uhd: rowCase('uhd', 'half a second after a 3840x2160 clip', async (folder) => {
    const source = join(folder, 'source.mp4');
    await ffmpeg('-i', demo, '-t', '0.7', '-vf', 'scale=3840:2160', ...h264, source);
    return extend(source, join(folder, 'out.mp4'), 0.5);
  }),
  minute: rowCase('minute', '60 seconds after a 640x360 clip', async (folder) => {
    const source = join(folder, 'source.mp4');
    await ffmpeg('-i', demo, '-t', '2', '-vf', 'scale=640:360', ...h264, source);
    return extend(source, join(folder, 'out.mp4'), 60);
  }),
  'ten-minutes': rowCase('ten-minutes', 'one second after ten minutes of 1920x1080 H.264', async (folder) => {
    const source = join(folder, 'source.mp4');
    await ffmpeg('-stream_loop', '133', '-i', demo, '-c', 'copy', '-t', '600', source);
    const before = (await stat(source)).size;
    const row = await extend(source, join(folder, 'out.mp4'), 1);
    const after = (await stat(join(folder, 'out.mp4'))).size;
    return { ...row, notes: [...row.notes, `The file grew from ${megabytes(before)} to ${megabytes(after)} MB.`] };
  }),
  'over-4gb': rowCase(
    'over-4gb',
    'half a second after a file of more than 4 GB (uncompressed 1920x1080), new frames alone',
    async (folder) => {
      const source = join(folder, 'source.mkv');
      await ffmpeg(
        '-f',
        'lavfi',
        '-i',
        'testsrc2=s=1920x1080:r=24:d=58',
        '-pix_fmt',
        'yuv420p',
        '-c:v',
        'rawvideo',
        source,
      );
      const size = (await stat(source)).size;
      if (size < 2 ** 32) throw new Error(`the file has only ${size} bytes`);
      const row = await extend(source, join(folder, 'out.mp4'), 0.5, ['--only-new']);
      return { ...row, notes: [...row.notes, `The file has ${megabytes(size)} MB.`] };
    },
  ),
};

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

const jsonFile = join(values.docs, 'speed.json');
const old = existsSync(jsonFile) ? (JSON.parse(await readFile(jsonFile, 'utf8')) as SpeedReport) : undefined;
const report: SpeedReport = { ...old, processor: cpus()[0]?.model ?? 'unknown', threads, rows: { ...old?.rows } };
const shortened = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1e3) / 1e3 : value;

for (const name of values.cases.split(',')) {
  if (!cases[name]) throw new Error(`There is no case ${name}. There are: ${Object.keys(cases).join(', ')}.`);
  const folder = await mkdtemp(join(tmpdir(), 'longtake-bench-'));
  try {
    const { rows, denoiser } = await cases[name](folder);
    report.rows = { ...report.rows, ...rows };
    if (denoiser) report.denoiser = denoiser;
    process.stdout.write(`${name}: ${JSON.stringify(rows?.[name] ?? denoiser, shortened)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(values.docs, { recursive: true });
  await writeFile(jsonFile, JSON.stringify(report, shortened, 1) + '\n');
  await writeFile(join(values.docs, 'speed.md'), renderSpeed(report));
}
