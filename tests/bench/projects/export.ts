/**
 * Export of an untouched 1080p timeline against one bare ffmpeg transcode to the same settings, in turn in the same run; the same timeline
 * copied instead of encoded; frames of two layers composed. Alone: `node tests/bench/projects/export.ts [SECONDS [ROUNDS]]`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { still } from '../../../engine/contract/timeline/animated.ts';
import { rational } from '../../../engine/contract/timeline/rational.ts';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import { exportSequence } from '../../../engine/render/export/export-sequence.ts';
import { openFrameRenderer } from '../../../engine/render/render-frame.ts';
import { mediaResolver } from '../../../engine/render/resolve-media.ts';
import { Film, placed } from '../../support/film.ts';

const run = promisify(execFile);
const pal = rational(25);

export type ExportSpeed = {
  /** Of 1080p material, seconds, at 25 frames a second. */
  material: number;
  rounds: number;
  /** Seconds: medians of the rounds. */
  bareTranscode: number;
  exported: number;
  copied: number;
  /** Speed of the export as a share of the bare transcode's; of copying as a multiple of it. */
  ratio: number;
  copyRatio: number;
  /** Frames a second of one thread, decoding included, written nowhere: whole-frame dissolve, picture in picture, turned picture. */
  composed: Record<'dissolve' | 'pictureInPicture' | 'turned', number>;
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
};
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const composedSpeed = async (folder: string, source: string, kind: keyof ExportSpeed['composed']): Promise<number> => {
  const film = new Film(pal, 1920, 1080);
  const media = await film.add(source);
  const frames = 60;
  if (kind === 'dissolve') {
    const left = film.clip(0, media, 0, frames / 2);
    const right = film.clip(0, media, frames / 2, frames / 2, { sourceIn: rational(40, 25) });
    film.transition(left, right, { before: frames / 2, after: frames / 2 });
  } else {
    const small = kind === 'turned' ? { rotation: still(10), scale: still(0.8) } : { scale: still(0.5), x: still(300) };
    film.clip(0, media, 0, frames);
    film.clip(1, media, 0, frames, { sourceIn: rational(1), placement: placed(small) });
  }
  const renderer = openFrameRenderer({ document: film.document, sequenceId: film.sequence.id, resolveMedia: mediaResolver(folder) }); // prettier-ignore
  try {
    // The first frames open files and warm the compiler.
    for (let frame = 0; frame < 10; frame++) await renderer.render(frame);
    const seconds = await timed(async () => {
      for (let frame = 10; frame < frames; frame++) await renderer.render(frame);
    });
    return (frames - 10) / seconds;
  } finally {
    await renderer.close();
  }
};

export const measureExport = async (material = 20, rounds = 3): Promise<ExportSpeed> => {
  const folder = await mkdtemp(join(tmpdir(), 'longtake-export-bench-'));
  const { ffmpeg } = findFfmpeg();
  try {
    const source = join(folder, 'source.mp4');
    await run(ffmpeg, [
      '-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=s=1920x1080:r=25:d=${material}`, '-f', 'lavfi', '-i', `sine=r=48000:d=${material}`,
      '-vf', 'noise=alls=4:allf=t', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-g', '50',
      '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv', '-c:a', 'aac', source,
    ]); // prettier-ignore
    const film = new Film(pal, 1920, 1080);
    const media = await film.add(source);
    film.clip(0, media, 0, material * 25);
    film.clip(0, media, 0, material * 25, {}, 'audio');
    const write = (copyUntouched: boolean) =>
      exportSequence({
        document: film.document, sequenceId: film.sequence.id, projectFolder: folder, out: join(folder, 'out.mp4'), force: true,
        settings: { codec: 'h264', quality: 20, speed: 'balanced', copyUntouched },
      }); // prettier-ignore
    const bare = (): Promise<unknown> =>
      run(ffmpeg, [
        '-nostdin', '-v', 'error', '-y', '-i', source, '-c:v', 'libx264', '-preset', 'medium', '-crf', '20', '-g', '50', '-pix_fmt', 'yuv420p',
        '-c:a', 'aac', '-b:a', '256k', '-movflags', '+faststart', join(folder, 'bare.mp4'),
      ]); // prettier-ignore
    const times = { bare: [] as number[], exported: [] as number[], copied: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      times.bare.push(await timed(bare));
      times.exported.push(await timed(() => write(false)));
      times.copied.push(
        await timed(async () => {
          const { copied, notes } = await write(true);
          if (copied.length === 0) throw new Error(notes.join(' '));
        }),
      );
    }
    const [bareTranscode, exported, copied] = [median(times.bare), median(times.exported), median(times.copied)];
    return {
      material, rounds, bareTranscode, exported, copied,
      ratio: bareTranscode / exported,
      copyRatio: bareTranscode / copied,
      composed: {
        dissolve: await composedSpeed(folder, source, 'dissolve'),
        pictureInPicture: await composedSpeed(folder, source, 'pictureInPicture'),
        turned: await composedSpeed(folder, source, 'turned'),
      },
    }; // prettier-ignore
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const [material, rounds] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(await measureExport(material, rounds), undefined, 2));
}
