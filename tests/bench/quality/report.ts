import type { Row } from './measure.ts';
import { mean } from './metrics.ts';

/** Everything that docs/quality.json holds. */
export type Report = {
  /** What the rows were made with, told by the pack. */
  pack: string;
  rows: Row[];
  /** Committed contact sheets: file below docs/ and what each of its lines shows, top to bottom. */
  sheets: { file: string; case: string; clip: string; lines: string[] }[];
};

type Column = { key: string; title: string; digits: number; better: 'high' | 'low' | 'one' | 'none' };

const restoring: Column[] = [
  { key: 'psnr', title: 'PSNR dB', digits: 2, better: 'high' },
  { key: 'ssim', title: 'SSIM', digits: 4, better: 'high' },
  { key: 'tof', title: 'tOF px', digits: 3, better: 'low' },
  { key: 'sharp', title: 'sharpness', digits: 2, better: 'one' },
  { key: 'seam', title: 'seam', digits: 3, better: 'one' },
  { key: 'kept', title: 'kept dB', digits: 1, better: 'none' },
  { key: 'seconds', title: 's per run', digits: 1, better: 'none' },
];

const columns: Record<string, Column[]> = {
  fill: restoring,
  extend: restoring,
  inpaint: [
    { key: 'psnr', title: 'PSNR inside', digits: 2, better: 'high' },
    { key: 'ssim', title: 'SSIM inside', digits: 4, better: 'high' },
    { key: 'outside', title: 'largest change outside', digits: 0, better: 'none' },
    { key: 'seconds', title: 's per run', digits: 1, better: 'none' },
  ],
  blend: [
    { key: 'seamIn', title: 'seam at A', digits: 3, better: 'one' },
    { key: 'seamOut', title: 'seam at B', digits: 3, better: 'one' },
    { key: 'sharp', title: 'sharpness in the middle', digits: 2, better: 'one' },
    { key: 'unsteady', title: 'unsteadiness px', digits: 2, better: 'low' },
    { key: 'seconds', title: 's per run', digits: 1, better: 'none' },
  ],
  animate: [
    { key: 'motionError', title: 'camera error', digits: 3, better: 'low' },
    { key: 'endpointError', title: 'arrow end px', digits: 1, better: 'low' },
    { key: 'endpointShare', title: 'of the arrow', digits: 2, better: 'low' },
    { key: 'warpError', title: 'warping error', digits: 2, better: 'low' },
    { key: 'seconds', title: 's per run', digits: 1, better: 'none' },
  ],
  long: [
    { key: 'sharpEnd', title: 'sharpness at the end', digits: 2, better: 'one' },
    { key: 'sharpWorst', title: 'lowest', digits: 2, better: 'one' },
    { key: 'colourEnd', title: 'colour drift at the end', digits: 2, better: 'low' },
    { key: 'colourWorst', title: 'largest', digits: 2, better: 'low' },
    { key: 'seconds', title: 's per run', digits: 0, better: 'none' },
  ],
};

/** The figure by which methods of a task are ranked, and which way. */
const ranked: Record<string, Column> = {
  fill: restoring[0],
  extend: restoring[0],
  inpaint: columns.inpaint[0],
};

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Replaces rows and sheets of the same case, clip (and method) by newer ones, so that a long run may be made in parts. */
export const mergeReport = (old: Report | undefined, fresh: Report): Report => {
  const rowKey = (row: Row): string => [row.case, row.clip, row.method].join('|');
  const sheetKey = (sheet: { case: string; clip: string }): string => `${sheet.case}|${sheet.clip}`;
  const rows = new Map([...(old?.rows ?? []), ...fresh.rows].map((row) => [rowKey(row), row]));
  const sheets = new Map([...(old?.sheets ?? []), ...fresh.sheets].map((sheet) => [sheetKey(sheet), sheet]));
  const sorted = <T>(map: Map<string, T>): T[] =>
    [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, v]) => v);
  return { pack: fresh.pack || (old?.pack ?? ''), rows: sorted(rows), sheets: sorted(sheets) };
};

