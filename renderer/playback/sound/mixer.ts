import type { Document } from '../../../engine/contract/timeline/document.ts';
import { toNumber } from '../../../engine/contract/timeline/rational.ts';
import { sampleOfFrame, soundLevels, soundSpans } from '../../../engine/contract/timeline/sound-spans.ts';
import type { SoundSpan } from '../../../engine/contract/timeline/sound-spans.ts';
import { timelineSampleRate } from '../../../engine/contract/timeline/source-time.ts';
import type { MediaFiles } from '../sources/media-files.ts';
import { createSoundReader } from './sound-reader.ts';
import type { SoundReader, Stereo } from './sound-reader.ts';

/** Mixes a sequence's sound, stereo at 48 kHz. */
export type Mixer = {
  /** The sound of the frames [from, to). What cannot be read is silent. */
  mix: (document: Document, sequenceId: string, from: number, to: number) => Promise<Stereo>;
  close: () => void;
};

/** Sounds that are read at a time. */
const mostReaders = 16;

/** Between samples by Catmull and Rom's cubic: smooth enough to listen to at any speed. */
const between = (samples: Float32Array, place: number): number => {
  const i = Math.floor(place);
  const t = place - i;
  const b = samples[i];
  if (t === 0) return b;
  const [a, c, d] = [samples[i - 1] ?? b, samples[i + 1] ?? b, samples[i + 2] ?? samples[i + 1] ?? b];
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
};

export const createMixer = (files: MediaFiles): Mixer => {
  const readers = new Map<string, SoundReader>();

  const readerOf = async (document: Document, { mediaId, clipId }: SoundSpan): Promise<SoundReader | undefined> => {
    const media = document.media.get(mediaId);
    if (!media?.sound) return undefined;
    const file = await files.open(media);
    if ('trouble' in file || !file.input?.audio) return undefined;
    const { audio, video, container, firstFrame, firstSound } = file.input;
    const key = `${media.id} ${media.hash} ${clipId} ${file.url}`;
    // A proxy's sound is heard where it is in the source, whenever the proxy's own begins.
    const start = video ? firstFrame + toNumber(media.sound.offset) : firstSound;
    const reader = readers.get(key) ?? createSoundReader(audio, { start, layout: media.sound.layout, container });
    readers.delete(key);
    readers.set(key, reader);
    for (const [oldest, old] of readers) {
      if (readers.size <= mostReaders) break;
      readers.delete(oldest);
      void old.close();
    }
    return reader;
  };

  const add = async (document: Document, span: SoundSpan, into: Stereo, at: number): Promise<void> => {
    const reader = await readerOf(document, span);
    if (!reader) return;
    const count = span.toSample - span.fromSample;
    const levels = soundLevels(span, span.fromSample, count);
    const step = ((toNumber(span.speed) * reader.sampleRate) / timelineSampleRate) * (span.reverse ? -1 : 1);
    const first = toNumber(span.soundTime) * reader.sampleRate;
    const ends = [first, first + step * (count - 1)];
    const low = Math.floor(Math.min(...ends)) - 1;
    const { left, right } = await reader.read(low, Math.ceil(Math.max(...ends)) + 3 - low);
    for (let i = 0; i < count; i++) {
      // A millionth of a sample is rounding.
      const exact = first + step * i - low;
      const place = Math.abs(exact - Math.round(exact)) < 1e-6 ? Math.round(exact) : exact;
      into.left[at + i] += between(left, place) * levels[i];
      into.right[at + i] += between(right, place) * levels[i];
    }
  };

  return {
    mix: async (document, sequenceId, from, to) => {
      const sequence = document.sequences.get(sequenceId);
      if (!sequence) return { left: new Float32Array(0), right: new Float32Array(0) };
      const [begin, end] = [from, to].map((frame) => sampleOfFrame(frame, sequence.frameRate));
      const mixed = { left: new Float32Array(end - begin), right: new Float32Array(end - begin) };
      const spans = soundSpans(document, sequenceId, from, to);
      await Promise.all(
        spans.map((span) => add(document, span, mixed, span.fromSample - begin).catch(() => undefined)),
      );
      return mixed;
    },
    close: () => {
      for (const reader of readers.values()) void reader.close();
      readers.clear();
    },
  };
};
