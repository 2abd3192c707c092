import type { Spread } from './bench-editor.ts';
import type { BundleSize } from './bundle.ts';
import type { MemoryFeel, PlaybackFeel } from './playback.ts';
import type { TimelineFeel } from './timeline.ts';

export type UiReport = {
  processor: string;
  threads: number;
  /** Processes that ran or waited to run when the last run began, besides this one. */
  load: number;
  /** What else the machine did meanwhile, as who ran it says. */
  beside?: string;
  timeline?: TimelineFeel;
  playback?: PlaybackFeel;
  memory?: MemoryFeel;
  bundle?: BundleSize;
};

type Bound = [what: string, bound: string, measured: string, holds: boolean];

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;

const timelineBounds = ({ opening, panning, zooming, allKeys }: TimelineFeel): Bound[] => [
  ['opening a project of 10,000 clips, median', '1500 ms', ms(opening.median), opening.median < 1500],
  ['script of a frame while panning, median', '8 ms', ms(panning.median), panning.median < 8],
  ['script of a frame while zooming, median', '8 ms', ms(zooming.median), zooming.median < 8],
  ['key press to painted change, p95', '50 ms', ms(allKeys.p95), allKeys.p95 < 50],
];

/** Decoding alone keeps up when it is a tenth faster than the film. */
const keepsUp = ({ decodeAlone, rate }: PlaybackFeel): boolean => decodeAlone > rate * 1.1;

const playbackBounds = (each: PlaybackFeel): Bound[] => [
  ['stepping on by a frame, median', '20 ms', ms(each.onwards.median), each.onwards.median < 20],
  ['stepping back by a frame, median', '20 ms', ms(each.backwards.median), each.backwards.median < 20],
  [
    `stalls in ${each.playedSeconds} s of 1080p (decoding alone: ${each.decodeAlone.toFixed(0)} frames a second)`,
    '0 where decoding keeps up',
    String(each.stalls),
    each.stalls === 0 || !keepsUp(each),
  ],
];

/** Of the samples after the first third, in which caches fill. */
const growth = ({ samples }: MemoryFeel, of: 'heap' | 'process'): number => {
  const settled = samples.slice(Math.ceil(samples.length / 3)).map((sample) => sample[of] ?? 0);
  const half = Math.floor(settled.length / 2);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(settled.slice(-half)) - mean(settled.slice(0, half));
};

const memoryBounds = (each: MemoryFeel): Bound[] => [
  [
    `memory over ${each.minutes} minutes of playing, second half against first`,
    'at most 16 MB more',
    `${growth(each, 'heap').toFixed(1)} MB`,
    growth(each, 'heap') < 16,
  ],
];

const bundleBounds = ({ all }: BundleSize): Bound[] => [
  ['scripts and styles, gzipped', '900 kB', `${all.toFixed(0)} kB`, all < 900],
];

const spreadRow = (name: string, { median, p95, worst, count }: Spread): string =>
  `| ${name} | ${ms(median)} | ${ms(p95)} | ${ms(worst)} | ${count} |`;

const timelinePart = (each: TimelineFeel): string[] => [
  '## Timeline',
  '',
  `${each.clips} clips on ${each.tracks} tracks in a window of 1920x1080. Opening: from the click to the first frame with clips, read anew by the engine. Script of a`,
  'frame: listeners, effects and drawing. Keys: from the time stamp of the press until the frame with the change is on screen; a moved clip is shown ahead of the',
  'engine, and kept when the window says that it is on the disk.',
  '',
  '| | median | p95 | worst | times |',
  '| --- | ---: | ---: | ---: | ---: |',
  spreadRow('opening', each.opening),
  spreadRow('panning, script a frame', each.panning),
  spreadRow('zooming, script a frame', each.zooming),
  ...Object.entries(each.keys).map(([name, spread]) => spreadRow(`key: ${name}`, spread)),
  spreadRow('the moved clip kept', each.kept),
  '',
];

const playbackPart = (each: PlaybackFeel): string[] => [
  '## Playing',
  '',
  `1080p at ${each.rate} frames a second, H.264 with 12 frames a group, decoded by software. ${each.shown} of ${each.due} frames were shown; the longest gap between two was ${ms(each.longestGap)}.`,
  `Decoding alone in the same page made ${each.decodeAlone.toFixed(0)} frames a second.`,
  '',
  '| | median | p95 | worst | times |',
  '| --- | ---: | ---: | ---: | ---: |',
  spreadRow('a frame on', each.onwards),
  spreadRow('a frame back', each.backwards),
  '',
];

const memoryPart = ({ minutes, samples }: MemoryFeel): string[] => [
  '## Memory',
  '',
  `Twenty seconds of 1080p, looped for ${minutes} minutes; the cache of decoded frames holds 192 MB. Megabytes after a garbage collection.`,
  '',
  '| minute | page: scripts and buffers | process |',
  '| ---: | ---: | ---: |',
  ...samples.map(
    ({ minute, heap, process }) =>
      `| ${minute.toFixed(1)} | ${heap.toFixed(0)} | ${process?.toFixed(0) ?? 'unknown'} |`,
  ),
  '',
];

const bundlePart = ({ all, start }: BundleSize): string[] => [
  '## Size',
  '',
  `Gzipped: ${all.toFixed(0)} kB with all languages and dialogs, ${start.toFixed(0)} kB of them before the first screen shows.`,
  '',
];

/** docs/ui-speed.md. */
export const renderUiSpeed = (report: UiReport): string => {
  const { timeline, playback, memory, bundle } = report;
  const bounds = [
    ...(timeline ? timelineBounds(timeline) : []),
    ...(playback ? playbackBounds(playback) : []),
    ...(memory ? memoryBounds(memory) : []),
    ...(bundle ? bundleBounds(bundle) : []),
  ];
  return [
    '# Speed of the editor’s window',
    '',
    'Written by `npm run bench:ui`; the numbers as JSON are in [ui-speed.json](ui-speed.json).',
    '',
    `Processor: ${report.processor}, ${report.threads} threads, no graphics card; load average when it began ${report.load.toFixed(1)}.${report.beside ? ` ${report.beside}` : ''}`,
    '',
    '| what | bound | measured | holds |',
    '| --- | ---: | ---: | --- |',
    ...bounds.map(
      ([what, bound, measured, holds]) => `| ${what} | ${bound} | ${measured} | ${holds ? 'yes' : '**no**'} |`,
    ),
    '',
    ...(timeline ? timelinePart(timeline) : []),
    ...(playback ? playbackPart(playback) : []),
    ...(memory ? memoryPart(memory) : []),
    ...(bundle ? bundlePart(bundle) : []),
  ].join('\n');
};
