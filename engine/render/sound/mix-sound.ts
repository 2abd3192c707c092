import type { Document } from '../../contract/timeline/document.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { divide, multiply, negate, rational, round, subtract } from '../../contract/timeline/rational.ts';
import { sampleOfFrame, soundLevels, type SoundSpan, soundSpans } from '../../contract/timeline/sound-spans.ts';
import { timelineSampleRate } from '../../contract/timeline/source-time.ts';
import { type Resampler, resampler } from './resample.ts';
import { openSoundFile, type SoundFile } from './sound-file.ts';
import { type SoundReader, soundReader } from './sound-reader.ts';

export type MixRequest = {
  document: Document;
  sequenceId: string;
  /** Frames [fromFrame, toFrame) of the sequence. */
  fromFrame: number;
  toFrame: number;
  /** Where a media's file is now; rejects when it is missing. */
  resolveMedia: (media: Media) => Promise<string>;
  signal?: AbortSignal;
};

/** Samples that are mixed at a time: a third of a second, so that a cancel is heard at once. */
const blockSamples = 16384;

/** Decoders that are kept open for a cut back to the same file. */
const mostIdle = 8;

/** Decoders of one mix: those at work, and those that may be needed again. */
const readerPool = (files: (mediaId: string) => Promise<SoundFile>, signal?: AbortSignal) => {
  type Entry = { mediaId: string; backwards: boolean; reader: SoundReader };
  const working = new Set<Entry>();
  const idle: Entry[] = [];
  return {
    /** A reader for a span's sound from a source sample on: the nearest that is on its way there, else a new one. */
    take: async ({ mediaId, reverse }: SoundSpan, from: number): Promise<Entry> => {
      const file = await files(mediaId);
      const distances = idle.map((entry) =>
        entry.mediaId === mediaId && entry.backwards === reverse ? entry.reader.distance(Math.max(0, from)) : Infinity,
      );
      const nearest = Math.min(...distances);
      const entry =
        nearest === Infinity
          ? { mediaId, backwards: reverse, reader: soundReader(file, reverse, signal) }
          : idle.splice(distances.indexOf(nearest), 1)[0];
      working.add(entry);
      return entry;
    },
    giveBack: async (entry: Entry): Promise<void> => {
      working.delete(entry);
      idle.push(entry);
      if (idle.length > mostIdle) await idle.shift()?.reader.close();
    },
    closeAll: async (): Promise<void> => {
      await Promise.all([...working, ...idle].map(({ reader }) => reader.close()));
    },
  };
};
type Pool = ReturnType<typeof readerPool>;

/** A span while it is heard: gives its own samples, levels not yet applied, for timeline samples [from, from + count). */
const voiceOf = (span: SoundSpan, files: (mediaId: string) => Promise<SoundFile>, pool: Pool) => {
  let entry: Awaited<ReturnType<Pool['take']>> | undefined;
  let converter: Resampler | undefined;
  const readFrom = async (from: number, to: number): Promise<[Float32Array, Float32Array]> => {
    entry ??= await pool.take(span, from);
    return entry.reader.read(from, to);
  };
  const sound = async (from: number, count: number): Promise<[Float32Array, Float32Array]> => {
    const { sampleRate, lead } = await files(span.mediaId);
    const start = subtract(multiply(span.soundTime, rational(sampleRate)), rational(lead));
    const pace = divide(multiply(span.speed, rational(sampleRate)), rational(timelineSampleRate));
    const step = span.reverse ? negate(pace) : pace;
    if (pace.num !== pace.den) {
      converter ??= resampler(start, step);
      const needed = converter.needed(from - span.fromSample, count);
      return converter.render(await readFrom(needed.from, needed.to), from - span.fromSample, count);
    }
    // Sample for sample: moved to the nearest one instead of filtered, by half a sample at most, and nothing is lost.
    const fixed = round(subtract(start, rational(step.num * span.fromSample)));
    if (!span.reverse) return readFrom(fixed + from, fixed + from + count);
    const last = fixed - from;
    const [left, right] = await readFrom(last - count + 1, last + 1);
    return [left.reverse(), right.reverse()];
  };
  const end = async (): Promise<void> => {
    if (entry) await pool.giveBack(entry);
    entry = undefined;
  };
  return { span, sound, end };
};

/**
 * Mixes the sound of a range of a sequence: every clip's samples at their exact place, at its speed (pitch follows: a clip at twice the
 * speed is an octave higher), forwards or reversed, with gains, fades and cross-fades, of the tracks that are heard. The samples do not
 * depend on where the range begins. Levels are not limited: a mix may be louder than full scale until `clampSound` or a float format takes it.
 * Memory does not grow with the range's length.
 * @returns stereo samples of 48 kHz, interleaved, in blocks; together exactly those of the range's frames
 * @throws UserFacingError 'input' when a file is missing or cannot be decoded; the signal's reason when it fires
 */
export async function* mixSound(request: MixRequest): AsyncGenerator<Float32Array> {
  const { document, sequenceId, fromFrame, toFrame, resolveMedia, signal } = request;
  const spans = soundSpans(document, sequenceId, fromFrame, toFrame).sort((a, b) => a.fromSample - b.fromSample);
  const { frameRate } = document.sequences.get(sequenceId)!;
  const until = sampleOfFrame(toFrame, frameRate);

  const opened = new Map<string, Promise<SoundFile>>();
  const files = (mediaId: string): Promise<SoundFile> => {
    const file = opened.get(mediaId) ?? resolveMedia(document.media.get(mediaId)!).then(openSoundFile);
    opened.set(mediaId, file);
    return file;
  };
  const pool = readerPool(files, signal);
  const voices: ReturnType<typeof voiceOf>[] = [];
  let next = 0;
  try {
    for (let at = sampleOfFrame(fromFrame, frameRate); at < until; at += blockSamples) {
      const to = Math.min(until, at + blockSamples);
      while (next < spans.length && spans[next].fromSample < to) voices.push(voiceOf(spans[next++], files, pool));
      const sum = new Float64Array(2 * (to - at));
      // One after the other, so that a clip that ends here can hand its decoder to the one that goes on in the same file.
      for (const voice of [...voices]) {
        signal?.throwIfAborted();
        const { span } = voice;
        const [first, last] = [Math.max(at, span.fromSample), Math.min(to, span.toSample)];
        const [left, right] = await voice.sound(first, last - first);
        const levels = soundLevels(span, first, last - first);
        for (let i = 0, o = 2 * (first - at); i < levels.length; i++, o += 2) {
          sum[o] += left[i] * levels[i];
          sum[o + 1] += right[i] * levels[i];
        }
        if (span.toSample <= to) {
          voices.splice(voices.indexOf(voice), 1);
          await voice.end();
        }
      }
      signal?.throwIfAborted();
      yield Float32Array.from(sum);
    }
  } finally {
    await pool.closeAll();
  }
}

/**
 * Full scale is where every written format that is not float ends: what goes beyond is cut off there, which is heard as distortion and
 * nothing worse. In place.
 * @returns how many samples were cut, so that an export can say so
 */
export const clampSound = (samples: Float32Array): number => {
  let cut = 0;
  for (let i = 0; i < samples.length; i++) {
    if (samples[i] > 1 || samples[i] < -1) {
      samples[i] = Math.sign(samples[i]);
      cut += 1;
    }
  }
  return cut;
};
