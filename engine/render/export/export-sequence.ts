import { UserFacingError } from '../../contract/errors.ts';
import {
  exportSettingsSchema,
  type ExportProgress,
  type ExportResult,
  type ExportSettings,
  type ExportSettingsInput,
} from '../../contract/export-settings.ts';
import { sequenceEnd, type Document } from '../../contract/timeline/document.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import { soundSpans } from '../../contract/timeline/sound-spans.ts';
import { createMediaFiles } from '../media-files.ts';
import { sequenceById } from '../render-frame.ts';
import { mediaFilesOf, mediaResolver, type MediaResolver } from '../resolve-media.ts';
import { mixSound } from '../sound/mix-sound.ts';
import { copyUntouched } from './copy-untouched.ts';
import { cancelled, encodePicture, encodeSound, type ExportJob } from './encode-job.ts';
import { checkEncoder, checkExtension, gifStep, soundArgs, writtenSize } from './encoder-args.ts';
import { outputPlace } from './output-place.ts';

export type ExportRequest = {
  document: Document;
  sequenceId: string;
  /** Where media are looked for first. */
  projectFolder: string;
  settings: ExportSettingsInput;
  /** The file; for PNG a name with or without ffmpeg's %04d. */
  out: string;
  /** Frames of the sequence, both ends included; the whole sequence unless told. */
  range?: { from: number; to: number };
  /** Replaces what is there. */
  force?: boolean;
  signal?: AbortSignal;
  /** Told at most ten times a second. */
  onProgress?: (progress: ExportProgress) => void;
  /** Finds files in another way than from the project's folder. */
  resolveMedia?: MediaResolver;
};

const parseSettings = (given: ExportSettingsInput): ExportSettings => {
  const parsed = exportSettingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new UserFacingError(
    'usage',
    `These export settings cannot be: ${path.join('.')}: ${message}.`,
    'Correct that setting, or start from a preset.',
  );
};

const checkedRange = (
  document: Document,
  sequenceId: string,
  asked: ExportRequest['range'],
): { from: number; to: number } => {
  const end = sequenceEnd(document, sequenceId);
  if (end === 0)
    throw new UserFacingError('usage', 'The sequence is empty.', 'Put a clip on its timeline before exporting it.');
  const range = asked ?? { from: 0, to: end - 1 };
  const whole = Number.isInteger(range.from) && Number.isInteger(range.to);
  if (!whole || range.from < 0 || range.to < range.from || range.to >= end)
    throw new UserFacingError(
      'usage',
      `The sequence has frames 0 to ${end - 1}, so ${range.from} to ${range.to} cannot be exported.`,
      'Name frames that the sequence has.',
    );
  return range;
};

const progressEvery = 100;

/** Counts frames and tells, not too often, how far the export is. `restart` begins anew where a first way has failed. */
const progressTeller = (
  total: number,
  tell: ExportRequest['onProgress'],
  signal: AbortSignal,
): { advance: (frames: number) => void; restart: () => void } => {
  let start = performance.now();
  let done = 0;
  let told = 0;
  return {
    advance: (frames) => {
      if (signal.aborted) throw cancelled();
      done += frames;
      const now = performance.now();
      if (tell === undefined || (now - told < progressEvery && done < total)) return;
      told = now;
      const secondsLeft = done > 0 ? ((now - start) / 1000 / done) * (total - done) : null;
      tell({ done, total, secondsLeft });
    },
    restart: () => {
      start = performance.now();
      done = 0;
    },
  };
};

const sizeNotes = (settings: ExportSettings, sequence: Sequence): string[] => {
  const asked = settings.size ?? sequence;
  const written = writtenSize(settings, sequence);
  const notes: string[] = [];
  if (written.width !== asked.width || written.height !== asked.height)
    notes.push(`${settings.codec} needs even sizes: the picture is written as ${written.width}x${written.height}.`);
  const step = settings.codec === 'gif' ? gifStep(sequence.frameRate) : 1;
  if (step > 1) notes.push(`Players show no more than 50 pictures a second of a GIF: one frame in ${step} is written.`);
  return notes;
};

/**
 * Writes a sequence, or a range of it, to a file. It appears under its name only when it is complete; whatever goes wrong leaves nothing
 * behind. Memory does not grow with its length.
 * @throws UserFacingError 'usage' (settings, name, range, unwritable, exists, no such encoder), 'input' (media missing or damaged), 'room'
 *   (disk full), 'interrupted' (the signal fired)
 */
export const exportSequence = async (request: ExportRequest): Promise<ExportResult> => {
  const { document, sequenceId, out, force = false } = request;
  const signal = request.signal ?? new AbortController().signal;
  const started = performance.now();
  const settings = parseSettings(request.settings);
  const sequence = sequenceById(document, sequenceId);
  const range = checkedRange(document, sequenceId, request.range);
  const { codec } = settings;
  checkExtension(out, codec);
  await checkEncoder(codec);
  if (codec === 'wav' && !settings.sound)
    throw new UserFacingError(
      'usage',
      'A WAV file without sound would be empty.',
      'Leave the sound on, or export a picture.',
    );
  const total = range.to - range.from + 1;
  const place = await outputPlace(out, codec, total, { force, sources: mediaFilesOf(document, request.projectFolder) });
  const notes = sizeNotes(settings, sequence);
  const resolveMedia = request.resolveMedia ?? mediaResolver(request.projectFolder);
  const heard = codec === 'wav' || soundSpans(document, sequenceId, range.from, range.to + 1).length > 0;
  const wanted = settings.sound && codec !== 'gif' && codec !== 'png';
  const { advance, restart } = progressTeller(total, request.onProgress, signal);
  const sound = (): AsyncIterable<Float32Array> =>
    mixSound({ document, sequenceId, fromFrame: range.from, toFrame: range.to + 1, resolveMedia, signal });
  const job: ExportJob = {
    document, sequence, range, settings, signal, advance,
    files: createMediaFiles(document, resolveMedia),
    path: place.path,
    sound: heard && wanted ? sound : undefined,
    note: (text) => notes.push(text),
  }; // prettier-ignore
  try {
    advance(0);
    let copied: [number, number][] = [];
    if (codec === 'wav') await encodeSound(job, soundArgs(out, codec));
    else {
      const result = settings.copyUntouched ? await copyUntouched(job) : 'it was not asked for';
      if (typeof result !== 'string') copied = result;
      else {
        if (settings.copyUntouched) notes.push(`Nothing was copied, everything is encoded: ${result}.`);
        restart();
        await encodePicture(job, job.sound?.());
      }
    }
    advance(0);
    const bytes = await place.finish();
    const frames = copied.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    if (frames > 0) notes.push(`${frames} of ${total} frames were copied without encoding them anew.`);
    return { output: place.output, frames: total, copied, seconds: (performance.now() - started) / 1000, bytes, notes };
  } catch (error) {
    await place.discard();
    throw signal.aborted ? cancelled() : error;
  }
};
