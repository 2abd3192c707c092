/**
 * Import of 200 files against bare ffprobe calls on the same files, as many at once, in turn in the same run.
 * Alone: `node tests/bench/projects/import.ts [FILES [ROUNDS]]`.
 */
import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import { importFiles } from '../../../engine/media/library/import-files.ts';

const run = promisify(execFile);

export type ImportSpeed = {
  files: number;
  megabytes: number;
  parallel: number;
  /** Seconds: the median of `rounds`. */
  bareProbes: number;
  imported: number;
  ratio: number;
  rounds: number;
};

const kinds: [string, string[]][] = [
  ['h264.mp4', ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac']],
  ['h264.mkv', ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac']],
  ['prores.mov', ['-c:v', 'prores_ks', '-c:a', 'pcm_s16le']],
  ['vp9.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus']],
  ['hevc.mp4', ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-c:a', 'aac']],
  ['tone.wav', ['-vn']],
  ['tone.mp3', ['-vn']],
  ['photo.jpg', ['-an', '-frames:v', '1', '-vf', 'scale=6000:4000', '-update', '1']],
  ['drawing.png', ['-an', '-frames:v', '1', '-update', '1']],
];

/** A shoot as it comes from a card: mostly clips of some seconds in 1080p, some sounds, some pictures. Every file has content of its own. */
const makeShoot = async (folder: string, files: number): Promise<string[]> => {
  const { ffmpeg } = findFfmpeg();
  const masters = await Promise.all(
    kinds.map(async ([name, args]) => {
      const path = join(folder, `master-${name}`);
      const sources = [
        '-f',
        'lavfi',
        '-i',
        'testsrc2=s=1920x1080:r=25:d=4,noise=alls=2',
        '-f',
        'lavfi',
        '-i',
        'sine=d=4',
      ];
      await run(ffmpeg, ['-v', 'error', '-y', ...sources, ...args, path]);
      return path;
    }),
  );
  await mkdir(join(folder, 'shoot'));
  const paths: string[] = [];
  for (let i = 0; i < files; i++) {
    const [name] = kinds[i % kinds.length];
    const path = join(folder, 'shoot', `take ${i} ${name}`);
    const master = masters[i % kinds.length];
    if (/jpg|png$/.test(name)) {
      await copyFile(master, path);
      await appendFile(path, `picture ${i}`);
    } else await run(ffmpeg, ['-v', 'error', '-i', master, '-c', 'copy', '-metadata', `title=take ${i}`, path]);
    paths.push(path);
  }
  return paths;
};

const inParallel = async (
  paths: readonly string[],
  parallel: number,
  work: (path: string) => Promise<unknown>,
): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < paths.length) await work(paths[next++]);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];

export const measureImport = async (files = 200, rounds = 3): Promise<ImportSpeed> => {
  const folder = await mkdtemp(join(tmpdir(), 'longtake-import-bench-'));
  try {
    const paths = await makeShoot(folder, files);
    const parallel = Math.min(8, 2 * availableParallelism());
    const bare: number[] = [];
    const imported: number[] = [];
    let bytes = 0;
    const { ffprobe } = findFfmpeg();
    const probe = (path: string): Promise<unknown> =>
      run(ffprobe, ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', `file:${path}`]);
    await inParallel(paths.slice(0, 20), parallel, probe);
    for (let round = 0; round < rounds; round++) {
      bare.push(await timed(() => inParallel(paths, parallel, probe)));
      imported.push(
        await timed(async () => {
          const result = await importFiles([join(folder, 'shoot')], { parallel });
          if (result.files.length !== files) throw new Error(result.failures[0]?.message ?? 'files are missing');
          bytes = result.files.reduce((sum, file) => sum + file.bytes, 0);
        }),
      );
    }
    const [bareProbes, seconds] = [median(bare), median(imported)];
    return {
      files,
      megabytes: bytes / 1e6,
      parallel,
      bareProbes,
      imported: seconds,
      ratio: seconds / bareProbes,
      rounds,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const [files, rounds] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(await measureImport(files, rounds), undefined, 2));
}
