import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import type { Frame } from './video-file.ts';

/** One line of a contact sheet: a method's name (told in the table's text) and its pictures, early to late. */
export type SheetRow = { label: string; frames: readonly Frame[] };

const gap = 4;

/** Mean over the area that each small pixel covers. */
const shrink = (frame: Frame, width: number, height: number): Frame => {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const y0 = Math.floor((y * frame.height) / height);
    const y1 = Math.max(y0 + 1, Math.floor(((y + 1) * frame.height) / height));
    for (let x = 0; x < width; x++) {
      const x0 = Math.floor((x * frame.width) / width);
      const x1 = Math.max(x0 + 1, Math.floor(((x + 1) * frame.width) / width));
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let v = y0; v < y1; v++) for (let u = x0; u < x1; u++) sum += frame.data[(v * frame.width + u) * 3 + c];
        data[(y * width + x) * 3 + c] = Math.round(sum / ((y1 - y0) * (x1 - x0)));
      }
    }
  }
  return { width, height, data };
};

/** Rows under each other as one picture. `tile` is the longer side of one small picture. */
export const contactSheet = (rows: readonly SheetRow[], tile: number): Frame => {
  const first = rows[0].frames[0];
  const scale = tile / Math.max(first.width, first.height);
  const w = Math.round(first.width * scale);
  const h = Math.round(first.height * scale);
  const columns = Math.max(...rows.map((row) => row.frames.length));
  const width = columns * (w + gap) - gap;
  const height = rows.length * (h + gap) - gap;
  const data = new Uint8Array(width * height * 3).fill(24);
  rows.forEach((row, r) => {
    row.frames.forEach((frame, k) => {
      const small = shrink(frame, w, h);
      for (let y = 0; y < h; y++) {
        const to = ((r * (h + gap) + y) * width + k * (w + gap)) * 3;
        data.set(small.data.subarray(y * w * 3, (y + 1) * w * 3), to);
      }
    });
  });
  return { width, height, data };
};

/** Writes a picture; the ending of `path` picks JPEG or PNG. */
export const writePicture = async (path: string, frame: Frame): Promise<void> => {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'bgr24', '-s', `${frame.width}x${frame.height}`, '-i', '-'];
  const ffmpeg = spawn(findFfmpeg().ffmpeg, ['-v', 'error', '-y', ...input, '-frames:v', '1', '-q:v', '5', path], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const closed = once(ffmpeg, 'close');
  ffmpeg.stdin.end(frame.data);
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while writing ${path}`);
};
