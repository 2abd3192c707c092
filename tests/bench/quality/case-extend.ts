import { basename, join } from 'node:path';
import { carriedOn, hold } from './baselines.ts';
import type { CaseResult } from './case-fill.ts';
import { again, pickThree } from './case-fill.ts';
import type { Row } from './measure.ts';
import { measure, prepareTruth } from './measure.ts';
import type { SheetRow } from './sheet.ts';
import type { Bench } from './tool.ts';
import { runTool } from './tool.ts';
import type { Frame } from './video-file.ts';
import { allFrames, readVideo, writeVideo } from './video-file.ts';

/**
 * Cuts `count` frames off the end (or the beginning) and asks for them back. Backward is measured in the mirror of time: the first
 * frame compared is the one next to the known ones.
 */
export const extendCase = async (
  clip: string,
  count: number,
  direction: 'forward' | 'backward',
  bench: Bench,
): Promise<CaseResult> => {
  const video = await readVideo(clip, { limit: 96 });
  const frames = allFrames(video);
  const { rate } = video;
  const total = frames.length;
  const back = direction === 'backward';
  const source = join(bench.folder, 'head.mp4');
  await writeVideo(source, back ? frames.slice(count) : frames.slice(0, total - count), rate);
  const kept = total - count;
  const [near, next] = back ? [0, 1] : [kept - 1, kept - 2];
  const given = (await readVideo(source, { keep: (i) => i === near || i === next })).frames;
  const [last, previous] = [given[near]!, given[next]!];

  /** From the known frames outwards. */
  const outward = (list: readonly Frame[]): Frame[] => (back ? [...list].reverse() : [...list]);
  const hidden = back ? frames.slice(0, count) : frames.slice(kept);
  const truth = prepareTruth(outward(hidden), back ? frames[count] : frames[kept - 1], undefined, bench.tof);
  const name = back ? `extend-back-${count}` : `extend-${count}`;
  const label = { task: 'extend', case: name, clip: basename(clip) };
  const rows: Row[] = [];
  const sheet: SheetRow[] = [{ label: 'truth', frames: pickThree(truth.frames) }];
  const add = (method: string, got: readonly Frame[], more: Record<string, number> = {}): void => {
    const { figures, perFrame } = measure(got, truth);
    rows.push({ ...label, method, figures: { ...figures, ...more }, perFrame });
    sheet.push({ label: method, frames: pickThree(got) });
  };
  const baselines: [string, () => Frame[]][] = [
    ['hold', () => hold(last, count)],
    ['constvel', () => carriedOn(previous, last, count)],
    ['decayvel', () => carriedOn(previous, last, count, 0.85)],
  ];
  for (const [method, make] of baselines) {
    add(method, (await again([last, ...make()], rate, bench.folder)).slice(1));
  }
  const seconds = ((count * rate.den) / rate.num).toFixed(6);
  const args = [
    'extend',
    source,
    '--seconds',
    seconds,
    '--direction',
    direction,
    '--only-new',
    '-o',
    'OUT',
    '--crf',
    '6',
  ];
  for (const run of await runTool(bench, args)) {
    const out = allFrames(await readVideo(run.output));
    if (out.length !== count) {
      process.stderr.write(`  ${run.method} gave ${out.length} frames instead of ${count}\n`);
      continue;
    }
    add(run.method, outward(out), { seconds: run.seconds });
  }
  return { rows, sheet };
};
