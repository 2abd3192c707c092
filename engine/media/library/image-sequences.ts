import { basename, dirname, extname, join } from 'node:path';

/** Numbered pictures that play as a clip, without a hole. */
export type ImageSequence = {
  /** ffmpeg's pattern, for example /shots/a.%04d.png; a % of the name itself is doubled. */
  pattern: string;
  first: number;
  /** In order of their numbers. */
  files: string[];
  /** What a person reads in the bin, for example a.[0001-0120].png. */
  name: string;
};

export type SequencePolicy =
  /** Numbered pictures become clips, except photos as cameras number them (IMG_0001.JPG). */
  'auto' | 'always' | 'never';

export type GroupedFiles = {
  sequences: ImageSequence[];
  /** Everything else, in the order given. */
  single: string[];
  /** A sentence for each numbering with holes. */
  gaps: string[];
};

const pictureEndings = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.exr', '.dpx', '.tga', '.bmp', '.webp']);
/** Two pictures are a pair of pictures. */
const fewest = 3;
const numbered = /^(.*?)(\d+)$/s;
/** The names that cameras give by the DCF standard: four characters and four digits. Such photos are pictures of their own. */
const cameraName = /^[A-Z0-9_]{4}\d{4}$/;

type Numbered = { path: string; digits: string; number: number };

/** The files of a pattern, `count` of them from number `first` on. */
export const patternFiles = (pattern: string, first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    pattern.replace(/%(?:%|0?(\d*)d)/g, (part, width: string | undefined) =>
      part === '%%' ? '%' : String(first + i).padStart(Number(width ?? 0), '0'),
    ),
  );

const pattern = (folder: string, stem: string, width: number, ending: string): string =>
  join(folder.replaceAll('%', '%%'), `${stem.replaceAll('%', '%%')}%${width > 0 ? `0${width}` : ''}d${ending}`);

/** Numbers of the same count of digits belong together, and those without leading zeros with each other: a.9 is followed by a.10. */
const padded = (files: readonly Numbered[]): boolean =>
  files.some((file) => file.digits.length > 1 && file.digits.startsWith('0'));

const runsOf = (files: readonly Numbered[]): Numbered[][] => {
  const runs: Numbered[][] = [];
  for (const file of files) {
    const last = runs.at(-1);
    if (last !== undefined && last[last.length - 1].number + 1 === file.number) last.push(file);
    else runs.push([file]);
  }
  return runs;
};

/** What lies between stretches, in words; undefined when there is one stretch. */
const gapsBetween = (runs: readonly Numbered[][], name: string): string | undefined => {
  if (runs.length < 2) return undefined;
  const holes = runs.slice(1).map((run, index) => {
    const [from, to] = [runs[index][runs[index].length - 1].number + 1, run[0].number - 1];
    return from === to ? String(from) : `${from}–${to}`;
  });
  const told = holes.length > 10 ? `${holes.slice(0, 10).join(', ')} and ${holes.length - 10} more` : holes.join(', ');
  const last = runs[runs.length - 1];
  return `${name} is numbered from ${runs[0][0].number} to ${last[last.length - 1].number} but lacks ${told}: each stretch is a clip of its own.`;
};

type Series = { stem: string; ending: string; folder: string; files: Numbered[] };
/** `width`: digits with leading zeros; 0 for numbers without. */
type Numbering = Series & { width: number };

/** Picture files by folder, name and ending; within a series only the number differs. */
const seriesOf = (files: readonly string[], policy: SequencePolicy): Numbering[] => {
  const all = new Map<string, Series>();
  for (const path of files) {
    const ending = extname(path);
    const match = numbered.exec(basename(path, ending));
    if (match === null || !pictureEndings.has(ending.toLowerCase()) || match[2].length > 12) continue;
    if (policy === 'auto' && cameraName.test(match[0]) && /^\.(jpe?g|tiff?)$/i.test(ending)) continue;
    const [folder, stem] = [dirname(path), match[1]];
    const key = JSON.stringify([folder, stem, ending]);
    const series = all.get(key) ?? { stem, ending, folder, files: [] };
    series.files.push({ path, digits: match[2], number: Number(match[2]) });
    all.set(key, series);
  }
  return [...all.values()].flatMap((series) => {
    if (!padded(series.files)) return [{ ...series, width: 0 }];
    const widths = [...new Set(series.files.map(({ digits }) => digits.length))];
    return widths.map((width) => ({
      ...series,
      width,
      files: series.files.filter(({ digits }) => digits.length === width),
    }));
  });
};

/**
 * Finds the clips among picture files. ffmpeg stops at the first hole of a numbering, so each stretch without one becomes a clip of its own,
 * and the holes are told.
 */
export const groupSequences = (files: readonly string[], policy: SequencePolicy = 'auto'): GroupedFiles => {
  const result: GroupedFiles = { sequences: [], single: [], gaps: [] };
  const taken = new Set<string>();
  for (const { stem, ending, folder, width, files: members } of policy === 'never' ? [] : seriesOf(files, policy)) {
    const runs = runsOf(members.sort((a, b) => a.number - b.number));
    const clips = runs.filter((run) => run.length >= fewest);
    if (clips.length === 0) continue;
    const gaps = gapsBetween(runs, `${stem}#${ending}`);
    if (gaps !== undefined) result.gaps.push(gaps);
    for (const run of clips) {
      run.forEach((file) => taken.add(file.path));
      result.sequences.push({
        pattern: pattern(folder, stem, width, ending),
        first: run[0].number,
        files: run.map((file) => file.path),
        name: `${stem}[${run[0].digits}-${run[run.length - 1].digits}]${ending}`,
      });
    }
  }
  result.single = files.filter((path) => !taken.has(path));
  return result;
};
