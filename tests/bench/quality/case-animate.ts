import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { cameraMotion } from '../../../engine/diffusion/camera.ts';
import { disFlow } from '../../../engine/frames/dis-flow.ts';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import { parseCameraWords } from '../../../engine/tasks/camera-words.ts';
import type { CaseResult } from './case-fill.ts';
import { apply, fitHomography, gridPoints, track } from './homography.ts';
import type { Row } from './measure.ts';
import { mean, smallGrey } from './metrics.ts';
import type { SheetRow } from './sheet.ts';
import type { Bench } from './tool.ts';
import { runTool } from './tool.ts';
import type { Frame } from './video-file.ts';
import { allFrames, probeVideo, readVideo, referenceEncode } from './video-file.ts';

const seconds = 1;
const fps = 24;
/** Stills are brought to this longer side first, so that eighty runs fit into an evening. */
const longSide = 1280;

export const cameraWords = [
  'pan left',
  'pan right',
  'tilt up',
  'tilt down',
  'zoom in',
  'zoom out',
  'roll left',
  'roll right',
];

const runProgram = promisify(execFile);
const ffmpeg = async (args: string[]): Promise<void> => {
  await runProgram(findFfmpeg().ffmpeg, ['-v', 'error', '-y', ...args]);
};

const prepareStill = async (
  still: string,
  folder: string,
): Promise<{ file: string; width: number; height: number }> => {
  const file = join(folder, 'still.png');
  const size = `w='if(gte(iw,ih),${longSide},-2)':h='if(gte(iw,ih),-2,${longSide})'`;
  await ffmpeg(['-i', still, '-vf', `scale=${size}:flags=lanczos`, '-frames:v', '1', file]);
  const { width, height } = await probeVideo(file);
  return { file, width, height };
};

/** Flow of neighbours, the whole track, and how badly each frame explains the next one (8-bit steps of luma). */
const motionOf = (frames: readonly Frame[]): { flows: ReturnType<typeof disFlow>[]; warpError: number } => {
  const greys = frames.map(smallGrey);
  const errors: number[] = [];
  const flows = greys.slice(1).map((next, k) => {
    const flow = disFlow(greys[k], next);
    const { width, height } = next;
    let sum = 0;
    let count = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        const px = Math.round(x + flow.data[i]);
        const py = Math.round(y + flow.data[width * height + i]);
        if (px < 0 || py < 0 || px >= width || py >= height) continue;
        sum += Math.abs(next.data[py * width + px] - greys[k].data[i]);
        count++;
      }
    }
    errors.push(sum / count);
    return flow;
  });
  return { flows, warpError: mean(errors) };
};

/** ffmpeg's zoompan doing the same move, or nothing where it cannot (rolling). */
const kenBurns = (words: string, width: number, height: number): string | undefined => {
  const move = parseCameraWords(words);
  if (move.rollLeft !== 0) return undefined;
  const frames = seconds * fps;
  const t = `(on/${fps})`;
  const room = 1 + 2 * Math.max(Math.abs(move.panRight), Math.abs(move.tiltUp)) * seconds;
  const zoom = move.zoomIn >= 0 ? `exp(${move.zoomIn}*${t})` : `exp(${-move.zoomIn}*(${seconds}-${t}))`;
  const z = move.zoomIn === 0 ? String(room) : zoom;
  const x = `iw/2-(iw/zoom/2)+(${t}-${seconds / 2})*${move.panRight}*iw/zoom`;
  const y = `ih/2-(ih/zoom/2)-(${t}-${seconds / 2})*${move.tiltUp}*ih/zoom`;
  return `scale=iw*3:ih*3,zoompan=z='${z}':x='${x}':y='${y}':d=${frames}:s=${width}x${height}:fps=${fps}`;
};

const picked = (frames: readonly Frame[]): Frame[] => [0, 8, 16, frames.length - 1].map((i) => frames[i]);

