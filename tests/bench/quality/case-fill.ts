import { basename, join } from 'node:path';
import { bidirectionalFlow, linearBlend, minterpolate, minterpolateFrames } from './baselines.ts';
import type { Row } from './measure.ts';
import { measure, prepareTruth } from './measure.ts';
import { mean, psnr } from './metrics.ts';
import type { SheetRow } from './sheet.ts';
import type { Bench } from './tool.ts';
import { runTool } from './tool.ts';
import type { Frame, Rate } from './video-file.ts';
import { allFrames, readVideo, writeVideo } from './video-file.ts';

export type CaseResult = { rows: Row[]; sheet: SheetRow[] };

/** The frames after the same output encode that every method passes through. */
export const again = async (frames: readonly Frame[], rate: Rate, folder: string): Promise<Frame[]> => {
  const file = join(folder, 'again.mp4');
  await writeVideo(file, frames, rate);
  return allFrames(await readVideo(file));
};

export const pickThree = (frames: readonly Frame[]): Frame[] => [
  frames[0],
  frames[frames.length >> 1],
  frames[frames.length - 1],
];

/** Hides `hide` frames in the middle (black) and asks for them back. */
export const fillCase = async (clip: string, hide: number, bench: Bench): Promise<CaseResult> => {
  const video = await readVideo(clip, { limit: 96 });
  const frames = allFrames(video);
  const { rate } = video;
  const total = frames.length;
  const a = (total >> 1) - (hide >> 1);
  const b = a + hide - 1;
  const inHole = (i: number): boolean => a <= i && i <= b;
  const source = join(bench.folder, 'holed.mp4');
  const black: Frame = { ...frames[0], data: new Uint8Array(frames[0].data.length) };
  await writeVideo(
    source,
    frames.map((frame, i) => (inHole(i) ? black : frame)),
    rate,
  );

  const wanted = new Set(minterpolateFrames(total, [a, b]));
  const tooled = bench.denoisers.length > 0;
  const given = (await readVideo(source, { keep: (i) => wanted.has(i) || (tooled && !inHole(i)) })).frames;
  const at = (i: number): Frame => given[i]!;
  const left = at(a - 1);
  const right = at(b + 1);

  const truth = prepareTruth(frames.slice(a, b + 1), frames[a - 1], frames[b + 1], bench.tof);
  const label = { task: 'fill', case: `fill-${hide}`, clip: basename(clip) };
  const rows: Row[] = [];
  const sheet: SheetRow[] = [{ label: 'truth', frames: pickThree(truth.frames) }];
  const add = (method: string, got: readonly Frame[], more: Record<string, number> = {}): void => {
    const { figures, perFrame } = measure(got, truth);
    rows.push({ ...label, method, figures: { ...figures, ...more }, perFrame });
    sheet.push({ label: method, frames: pickThree(got) });
  };
  const baselines: [string, () => Frame[] | Promise<Frame[]>][] = [
    ['blend', () => linearBlend(left, right, hide)],
    ['biflow', () => bidirectionalFlow(left, right, hide)],
    ['minterpolate', () => minterpolate(at, total, [a, b], rate, bench.folder)],
  ];
  for (const [method, make] of baselines) {
    add(method, (await again([left, ...(await make()), right], rate, bench.folder)).slice(1, -1));
  }
  const args = ['fill', source, '--frames', `${a}-${b}`, '-o', 'OUT', '--crf', '6'];
  for (const run of await runTool(bench, args)) {
    const out = allFrames(await readVideo(run.output));
    if (out.length !== total) {
      process.stderr.write(`  ${run.method} gave ${out.length} frames instead of ${total}\n`);
      continue;
    }
    const kept = out.flatMap((frame, i) => (inHole(i) ? [] : [psnr(frame, at(i))]));
    add(run.method, out.slice(a, b + 1), { seconds: run.seconds, kept: mean(kept) });
  }
  return { rows, sheet };
};
