import { basename, join } from 'node:path';
import { hold } from './baselines.ts';
import type { CaseResult } from './case-fill.ts';
import type { Row } from './measure.ts';
import { detail, mean } from './metrics.ts';
import type { SheetRow } from './sheet.ts';
import type { Bench } from './tool.ts';
import { runTool } from './tool.ts';
import type { Frame } from './video-file.ts';
import { allFrames, readVideo, writeVideo } from './video-file.ts';

type Colour = { mean: number[]; spread: number[] };

const colourOf = (frame: Frame): Colour => {
  const count = frame.width * frame.height;
  const sum = [0, 0, 0];
  const square = [0, 0, 0];
  frame.data.forEach((value, i) => {
    sum[i % 3] += value;
    square[i % 3] += value * value;
  });
  const means = sum.map((value) => value / count);
  return { mean: means, spread: square.map((value, c) => Math.sqrt(Math.max(0, value / count - means[c] ** 2))) };
};

const drift = (a: Colour, b: Colour): number =>
  mean(a.mean.map((value, c) => Math.abs(value - b.mean[c]) + Math.abs(a.spread[c] - b.spread[c])));

/** Extends a clip far beyond what one window holds, and follows sharpness and colour second by second against the last known frames. */
export const longCase = async (clip: string, seconds: number, bench: Bench): Promise<CaseResult> => {
  const video = await readVideo(clip, { limit: 96 });
  const { rate } = video;
  const frames = allFrames(video);
  const source = join(bench.folder, 'head.mp4');
  await writeVideo(source, frames, rate);
  const context = allFrames(await readVideo(source)).slice(-12);
  const sharpness = mean(context.map(detail));
  const colours = context.map(colourOf);
  const average: Colour = {
    mean: [0, 1, 2].map((c) => mean(colours.map((one) => one.mean[c]))),
    spread: [0, 1, 2].map((c) => mean(colours.map((one) => one.spread[c]))),
  };
  const label = { task: 'long', case: `long-${seconds}`, clip: basename(clip) };
  const rows: Row[] = [];
  const sheet: SheetRow[] = [];
  const add = (method: string, samples: readonly Frame[], more = {}): void => {
    const perSecond = {
      sharp: samples.map((frame) => detail(frame) / sharpness),
      colour: samples.map((frame) => drift(colourOf(frame), average)),
    };
    const last = Math.max(0, samples.length - 3);
    const figures = {
      sharpEnd: mean(perSecond.sharp.slice(last)),
      sharpWorst: Math.min(...perSecond.sharp),
      colourEnd: mean(perSecond.colour.slice(last)),
      colourWorst: Math.max(...perSecond.colour),
      ...more,
    };
    rows.push({ ...label, method, figures, perSecond });
    sheet.push({
      label: method,
      frames: [0, 0.25, 0.5, 0.75, 1].map((t) => samples[Math.round(t * (samples.length - 1))]),
    });
  };
  add('hold', hold(context.at(-1)!, seconds));
  const args = ['extend', source, '--seconds', String(seconds), '--only-new', '-o', 'OUT', '--crf', '12'];
  for (const run of await runTool(bench, args)) {
    const step = rate.num / rate.den;
    const marks = new Set(Array.from({ length: seconds }, (_, k) => Math.round((k + 1) * step) - 1));
    const out = await readVideo(run.output, { keep: (i) => marks.has(i) });
    add(
      run.method,
      out.frames.filter((frame) => frame !== undefined),
      { frames: out.frames.length, seconds: run.seconds },
    );
  }
  return { rows, sheet };
};
