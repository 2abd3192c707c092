import { UserFacingError } from '../../contract/errors.ts';
import type { ExportSettings } from '../../contract/export-settings.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import { sampleOfFrame } from '../../contract/timeline/sound-spans.ts';
import { createComposePool } from '../compose/pool.ts';
import type { MediaFiles } from '../media-files.ts';
import { encodeArgs, outputFormatOf, soundOnlyArgs } from './encoder-args.ts';
import { openSink } from './encoder.ts';
import { pictureFrames } from './picture-frames.ts';
import { stretchesOf } from './stretches.ts';

/** What every way of writing shares. */
export type ExportJob = {
  document: Document;
  sequence: Sequence;
  range: { from: number; to: number };
  settings: ExportSettings;
  files: MediaFiles;
  /** Mixes the sound; undefined where there is nothing to hear. */
  sound: (() => AsyncIterable<Float32Array>) | undefined;
  path: string;
  signal: AbortSignal;
  /** `frames` more are done. @throws when cancelled */
  advance: (frames: number) => void;
  note: (text: string) => void;
};

export const cancelled = (): UserFacingError =>
  new UserFacingError('interrupted', 'The export was cancelled.', 'Nothing was written; start it again when you like.');

/** Waits no longer than that for decoders to end after a cancel: they are killed, but may be in the middle of looking at a file. */
const patience = 500;

/** The next item, unless the signal fires first. (A race with one long-lived promise would keep every item that ever won.) */
const nextUnlessAborted = <T>(items: AsyncGenerator<T>, signal: AbortSignal): Promise<IteratorResult<T>> =>
  new Promise((done, fail) => {
    const stop = (): void => fail(cancelled());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    items
      .next()
      .then(done, fail)
      .finally(() => signal.removeEventListener('abort', stop));
  });

const noteCut = (job: ExportJob, samples: number): void => {
  if (samples > 0)
    job.note(
      `The sound is too loud in places: ${samples} samples beyond full scale were cut off. Lower a track's gain.`,
    );
};

/**
 * Encodes the job's frames in one stream, with sound if there is any.
 * @param match further encoder arguments, where the stream has to fit another one
 */
export const encodePicture = async (
  job: ExportJob,
  sound: AsyncIterable<Float32Array> | undefined,
  match: string[] = [],
): Promise<void> => {
  const { document, sequence, range, settings, files, path, signal, advance } = job;
  const output = outputFormatOf(settings);
  const stretches = stretchesOf(document, sequence, range, files, output.kind === 'rgba');
  const args = encodeArgs(settings, { sequence, rate: sequence.frameRate, path, sound: sound !== undefined, match });
  const sink = openSink(args, path, sound);
  const pool = createComposePool();
  const frames = pictureFrames({ document, sequence, files, output, pool }, stretches);
  const stop = (): void => void sink.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const frame = await nextUnlessAborted(frames, signal);
      if (frame.done === true) break;
      await sink.write(frame.value);
      advance(1);
    }
    noteCut(job, (await sink.close()).samplesCut);
  } catch (error) {
    await sink.kill();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.race([frames.return(undefined), new Promise((done) => setTimeout(done, patience).unref())]);
    await pool.close();
  }
};

/** Writes the sound alone, with the encoder that `codec` names; frames are counted by the samples that have gone by. */
export const encodeSound = async (job: ExportJob, codec: string[]): Promise<void> => {
  const { sequence, range, path, advance, signal } = job;
  const counted = async function* (blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    let samples = sampleOfFrame(range.from, sequence.frameRate);
    let frame = range.from;
    for await (const block of blocks) {
      samples += block.length / 2;
      const before = frame;
      while (frame <= range.to && sampleOfFrame(frame + 1, sequence.frameRate) <= samples) frame++;
      advance(frame - before);
      yield block;
    }
  };
  if (job.sound === undefined) return;
  const sink = openSink(soundOnlyArgs(path, codec), path, counted(job.sound()));
  const stop = (): void => void sink.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    noteCut(job, (await sink.close()).samplesCut);
  } finally {
    signal.removeEventListener('abort', stop);
    await sink.kill();
  }
};
