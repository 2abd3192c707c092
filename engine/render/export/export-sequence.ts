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
import { sampleOfFrame, soundSpans } from '../../contract/timeline/sound-spans.ts';
import { createComposePool } from '../compose/pool.ts';
import { createMediaFiles, type MediaFiles } from '../media-files.ts';
import { sequenceById } from '../render-frame.ts';
import { mediaResolver, type MediaResolver } from '../resolve-media.ts';
import { mixSound } from '../sound/mix-sound.ts';
import { checkEncoder, checkExtension, encodeArgs, gifStep, outputFormatOf, writtenSize } from './encoder-args.ts';
import { openSink } from './encoder.ts';
import { outputPlace } from './output-place.ts';
import { pictureFrames } from './picture-frames.ts';
import { stretchesOf } from './stretches.ts';

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

/** What every way of writing shares. */
export type ExportJob = {
  document: Document;
  sequence: Sequence;
  range: { from: number; to: number };
  settings: ExportSettings;
  files: MediaFiles;
  /** Made once; undefined where there is nothing to hear. */
  sound: AsyncIterable<Float32Array> | undefined;
  path: string;
  signal: AbortSignal;
  /** `frames` more are done. @throws when cancelled */
  advance: (frames: number) => void;
  note: (text: string) => void;
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

const cancelled = (): UserFacingError =>
  new UserFacingError('interrupted', 'The export was cancelled.', 'Nothing was written; start it again when you like.');

const progressEvery = 100;

/** Counts frames and tells, not too often, how far the export is. */
const progressTeller = (
  total: number,
  tell: ExportRequest['onProgress'],
  signal: AbortSignal,
): ((frames: number) => void) => {
  const start = performance.now();
  let done = 0;
  let told = 0;
  return (frames) => {
    if (signal.aborted) throw cancelled();
    done += frames;
    const now = performance.now();
    if (tell === undefined || (now - told < progressEvery && done < total)) return;
    told = now;
    const secondsLeft = done > 0 ? ((now - start) / 1000 / done) * (total - done) : null;
    tell({ done, total, secondsLeft });
  };
};

/** Waits no longer than that for decoders to end after a cancel: they are killed, but may be in the middle of looking at a file. */
const patience = 500;

/** Encodes every frame in one stream. */
const encodeWhole = async (job: ExportJob): Promise<void> => {
  const { document, sequence, range, settings, files, path, signal, advance, note } = job;
  const output = outputFormatOf(settings);
  const stretches = stretchesOf(document, sequence, range, files, output.kind === 'rgba');
  const args = encodeArgs(settings, { sequence, rate: sequence.frameRate, path, sound: job.sound !== undefined });
  const sink = openSink(args, path, job.sound);
  const pool = createComposePool();
  const frames = pictureFrames({ document, sequence, files, output, pool }, stretches);
  const stop = (): void => void sink.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const frame of untilAborted(frames, signal)) {
      await sink.write(frame);
      advance(1);
    }
    const { samplesCut } = await sink.close();
    if (samplesCut > 0)
      note(
        `The sound is too loud in places: ${samplesCut} samples beyond full scale were cut off. Lower a track's gain.`,
      );
  } catch (error) {
    await sink.kill();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.race([frames.return(undefined), new Promise((done) => setTimeout(done, patience).unref())]);
    await pool.close();
  }
};

/** The same items, but a wait for the next one ends when the signal fires. @throws UserFacingError 'interrupted' */
async function* untilAborted<T>(items: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, fail) => {
    stop = () => fail(cancelled());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const pending = items.next();
      pending.catch(() => undefined);
      const { value, done } = await Promise.race([pending, aborted]);
      if (done === true) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Sound alone: frames are counted by the samples that have gone by. */
const encodeSound = async (job: ExportJob): Promise<void> => {
  const { sequence, range, settings, path, advance, signal, sound, note } = job;
  const start = sampleOfFrame(range.from, sequence.frameRate);
  const counted = async function* (blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    let samples = start;
    let frame = range.from;
    for await (const block of blocks) {
      samples += block.length / 2;
      const before = frame;
      while (frame <= range.to && sampleOfFrame(frame + 1, sequence.frameRate) <= samples) frame++;
      advance(frame - before);
      yield block;
    }
  };
  if (sound === undefined) return;
  const args = encodeArgs(settings, { sequence, rate: sequence.frameRate, path, sound: true });
  const sink = openSink(args, path, counted(sound));
  const stop = (): void => void sink.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { samplesCut } = await sink.close();
    if (samplesCut > 0)
      note(
        `The sound is too loud in places: ${samplesCut} samples beyond full scale were cut off. Lower a track's gain.`,
      );
  } finally {
    signal.removeEventListener('abort', stop);
    await sink.kill();
  }
};

const sizeNotes = (settings: ExportSettings, sequence: Sequence): string[] => {
  const asked = settings.size ?? sequence;
  const written = writtenSize(settings, sequence);
  const notes: string[] = [];
  if (written.width !== asked.width || written.height !== asked.height)
    notes.push(`${settings.codec} needs even sizes: the picture is padded to ${written.width}x${written.height}.`);
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
  const place = await outputPlace(out, codec, total, force);
  const notes = sizeNotes(settings, sequence);
  const resolveMedia = request.resolveMedia ?? mediaResolver(request.projectFolder);
  const heard = codec === 'wav' || soundSpans(document, sequenceId, range.from, range.to + 1).length > 0;
  const wanted = settings.sound && codec !== 'gif' && codec !== 'png';
  const job: ExportJob = {
    document, sequence, range, settings, signal,
    files: createMediaFiles(document, resolveMedia),
    path: place.path,
    sound: heard && wanted
      ? mixSound({ document, sequenceId, fromFrame: range.from, toFrame: range.to + 1, resolveMedia, signal })
      : undefined,
    advance: progressTeller(total, request.onProgress, signal),
    note: (text) => notes.push(text),
  }; // prettier-ignore
  try {
    job.advance(0);
    if (codec === 'wav') await encodeSound(job);
    else await encodeWhole(job);
    job.advance(0);
    const bytes = await place.finish();
    return {
      output: place.output,
      frames: total,
      copied: [],
      seconds: (performance.now() - started) / 1000,
      bytes,
      notes,
    };
  } catch (error) {
    await place.discard();
    throw signal.aborted ? cancelled() : error;
  }
};
