/**
 * Compares the shipped pack with classical methods on real clips: `npm run bench:quality -- [options]`.
 *
 *   --clips DIR        folder of .mp4 clips (default ../shared/corpus/eval-public)
 *   --stills DIR       folder of pictures for animate (default ../shared/corpus/stills)
 *   --tasks A,B        fill, extend, inpaint, blend, animate, long (default all but long)
 *   --cases A,B        only these cases: see `cases` below
 *   --only TEXT        only clips, pairs, stills and camera words with TEXT in their name
 *   --limit N          at most N of them a case
 *   --denoisers A,B    on, prior, shuffled, or none for the baselines alone (default on)
 *   --steps N          steps of the sampler (default the pack's)
 *   --model ID         a pack other than the shipped one
 *   --no-tof           leave out the comparison of motion
 *   --sheets N         contact sheets of N clips a case (default 3, evenly spread; 0 for none)
 *   --timeout N        seconds that one run may take (default 1800)
 *   --docs DIR         where quality.md, quality.json and sheets/ go (default docs); rows of earlier runs are kept
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { arrowCase, cameraCase, cameraWords } from './case-animate.ts';
import { blendCase } from './case-blend.ts';
import { extendCase } from './case-extend.ts';
import type { CaseResult } from './case-fill.ts';
import { fillCase } from './case-fill.ts';
import { inpaintCase } from './case-inpaint.ts';
import { longCase } from './case-long.ts';
import type { Report } from './report.ts';
import { mergeReport, renderReport } from './report.ts';
import { contactSheet, writePicture } from './sheet.ts';
import type { Bench } from './tool.ts';

const root = join(import.meta.dirname, '../../..');
const { values } = parseArgs({
  options: {
    clips: { type: 'string', default: join(root, '../shared/corpus/eval-public') },
    stills: { type: 'string', default: join(root, '../shared/corpus/stills') },
    tasks: { type: 'string', default: 'fill,extend,inpaint,blend,animate' },
    cases: { type: 'string' },
    only: { type: 'string', default: '' },
    limit: { type: 'string' },
    denoisers: { type: 'string', default: 'on' },
    steps: { type: 'string' },
    model: { type: 'string' },
    'no-tof': { type: 'boolean', default: false },
    sheets: { type: 'string', default: '3' },
    timeout: { type: 'string', default: '1800' },
    docs: { type: 'string', default: join(root, 'docs') },
  },
});

const list = async (folder: string, endings: RegExp): Promise<string[]> => {
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder}: name one with --clips or --stills.`);
  const names = (await readdir(folder)).filter((name) => endings.test(name)).sort();
  return names.map((name) => join(folder, name));
};

type Item = { name: string; run: (bench: Bench) => Promise<CaseResult> };
type Case = { task: string; name: string; items: () => Promise<Item[]> };

const clips = (): Promise<string[]> => list(values.clips, /\.(mp4|mov|mkv|webm)$/i);
const stills = (): Promise<string[]> => list(values.stills, /\.(jpe?g|png)$/i);
const perClip = (task: string, name: string, run: (clip: string, bench: Bench) => Promise<CaseResult>): Case => ({
  task,
  name,
  items: async () => (await clips()).map((clip) => ({ name: basename(clip), run: (bench) => run(clip, bench) })),
});

const cases: Case[] = [
  ...[3, 7, 15].map((n) => perClip('fill', `fill-${n}`, (clip, bench) => fillCase(clip, n, bench))),
  ...[12, 24].map((n) => perClip('extend', `extend-${n}`, (clip, bench) => extendCase(clip, n, 'forward', bench))),
  perClip('extend', 'extend-back-12', (clip, bench) => extendCase(clip, 12, 'backward', bench)),
  perClip('inpaint', 'inpaint-box', inpaintCase),
  {
    task: 'blend',
    name: 'blend',
    items: async () => {
      const all = await clips();
      const pairs = all.map((clip, i) => [clip, all[(i + 1) % all.length]]);
      return pairs.map(([a, b]) => ({ name: `${basename(a)}-${basename(b)}`, run: (bench) => blendCase(a, b, bench) }));
    },
  },
  {
    task: 'animate',
    name: 'animate-camera',
    items: async () =>
      (await stills()).flatMap((still) =>
        cameraWords.map((words) => ({
          name: `${basename(still)} ${words}`,
          run: (bench) => cameraCase(still, words, bench),
        })),
      ),
  },
  {
    task: 'animate',
    name: 'animate-arrow',
    items: async () =>
      (await stills()).map((still, i) => ({ name: basename(still), run: (bench) => arrowCase(still, i, bench) })),
  },
  ...[10, 30, 60].map((s) => perClip('long', `long-${s}`, (clip, bench) => longCase(clip, s, bench))),
];

const tasks = values.tasks.split(',');
const chosen = cases.filter((one) =>
  values.cases ? values.cases.split(',').includes(one.name) : tasks.includes(one.task),
);
if (chosen.length === 0) throw new Error(`No such case. There are: ${cases.map((one) => one.name).join(', ')}.`);

const packName = async (): Promise<string> => {
  if (values.model) return values.model;
  const manifest = join(root, 'resources/models/longtake-embedded/manifest.json');
  if (!existsSync(manifest)) return '';
  const pack = JSON.parse(await readFile(manifest, 'utf8')) as { id: string; version: string };
  return `${pack.id} ${pack.version}${values.steps ? `, ${values.steps} steps` : ''}`;
};

const jsonFile = join(values.docs, 'quality.json');
let report: Report | undefined = existsSync(jsonFile)
  ? (JSON.parse(await readFile(jsonFile, 'utf8')) as Report)
  : undefined;

/** Four digits are more than any figure here is worth. */
const shortened = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1e4) / 1e4 : value;

