import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { exportCodecs, exportExtensions, exportPresets } from '../../contract/export-settings.ts';
import type { ExportCodec, ExportResult, ExportSettingsInput } from '../../contract/export-settings.ts';
import type { Project } from '../../projects/project-types.ts';
import { exportSequence } from '../../render/export/export-sequence.ts';
import { refuseSources } from '../../render/export/output-place.ts';
import { mediaFilesOf } from '../../render/resolve-media.ts';
import type { ParsedArguments } from '../arguments.ts';
import { printJson, say } from '../command.ts';
import type { Command, Voice } from '../command.ts';
import { createStatusLine, describeWork } from '../progress-bar.ts';
import { exportTimeline, isTimelineName } from './export-timeline.ts';
import { pickSequence } from './pick.ts';
import { filesOf, readProject, untilStopped } from './session.ts';
import { isGiven, optional, parseCount, parseSizeOf, parseSpan, textOf } from './values.ts';

const presets = Object.keys(exportPresets) as (keyof typeof exportPresets)[];

export const command: Command = {
  name: 'project export',
  summary: 'writes the film, or its timeline for other programs',
  usage: 'project export FILE.longtake -o OUT [--preset web] [--range A-B]',
  details: [
    'The extension of OUT picks what is written: .mp4 .mov .mkv .m4v .webm .gif, .png (numbered pictures), .wav (sound alone), and .otio, .edl or',
    '.fcpxml for the timeline; what such a format cannot carry is listed.',
    `Presets: ${presets.join(', ')}; options after a preset change it.`,
  ],
  options: {
    out: { short: 'o', value: 'OUT', help: 'the file to write' },
    preset: { value: 'NAME', help: 'settings by purpose (default those of the codec)' },
    codec: { value: 'NAME', help: exportCodecs.join(', ') },
    quality: { value: 'N', help: 'constant quality (CRF), lower is better; 0 loses nothing with H.264' },
    size: { value: 'WxH', help: "pixels (default the sequence's)" },
    fit: { value: 'WAY', help: 'pad or crop, where the size has another shape' },
    bits: { value: '8|10', help: 'per sample' },
    pace: { value: 'NAME', help: 'of the encoder: fast, balanced or slow' },
    alpha: { help: 'keep transparency (ProRes and PNG)' },
    'no-sound': { help: 'only the picture' },
    copy: { help: 'copy untouched stretches of a source without encoding them again (H.264, H.265)' },
    range: { value: 'A-B', help: 'first and last frame: 0-47, 0s-2s' },
    sequence: { value: 'NAME', help: 'which (default the oldest)' },
    force: { help: 'overwrite OUT' },
  },
  run: async (input, voice) => {
    const { file } = filesOf(input, 'export');
    const given = textOf(input, 'out');
    if (given === undefined || given === '') {
      throw new UserFacingError(
        'usage',
        'There is no name for the result.',
        'Add -o and a file name, as in -o film.mp4.',
      );
    }
    const out = path.resolve(given);
    await untilStopped((signal) =>
      readProject(file, (project) => {
        if (isTimelineName(out)) refuseSources(out, mediaFilesOf(project.document(), path.dirname(file)));
        return isTimelineName(out)
          ? exportTimeline(project, pickSequence(project.document(), textOf(input, 'sequence')), out, input, voice)
          : exportFilm(project, file, out, input, voice, signal);
      }),
    );
  },
};

const exportFilm = async (
  project: Project,
  file: string,
  out: string,
  input: ParsedArguments,
  voice: Voice,
  signal: AbortSignal,
): Promise<void> => {
  const document = project.document();
  const sequence = pickSequence(document, textOf(input, 'sequence'));
  const range = optional(input, 'range', (text) => parseSpan('range', text, sequence));
  const line = createStatusLine(process.stderr);
  const result = await exportSequence({
    ...{ document, sequenceId: sequence.id, projectFolder: path.dirname(file), out, signal },
    settings: settingsOf(out, input),
    ...(range && { range: { from: range.first, to: range.last } }),
    force: isGiven(input, 'force'),
    onProgress: ({ done, total, secondsLeft }) => {
      const left = secondsLeft === null ? null : Math.round(secondsLeft * 10) / 10;
      if (voice.json) printJson({ event: 'progress', stage: 'export', done, total, eta_s: left });
      else if (!voice.quiet) line.show('export', describeWork('writing', done, total, left));
    },
  }).finally(() => line.clear());
  for (const text of result.notes) {
    if (voice.json) printJson({ event: 'note', text });
    else if (!voice.quiet) line.note(text);
  }
  const { output, frames, copied, seconds, bytes } = result;
  say(voice, { event: 'done', output, frames, copied, seconds: round(seconds), bytes }, describe(result));
};

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

const describe = ({ output, frames, copied, seconds, bytes }: ExportResult): string => {
  const ranges = copied.map(([from, to]) => `${from}-${to}`).join(', ');
  const kept = copied.length > 0 ? `, ${ranges} copied as they are` : '';
  return `${output}: ${frames} frames, ${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s${kept}`;
};

/** The codec that the name asks for, where neither option nor preset does: H.264 wherever it may stand, else the first that may. */
const codecOf = (out: string): ExportCodec => {
  const extension = path.extname(out).toLowerCase();
  const found = exportCodecs.find((each) => exportExtensions[each].includes(extension));
  if (found) return found;
  const known = [...new Set(Object.values(exportExtensions).flat()), '.otio', '.edl', '.fcpxml'];
  throw new UserFacingError(
    'usage',
    extension === '' ? `${path.basename(out)} has no extension.` : `Nothing can be written as ${extension}.`,
    `End the name in one of ${known.join(', ')}.`,
  );
};

const settingsOf = (out: string, input: ParsedArguments): ExportSettingsInput => {
  const word = <T extends string>(option: string, words: readonly T[]): T | undefined =>
    optional(input, option, (text) => {
      const found = words.find((each) => each === text);
      if (found !== undefined) return found;
      throw new UserFacingError('usage', `--${option} ${text} is not possible.`, `It takes ${words.join(', ')}.`);
    });
  const preset = word('preset', presets);
  const base: ExportSettingsInput = preset ? exportPresets[preset] : { codec: codecOf(out) };
  const bits = word('bits', ['8', '10']);
  const changes = {
    codec: word('codec', exportCodecs),
    quality: optional(input, 'quality', (text) => parseCount('quality', text, 0, 63)),
    size: optional(input, 'size', (text) => parseSizeOf('size', text)),
    fit: word('fit', ['pad', 'crop']),
    bits: bits === undefined ? undefined : bits === '10' ? (10 as const) : (8 as const),
    speed: word('pace', ['fast', 'balanced', 'slow']),
    alpha: isGiven(input, 'alpha') || undefined,
    sound: isGiven(input, 'no-sound') ? false : undefined,
    copyUntouched: isGiven(input, 'copy') || undefined,
  };
  const wanted = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...base, ...wanted } as ExportSettingsInput;
};