const table = (head: string[], lines: string[][]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');

const meanOf = (rows: readonly Row[], key: string): number | undefined => {
  const values = rows.map((row) => row.figures[key]).filter((value) => value !== undefined);
  return values.length > 0 ? mean(values) : undefined;
};

const caseTable = (task: string, rows: readonly Row[]): string => {
  const used = columns[task].filter((column) => rows.some((row) => row.figures[column.key] !== undefined));
  const methods = unique(rows.map((row) => row.method));
  const values = methods.map((method) => {
    const own = rows.filter((row) => row.method === method);
    return { method, count: own.length, means: used.map((column) => meanOf(own, column.key)) };
  });
  const lines = values.map(({ method, count, means }) => [
    method,
    String(count),
    ...means.map((value, k) => {
      if (value === undefined) return '';
      const text = value.toFixed(used[k].digits);
      const rivals = values.map((other) => other.means[k]).filter((other) => other !== undefined);
      const best = { high: Math.max(...rivals), low: Math.min(...rivals), one: NaN, none: NaN }[used[k].better];
      return value === best && rivals.length > 1 ? `**${text}**` : text;
    }),
  ]);
  return table(['method', 'n', ...used.map((column) => column.title)], lines);
};

/** One honest sentence: who wins, and by how much ours leads or trails on the clips that all have in common. */
const verdict = (task: string, rows: readonly Row[]): string => {
  const column = ranked[task];
  const ours = rows.filter((row) => row.method === 'longtake');
  if (!column || ours.length === 0) return '';
  const clips = new Set(ours.map((row) => row.clip));
  const rivals = unique(rows.map((row) => row.method).filter((method) => method !== 'longtake'));
  const gaps = rivals.flatMap((method) => {
    const theirs = new Map(
      rows.filter((row) => row.method === method && clips.has(row.clip)).map((row) => [row.clip, row]),
    );
    const pairs = ours.filter((row) => theirs.has(row.clip));
    if (pairs.length === 0) return [];
    const gap = mean(pairs.map((row) => row.figures[column.key] - theirs.get(row.clip)!.figures[column.key]));
    const won = pairs.filter((row) => row.figures[column.key] > theirs.get(row.clip)!.figures[column.key]).length;
    return [{ method, gap, won, of: pairs.length }];
  });
  const say = gaps.map(({ method, gap, won, of }) => {
    const lead = gap >= 0 ? `leads ${method} by ${gap.toFixed(2)}` : `**trails ${method} by ${(-gap).toFixed(2)}**`;
    return `${lead} dB (better on ${won} of ${of})`;
  });
  return say.length > 0 ? `Longtake ${say.join(', ')}.` : '';
};

const perClip = (task: string, rows: readonly Row[]): string => {
  const column = ranked[task];
  if (!column) return '';
  const methods = unique(rows.map((row) => row.method));
  const lines = unique(rows.map((row) => row.clip)).map((clip) => [
    clip.replace(/\.\w+$/, ''),
    ...methods.map((method) => {
      const row = rows.find((one) => one.clip === clip && one.method === method);
      return row ? row.figures[column.key].toFixed(2) : '';
    }),
  ]);
  return `<details><summary>per clip, ${column.title}</summary>\n\n${table(['clip', ...methods], lines)}\n\n</details>`;
};

const intro = `# Quality

Written by \`npm run bench:quality\`; the numbers behind it, clip by clip, are in [quality.json](quality.json). Every method reads the same
encoded input and passes through the same output encode; *longtake-prior* is the same pipeline with the transformer replaced by its motion
prior, *longtake-shuffled* with its weights shuffled.

- PSNR: 8-bit RGB, mean of per-frame values. SSIM: luma, 11x11 Gaussian, sigma 1.5. *Sharpness*: mean |dx|+|dy| of luma over the truth's
  (1 is right). *Seam*: SSIM(last known, first new) over SSIM(last known, true first) (1 is right, above 1 is more still than the truth).
  *tOF*: mean difference of optical flow between neighbours, on pictures of at most 640 pixels. *kept*: known frames against the input.
- Only the first 96 frames of a clip count; a hole of n starts at N//2 - n//2. Inpainting: the first 24 frames, a black box of 20% of the
  picture's width and height that crosses the middle, lossless files. Blending: a second between clips of 48 frames; seams are relative to
  how alike the eight pairs of neighbours beside them are (median); *unsteadiness* is the mean change of flow from frame to frame.
- Animate: stills of 1280 pixels, one second; *camera error* is the distance between the homography seen and the move asked for, as a share
  of the move; *warping error* is how badly a frame moved along the flow explains the next one, in 8-bit steps.
- Long: sampled each second; colour drift is the change of mean and spread per channel, in 8-bit steps.
`;

/** docs/quality.md. */
export const renderReport = (report: Report): string => {
  const parts = [intro, report.pack ? `Pack: ${report.pack}.\n` : ''];
  for (const name of unique(report.rows.map((row) => row.case))) {
    const rows = report.rows.filter((row) => row.case === name);
    const task = rows[0].task;
    parts.push(`## ${name}\n`, caseTable(task, rows), '');
    const said = verdict(task, rows);
    if (said) parts.push(said, '');
    const clips = perClip(task, rows);
    if (clips) parts.push(clips, '');
    for (const sheet of report.sheets.filter((one) => one.case === name)) {
      parts.push(`![${sheet.clip}](${sheet.file})`, '', `${sheet.clip}; top to bottom: ${sheet.lines.join(', ')}.`, '');
    }
  }
  return parts.join('\n');
};
