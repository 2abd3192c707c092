/** What works on this machine, and what to do about the rest: `longtake doctor` prints it, the window shows it. */
import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { UserFacingError } from '../contract/errors.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { dataFolder } from '../models/folders.ts';
import { listPacks, openPack } from '../models/registry.ts';
import { askDevices } from './device-report.ts';

/** One thing that was looked at. `needed` ones that fail make the whole check fail. */
export type Finding = { what: string; works: boolean; needed: boolean; text: string; remedy?: string };

const wantedEncoders = ['libx264', 'libx265', 'libsvtav1', 'prores_ks', 'libvpx-vp9', 'ffv1'];
const enoughDiskBytes = 2e9;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const checkFfmpeg = async (): Promise<Finding> => {
  try {
    const { ffmpeg } = findFfmpeg();
    const run = promisify(execFile);
    const version = /version (\S+)/.exec((await run(ffmpeg, ['-version'])).stdout)?.[1] ?? 'unknown version';
    const { stdout } = await run(ffmpeg, ['-hide_banner', '-encoders']);
    const missing = wantedEncoders.filter((name) => !stdout.includes(` ${name} `));
    return {
      what: 'ffmpeg',
      works: !missing.includes('libx264'),
      needed: true,
      text: `${version} at ${ffmpeg}${missing.length > 0 ? `, without ${missing.join(', ')}` : ''}`,
      ...(missing.length > 0 && { remedy: 'Install a full build of ffmpeg, or name one in LONGTAKE_FFMPEG.' }),
    };
  } catch (error) {
    if (error instanceof UserFacingError) {
      return { what: 'ffmpeg', works: false, needed: true, text: error.message, remedy: error.remedy };
    }
    return {
      what: 'ffmpeg',
      works: false,
      needed: true,
      text: 'it does not run',
      remedy: 'Install ffmpeg again, or name a working one in LONGTAKE_FFMPEG.',
    };
  }
};

const checkModels = async (): Promise<Finding[]> => {
  const entries = await listPacks();
  if (entries.length === 0) {
    return [
      {
        what: 'models',
        works: false,
        needed: true,
        text: 'none is there',
        remedy: 'Get a complete checkout, or import a model.',
      },
    ];
  }
  return Promise.all(
    entries.map(async ({ id, origin }): Promise<Finding> => {
      const finding = { what: `model ${id}`, needed: origin === 'embedded' };
      try {
        const { manifest } = await openPack(id);
        return { ...finding, works: true, text: `${manifest.version}, every byte is right` };
      } catch (error) {
        if (!(error instanceof UserFacingError)) throw error;
        return { ...finding, works: false, text: error.message, remedy: error.remedy };
      }
    }),
  );
};

const checkDevices = async (): Promise<Finding[]> =>
  (await askDevices()).map(({ device, works, reason }) => ({
    what: `device ${device}`,
    works,
    needed: device === 'cpu' || device === 'runtime',
    text: works ? 'starts' : reason,
    ...(!works &&
      device === 'runtime' && { remedy: 'Delete node_modules and run longtake again, which installs it anew.' }),
  }));

/** The nearest folder that exists: the data folder itself is made by the first import. */
const existingParent = (folder: string): string => (existsSync(folder) ? folder : existingParent(path.dirname(folder)));

const checkDisk = (what: string, folder: string): Finding => {
  const { bavail, bsize } = statfsSync(existingParent(folder));
  const free = bavail * bsize;
  return {
    what,
    works: free >= enoughDiskBytes,
    needed: false,
    text: `${gigabytes(free)} free in ${folder}`,
    ...(free < enoughDiskBytes && { remedy: 'Free some space: long clips need room while they are written.' }),
  };
};

const machine = (): Finding => ({
  what: 'machine',
  works: true,
  needed: false,
  text: `${process.platform} ${process.arch}, Node ${process.versions.node}, ${availableParallelism()} cores, ${gigabytes(freemem())} of ${gigabytes(totalmem())} memory free`,
});

/** Looks at ffmpeg, models, devices and disks; takes seconds, since every model is verified byte by byte. */
export const examine = async (): Promise<Finding[]> => [
  machine(),
  await checkFfmpeg(),
  ...(await checkModels()),
  ...(await checkDevices()),
  checkDisk('disk temporary', tmpdir()),
  checkDisk('disk data', dataFolder()),
];
