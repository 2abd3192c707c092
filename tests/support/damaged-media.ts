/* Small media of every container, damaged by chance that can be repeated, and what the editor must do with each. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { mediaSchema } from '../../engine/contract/timeline/media.ts';
import type { Cache } from '../../engine/media/library/cache.ts';
import { contentHash } from '../../engine/media/library/content-hash.ts';
import { readMediaFile } from '../../engine/media/library/media-facts.ts';
import { peaksFile } from '../../engine/media/library/peaks.ts';
import { proxyFile } from '../../engine/media/library/proxy.ts';
import type { SourceMedia } from '../../engine/media/library/source-input.ts';
import { thumbnailStrip } from '../../engine/media/library/thumbnails.ts';
import { createClipFolder } from './media-clips.ts';

const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=0.6'];
const sound = ['-f', 'lavfi', '-i', 'sine=d=0.6:r=44100'];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '5', '-c:a', 'aac', '-shortest'];
const still = ['-frames:v', '1', '-update', '1'];

const containers: Record<string, string[]> = {
  mp4: [...picture, ...sound, ...h264],
  mov: [...picture, ...sound, '-c:v', 'prores_ks', '-c:a', 'pcm_s16le', '-shortest'],
  mkv: [...picture, ...sound, ...h264],
  webm: [...picture, ...sound, '-c:v', 'libvpx', '-c:a', 'libopus', '-shortest'],
  avi: [...picture, ...sound, '-c:v', 'mpeg4', '-c:a', 'mp3', '-shortest'],
  mp3: sound,
  wav: sound,
  png: [...picture, ...still],
  jpg: [...picture, ...still],
};

/** Mulberry32: the same damage on every machine. */
const chance = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** Flips bits (half of the time near the start, where headers are), makes numbers huge, cuts off, joins and repeats pieces. */
const damage = (whole: Buffer, seed: number): Buffer => {
  const random = chance(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const bytes = Buffer.from(whole);
  const place = (): number => below(random() < 0.5 ? Math.min(512, bytes.length) : bytes.length);
  switch (seed % 5) {
    case 0:
      for (let i = 1 + below(40); i > 0; i--) bytes[place()] ^= 1 << below(8);
      return bytes;
    case 1:
      return bytes.subarray(0, 1 + below(bytes.length));
    case 2:
      // Sizes and counts at their largest.
      for (let i = 1 + below(3), at = place(); i > 0; i--, at = place())
        bytes.fill(random() < 0.5 ? 0xff : 0x7f, at, Math.min(bytes.length, at + 4));
      return bytes;
    case 3:
      return Buffer.concat([bytes.subarray(0, below(bytes.length)), bytes.subarray(below(bytes.length))]);
    default: {
      const [from, to] = [below(whole.length), below(whole.length)];
      return Buffer.concat([whole.subarray(0, from), whole.subarray(to, to + below(2000)), whole.subarray(from)]);
    }
  }
};

export type DamageReport = {
  files: number;
  accepted: number;
  refused: number;
  /** The look that took longest: what an import waits for. */
  slowestLook: { file: string; seconds: number };
  /** The file of which everything that is derived took longest: work for the background. */
  slowestDerived: { file: string; seconds: number };
  /** What must not be: crashes, answers that are no answers, files that appeared. */
  problems: string[];
};

/** What is read by its header may still turn out to be damaged inside. */
const expected = (error: unknown): void => {
  if (!(error instanceof UserFacingError)) throw error;
};

const derive = async (cache: Cache, media: SourceMedia): Promise<void> => {
  if (media.picture !== null) await thumbnailStrip(cache, media, { count: 3 });
  if (media.sound !== null) await peaksFile(cache, media);
  await proxyFile(cache, media);
};

const none = { file: '', seconds: 0 };

const slower = (than: typeof none, path: string, start: number): typeof none => {
  const seconds = (performance.now() - start) / 1000;
  return seconds > than.seconds ? { file: basename(path), seconds } : than;
};

/**
 * Damages files and lets the editor read them.
 * @param each files of each container
 * @param derived of every so many accepted files everything is derived as well
 */
export const readDamaged = async (
  cache: Cache,
  { each, derived, parallel }: { each: number; derived: number; parallel: number },
): Promise<DamageReport> => {
  const clips = createClipFolder();
  const report: DamageReport = {
    files: 0,
    accepted: 0,
    refused: 0,
    slowestLook: none,
    slowestDerived: none,
    problems: [],
  };
  try {
    const work: { path: string; bytes: Buffer }[] = [];
    const folder = join(clips.folder, 'damaged');
    mkdirSync(folder);
    for (const [ending, args] of Object.entries(containers)) {
      clips.ffmpeg(...args, clips.path(`whole.${ending}`));
      const whole = readFileSync(clips.path(`whole.${ending}`));
      for (let i = 0; i < each; i++)
        work.push({ path: join(folder, `${i}.${ending}`), bytes: damage(whole, i + 1000 * ending.charCodeAt(1)) });
    }
    for (const { path, bytes } of work) writeFileSync(path, bytes);
    const before = readdirSync(clips.folder, { recursive: true }).length;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < work.length) {
        const { path } = work[next++];
        report.files++;
        const start = performance.now();
        try {
          const facts = await readMediaFile(path);
          const { kind, firstNumber, bytes, picture: seen, sound: heard } = facts;
          const media = mediaSchema.parse({
            kind, path, firstNumber, bytes, picture: seen, sound: heard, hash: await contentHash(path), name: 'x',
            id: '01890000-0000-7000-8000-000000000000', binId: null, relativePath: null, provenance: null,
          }); // prettier-ignore
          report.slowestLook = slower(report.slowestLook, path, start);
          if (report.accepted++ % derived !== 0) continue;
          const begun = performance.now();
          await derive(cache, media).catch(expected);
          report.slowestDerived = slower(report.slowestDerived, path, begun);
        } catch (error) {
          if (error instanceof UserFacingError) {
            report.refused++;
            report.slowestLook = slower(report.slowestLook, path, start);
          } else report.problems.push(`${path}: ${String(error)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    const appeared = readdirSync(clips.folder, { recursive: true }).length - before;
    if (appeared !== 0) report.problems.push(`${appeared} files appeared beside the media`);
    return report;
  } finally {
    clips.remove();
  }
};
