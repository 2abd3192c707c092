import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Canvas } from './canvas.ts';
import type { Look } from './develop.ts';
import { develop } from './develop.ts';
import type { Sound } from './sound.ts';
import { writeWav } from './sound.ts';

/** A moving picture that can draw any of its frames, in any order, at the size it was made for. */
export type Scene = {
  look: Look;
  /** `seconds` from the start of the clip. The canvas is the scene's own and is drawn over by the next call. */
  draw: (seconds: number) => Canvas;
};

export type Clip = {
  frames: number;
  rate: number;
  crf: number;
  scene: (width: number, height: number) => Scene;
  sound: (seconds: number) => Sound;
};

/** Draws all frames of a clip into ffmpeg. Returns when the file is whole. */
export const renderClip = async (clip: Clip, width: number, height: number, file: string): Promise<void> => {
  const scene = clip.scene(width, height);
  const wav = `${file}.wav`;
  await writeWav(wav, clip.sound(clip.frames / clip.rate));
  const picture = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    String(clip.rate),
    '-i',
    '-',
  ];
  const tags = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
  const ffmpeg = spawn(
    process.env.LONGTAKE_FFMPEG ?? 'ffmpeg',
    [
      ...['-v', 'error', '-y', ...picture, '-i', `file:${wav}`, '-map', '0:v', '-map', '1:a'],
      ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv', ...tags],
      ...['-c:v', 'libx264', '-preset', 'slow', '-tune', 'film', '-crf', String(clip.crf), '-pix_fmt', 'yuv420p'],
      ...['-c:a', 'aac', '-b:a', '96k', '-movflags', '+faststart', '-bitexact', '-map_metadata', '-1', `file:${file}`],
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const closed = once(ffmpeg, 'close');
  for (let i = 0; i < clip.frames; i++) {
    const rows = develop(scene.draw(i / clip.rate), scene.look, i);
    if (!ffmpeg.stdin.write(rows)) await once(ffmpeg.stdin, 'drain');
    if (i % 12 === 0) process.stderr.write(`  ${file}: frame ${i} of ${clip.frames}\n`);
  }
  ffmpeg.stdin.end();
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while writing ${file}`);
  await rm(wav);
};

/** Writes 8-bit R'G'B' rows as one picture; the ending of `file` picks PNG or JPEG. */
export const writePicture = async (rows: Uint8Array, width: number, height: number, file: string): Promise<void> => {
  const ffmpeg = spawn(
    process.env.LONGTAKE_FFMPEG ?? 'ffmpeg',
    [
      ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', '-'],
      ...['-frames:v', '1', '-q:v', '3', '-bitexact', `file:${file}`],
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const closed = once(ffmpeg, 'close');
  ffmpeg.stdin.end(rows);
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while writing ${file}`);
};