const save = async (): Promise<void> => {
  await mkdir(values.docs, { recursive: true });
  await writeFile(jsonFile, JSON.stringify(report, shortened, 1) + '\n');
  await writeFile(join(values.docs, 'quality.md'), renderReport(report!));
};

const denoisers = values.denoisers === 'none' ? [] : values.denoisers.split(',');
const sheetCount = Number(values.sheets);

for (const one of chosen) {
  const items = (await one.items())
    .filter((item) => item.name.includes(values.only))
    .slice(0, values.limit ? Number(values.limit) : undefined);
  for (const [index, item] of items.entries()) {
    const folder = await mkdtemp(join(tmpdir(), 'longtake-bench-'));
    const bench: Bench = {
      folder,
      denoisers,
      steps: values.steps,
      model: values.model,
      timeoutSeconds: Number(values.timeout),
      tof: !values['no-tof'],
    };
    const fresh: Report = { pack: await packName(), rows: [], sheets: [] };
    try {
      const { rows, sheet } = await item.run(bench);
      fresh.rows = rows;
      const shown = sheetCount > 0 && index % Math.ceil(items.length / sheetCount) === 0;
      if (shown && sheet.length > 0) {
        const file = `sheets/${`${one.name}-${item.name}`.replace(/\.\w+(?=[- ]|$)/g, '').replace(/[^\w-]+/g, '-')}.jpg`;
        await mkdir(join(values.docs, 'sheets'), { recursive: true });
        await writePicture(join(values.docs, file), contactSheet(sheet, sheet[0].frames.length > 3 ? 256 : 320));
        fresh.sheets.push({ file, case: one.name, clip: item.name, lines: sheet.map((line) => line.label) });
      }
      for (const row of rows) {
        const figures = Object.entries(row.figures).map(([key, value]) => `${key} ${value.toFixed(3)}`);
        process.stdout.write(`${row.case} ${row.clip} ${row.method}: ${figures.join(', ')}\n`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    report = mergeReport(report, fresh);
    await save();
  }
}