/** Animates a still by one camera word and measures the camera's motion that is seen against the one that was asked for. */
export const cameraCase = async (still: string, words: string, bench: Bench): Promise<CaseResult> => {
  const { file, width, height } = await prepareStill(still, bench.folder);
  const label = { task: 'animate', case: 'animate-camera', clip: `${basename(still)}: ${words}` };
  const rows: Row[] = [];
  const sheet: SheetRow[] = [];
  const add = (method: string, frames: readonly Frame[], more = {}): void => {
    const { flows, warpError } = motionOf(frames);
    const [w, h] = [flows[0].width, flows[0].height];
    const from = gridPoints(w, h, 24, 16, 0.18);
    const seen = fitHomography(from, track(from, flows), Math.max(w, h));
    const asked = cameraMotion(parseCameraWords(words), w, h)(0, (frames.length - 1) / fps);
    let error = 0;
    let size = 0;
    for (let i = 0; i < from.length; i += 2) {
      const at = Math.round(from[i + 1]) * w + Math.round(from[i]);
      const [dx, dy] = [asked.data[at], asked.data[w * h + at]];
      const [x, y] = apply(seen, from[i], from[i + 1]);
      error += Math.hypot(x - from[i] - dx, y - from[i + 1] - dy);
      size += Math.hypot(dx, dy);
    }
    rows.push({ ...label, method, figures: { motionError: error / size, warpError, ...more } });
    sheet.push({ label: method, frames: picked(frames) });
  };
  const filter = kenBurns(words, width, height);
  if (filter) {
    const out = join(bench.folder, 'ken-burns.mp4');
    await ffmpeg(['-i', file, '-vf', `${filter},${referenceEncode[1]}`, ...referenceEncode.slice(2), out]);
    add('ken-burns', allFrames(await readVideo(out)));
  }
  const args = ['animate', file, '--camera', words, '--seconds', String(seconds), '--fps', String(fps), '-o', 'OUT'];
  for (const run of await runTool(bench, [...args, '--crf', '6'])) {
    add(run.method, allFrames(await readVideo(run.output)), { seconds: run.seconds });
  }
  return { rows, sheet };
};

/** Drags the middle of a still along an arrow (8% of the longer side, a direction of its own per still). */
export const arrowCase = async (still: string, index: number, bench: Bench): Promise<CaseResult> => {
  const { file, width, height } = await prepareStill(still, bench.folder);
  const label = { task: 'animate', case: 'animate-arrow', clip: basename(still) };
  const rows: Row[] = [];
  const sheet: SheetRow[] = [];
  const angle = (index * 36 * Math.PI) / 180;
  const length = 0.08 * Math.max(width, height);
  const start = [Math.round(width / 2), Math.round(height * 0.55)];
  const arrow = [Math.round(length * Math.cos(angle)), Math.round(length * Math.sin(angle))];
  const args = [
    'animate',
    file,
    '--hint',
    [...start, ...arrow].join(','),
    '--seconds',
    String(seconds),
    '--fps',
    String(fps),
  ];
  for (const run of await runTool(bench, [...args, '-o', 'OUT', '--crf', '6'])) {
    const frames = allFrames(await readVideo(run.output));
    const { flows, warpError } = motionOf(frames);
    const scale = flows[0].width / width;
    const near = gridPoints(flows[0].width * 0.04, flows[0].height * 0.04, 5, 5, 0);
    for (let i = 0; i < near.length; i += 2) {
      near[i] += (start[0] - width * 0.02) * scale;
      near[i + 1] += (start[1] - height * 0.02) * scale;
    }
    const ends = track(near, flows);
    let dx = 0;
    let dy = 0;
    for (let i = 0; i < near.length; i += 2) {
      dx += (ends[i] - near[i]) / (near.length / 2) / scale;
      dy += (ends[i + 1] - near[i + 1]) / (near.length / 2) / scale;
    }
    const endpointError = Math.hypot(dx - arrow[0], dy - arrow[1]);
    const share = endpointError / Math.hypot(arrow[0], arrow[1]);
    rows.push({
      ...label,
      method: run.method,
      figures: { endpointError, endpointShare: share, warpError, seconds: run.seconds },
    });
    sheet.push({ label: run.method, frames: picked(frames) });
  }
  return { rows, sheet };
};
