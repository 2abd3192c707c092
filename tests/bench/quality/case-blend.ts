import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../../engine/media/ffmpeg-binary.ts';
import type { CaseResult } from './case-fill.ts';
import type { Row } from './measure.ts';
import { detail, fieldDistance, flowsOf, mean, median, ssim, ssimSide } from './metrics.ts';
import type { SheetRow } from './sheet.ts';
import type { Bench } from './tool.ts';
import { runTool } from './tool.ts';
import type { Frame } from './video-file.ts';
import { allFrames, readVideo, referenceEncode, writeVideo } from './video-file.ts';

const length = 24;
const context = 48;

const runProgram = promisify(execFile);

/** Neighbours in the clip itself that a seam is compared with. */
const compared = 8;

/**
 * How alike the last known and the first new frame are, over the median of how alike the eight pairs of neighbours before them are: 1 is no
 * seam. `known`: nearest to the seam first.
 */
const seam = (known: readonly Frame[], made: Frame): number => {
  const sides = known.slice(0, compared + 1).map(ssimSide);
  const usual = median(sides.slice(1).map((side, i) => ssim(sides[i], side)));
  return ssim(sides[0], ssimSide(made)) / Math.max(1e-6, usual);
};

/** How unsteadily things move: mean change of the flow from one pair of frames to the next, small pixels per frame. */
const unsteadiness = (frames: readonly Frame[]): number => {
  const flows = flowsOf(frames);
  return mean(flows.slice(1).map((flow, i) => fieldDistance(flow, flows[i])));
};

/** Lets one clip become the other over a second. B is brought to A's size (padded) and rate first, for all methods alike. */
export const blendCase = async (a: string, b: string, bench: Bench): Promise<CaseResult> => {
  const first = await readVideo(a, { limit: context });
  const { width, height, rate } = first;
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
  const chain = `${fit},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,setsar=1,fps=${rate.num}/${rate.den}`;
  const second = await readVideo(b, { limit: context, filter: { chain, width, height } });
  const [fileA, fileB] = [join(bench.folder, 'a.mp4'), join(bench.folder, 'b.mp4')];
  await writeVideo(fileA, allFrames(first), rate);
  await writeVideo(fileB, allFrames(second), rate);
  const [framesA, framesB] = [allFrames(await readVideo(fileA)), allFrames(await readVideo(fileB))];

  const label = { task: 'blend', case: 'blend', clip: `${basename(a, '.mp4')} to ${basename(b, '.mp4')}` };
  const rows: Row[] = [];
  const sheet: SheetRow[] = [];
  /** `before` and `after`: the known frames on either side of the new ones, outermost first and last. */
  const add = (
    method: string,
    got: readonly Frame[],
    before: readonly Frame[],
    after: readonly Frame[],
    more = {},
  ): void => {
    const middle = got[got.length >> 1];
    const around = (detail(before.at(-1)!) + detail(after[0])) / 2;
    const figures = {
      seamIn: seam([...before].reverse(), got[0]),
      seamOut: seam(after, got.at(-1)!),
      sharp: detail(middle) / Math.max(1e-6, around),
      unsteady: unsteadiness([...before.slice(-3), ...got, ...after.slice(0, 3)]),
      ...more,
    };
    rows.push({ ...label, method, figures });
    sheet.push({ label: method, frames: [0, 6, 12, 18, got.length - 1].map((i) => got[i]) });
  };
  // A fade needs both clips at once: it eats the last second of A and the first of B.
  const offset = ((framesA.length - length) * rate.den) / rate.num;
  const duration = (length * rate.den) / rate.num;
  for (const kind of ['fade', 'dissolve']) {
    const out = join(bench.folder, `${kind}.mp4`);
    const filter = `[0:v][1:v]xfade=transition=${kind}:duration=${duration}:offset=${offset}`;
    const colour = referenceEncode.slice(2);
    await runProgram(findFfmpeg().ffmpeg, [
      '-v',
      'error',
      '-y',
      '-i',
      fileA,
      '-i',
      fileB,
      '-filter_complex',
      filter,
      ...colour,
      out,
    ]);
    const all = allFrames(await readVideo(out));
    const start = framesA.length - length;
    add(`xfade-${kind}`, all.slice(start, start + length), framesA.slice(0, start), framesB.slice(length));
  }
  const seconds = duration.toFixed(6);
  const args = ['blend', fileA, fileB, '--seconds', seconds, '--only-new', '-o', 'OUT', '--crf', '6'];
  for (const run of await runTool(bench, args)) {
    const got = allFrames(await readVideo(run.output));
    if (got.length !== length) {
      process.stderr.write(`  ${run.method} gave ${got.length} frames instead of ${length}\n`);
      continue;
    }
    const known = framesA.slice(0, framesA.length - Math.ceil(length / 2));
    add(run.method, got, known, framesB.slice(length >> 1), { seconds: run.seconds });
  }
  return { rows, sheet };
};
