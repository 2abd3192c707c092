import type { ExportSpeed } from './export.ts';
import type { ImportSpeed } from './import.ts';
import type { InterchangeSpeed } from './interchange.ts';
import type { StoreSpeed, Times } from './store.ts';
import type { TimelineSpeed } from './timeline.ts';

export type ProjectsReport = {
  processor: string;
  threads: number;
  /** Processes that ran or waited to run when the last run began, besides this one. */
  load: number;
  /** What else the machine did meanwhile, as who ran it says. */
  beside?: string;
  timeline?: TimelineSpeed;
  store?: StoreSpeed;
  import?: ImportSpeed;
  export?: ExportSpeed;
  interchange?: InterchangeSpeed;
};

const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));
const micro = (value: number): string => (value * 1000).toFixed(0);
const seconds = (value: number): string => value.toFixed(2);

/** Whether what was promised holds. */
const verdict = (holds: boolean): string => (holds ? 'yes' : '**no**');

const timesRow = (name: string, { median, p99, worst }: Times): string =>
  `| ${name} | ${ms(median)} | ${ms(p99)} | ${ms(worst)} |`;

type Bound = [what: string, bound: string, measured: string, holds: boolean];

const timelineBounds = ({ layers, allEdits }: TimelineSpeed): Bound[] => [
  ['layers at a frame, median', '50 µs', `${micro(layers.median)} µs`, layers.median < 0.05],
  ['an edit in memory, median', '1 ms', `${ms(allEdits.median)} ms`, allEdits.median < 1],
];

const storeBounds = ({ openCold, allEdits, allUndos }: StoreSpeed): Bound[] => [
  ['open, in a fresh process, median', '300 ms', `${ms(openCold.median)} ms`, openCold.median < 300],
  ['an edit, median', '5 ms', `${ms(allEdits.median)} ms`, allEdits.median < 5],
  ['an edit, p99', '16 ms', `${ms(allEdits.p99)} ms`, allEdits.p99 < 16],
  ['an undo, median', '5 ms', `${ms(allUndos.median)} ms`, allUndos.median < 5],
  ['an undo, p99', '16 ms', `${ms(allUndos.p99)} ms`, allUndos.p99 < 16],
];

const importBounds = ({ ratio }: ImportSpeed): Bound[] => [
  ['import against bare ffprobe calls', '2 times', `${ratio.toFixed(2)} times`, ratio <= 2],
];

const exportBounds = ({ ratio, copyRatio }: ExportSpeed): Bound[] => [
  ['export of an untouched timeline, speed of a bare transcode', 'at least 0.9', ratio.toFixed(2), ratio >= 0.9],
  ['the same, copied instead of encoded', 'at least 10', copyRatio.toFixed(1), copyRatio >= 10],
];

const timelinePart = (each: TimelineSpeed): string[] => [
  '## In memory',
  '',
  `${each.clips} clips on ${each.tracks} tracks, half of them video, every clip in a dissolve with the next. Edits: worked out with their inverse and applied, nothing written.`,
  '',
  '| microseconds | median | p99 | worst |',
  '| --- | ---: | ---: | ---: |',
  ...Object.entries({ 'layers at a frame': each.layers, 'a second of sound': each.sound, ...each.edits }).map(
    ([name, { median, p99, worst }]) => `| ${name} | ${micro(median)} | ${micro(p99)} | ${micro(worst)} |`,
  ),
  '',
];

const storePart = (store: StoreSpeed): string[] => [
  '## Edits',
  '',
  `${store.clips} clips on ${store.tracks} tracks. From the call until the transaction is on the disk, every kind of edit and its undo ${Object.values(store.edits)[0]?.count ?? 0} times.`,
  '',
  '| milliseconds | median | p99 | worst |',
  '| --- | ---: | ---: | ---: |',
  timesRow('open, fresh process', store.openCold),
  timesRow('open again, same process', store.openWarm),
  ...Object.entries(store.edits).flatMap(([name, times]) => [
    timesRow(name, times),
    ...(store.undos[name] ? [timesRow(`${name}, undone`, store.undos[name])] : []),
  ]),
  '',
];

const importPart = (each: ImportSpeed): string[] => [
  '## Import',
  '',
  `${each.files} files (${each.megabytes.toFixed(0)} MB: clips, sounds and pictures of nine formats), ${each.parallel} at a time, median of ${each.rounds}: bare ffprobe calls ${seconds(each.bareProbes)} s,`,
  `import with its content hashes and exact frame counts ${seconds(each.imported)} s.`,
  '',
];

const exportPart = ({ material, rounds, bareTranscode, exported, copied, composed }: ExportSpeed): string[] => [
  '## Export',
  '',
  `${material} s of 1080p at 25 frames a second, medians of ${rounds}, in turn in the same run: one bare ffmpeg transcode ${seconds(bareTranscode)} s, the export to the`,
  `same settings ${seconds(exported)} s, copied without encoding ${seconds(copied)} s. Composed on one thread, decoding included: ${composed.dissolve.toFixed(0)} frames a second of a`,
  `whole-frame dissolve, ${composed.pictureInPicture.toFixed(0)} of a picture in a picture, ${composed.turned.toFixed(0)} of a turned one.`,
  '',
];

const interchangePart = (each: InterchangeSpeed): string[] => [
  '## Other programs',
  '',
  `${each.clips} clips on ${each.tracks} tracks: OpenTimelineIO (${each.megabytes.toFixed(0)} MB) written in ${seconds(each.writeOtio)} s and read in ${seconds(each.readOtio)} s, EDL written in`,
  `${seconds(each.writeEdl)} s, FCPXML in ${seconds(each.writeFcpxml)} s.`,
  '',
];

/** docs/projects-speed.md. */
export const renderProjectsSpeed = (report: ProjectsReport): string => {
  const { timeline, store, import: imported, export: exported, interchange } = report;
  const bounds = [
    ...(timeline ? timelineBounds(timeline) : []),
    ...(store ? storeBounds(store) : []),
    ...(imported ? importBounds(imported) : []),
    ...(exported ? exportBounds(exported) : []),
  ];
  return [
    '# Speed of projects',
    '',
    'Written by `npm run bench:projects`; the numbers as JSON are in [projects-speed.json](projects-speed.json).',
    '',
    `Processor: ${report.processor}, ${report.threads} threads; load average when it began ${report.load.toFixed(1)}.${report.beside ? ` ${report.beside}` : ''}`,
    '',
    '| what | bound | measured | holds |',
    '| --- | ---: | ---: | --- |',
    ...bounds.map(([what, bound, measured, holds]) => `| ${what} | ${bound} | ${measured} | ${verdict(holds)} |`),
    '',
    ...(timeline ? timelinePart(timeline) : []),
    ...(store ? storePart(store) : []),
    ...(imported ? importPart(imported) : []),
    ...(exported ? exportPart(exported) : []),
    ...(interchange ? interchangePart(interchange) : []),
  ].join('\n');
};
