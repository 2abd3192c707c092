import { AudioSampleSink } from 'mediabunny';
import type { AudioSample, InputAudioTrack } from 'mediabunny';
import { stereoMix } from '../../../engine/contract/sound/stereo.ts';
import { createDecoderLag } from './codec-delay.ts';
import type { Container } from './codec-delay.ts';

/** Left and right of a stretch of sound, at the source's rate. */
export type Stereo = { left: Float32Array; right: Float32Array };

/** Reads a media's sound, decoded in order and kept for a while. */
export type SoundReader = {
  readonly sampleRate: number;
  /** `count` samples from sample `from` of the stream on; silence where there is none. */
  read: (from: number, count: number) => Promise<Stereo>;
  close: () => Promise<void>;
};

/** Samples of a block. */
const blockSize = 32768;
/** Blocks that are kept: about half a minute. */
const mostBlocks = 48;
/** Decoders need a little of what comes before, seconds. */
const runUp = 0.15;

type Options = {
  /** Seconds of the file's clock at which the stream's first sample is heard. */
  start: number;
  layout: string;
  container: Container;
};

export const createSoundReader = (track: InputAudioTrack, { start, layout, container }: Options): SoundReader => {
  const { sampleRate, numberOfChannels } = track;
  const sink = new AudioSampleSink(track);
  const lagOf = createDecoderLag(track, container);
  const mix = stereoMix(layout, numberOfChannels);
  const blocks = new Map<number, Stereo>();
  /** Blocks of which everything was decoded. */
  const whole = new Set<number>();
  let samples: AsyncGenerator<AudioSample, void, unknown> | undefined;
  /** The stream's sample that comes next, and from which block on everything came. */
  let position = 0;
  /** Seconds by which the running decoder's samples are later than it says. */
  let lag = 0;
  let wholeFrom = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const blockAt = (index: number): Stereo => {
    const known = blocks.get(index);
    if (known) return known;
    const block = { left: new Float32Array(blockSize), right: new Float32Array(blockSize) };
    blocks.set(index, block);
    return block;
  };

  const put = (sample: AudioSample): void => {
    const at = Math.round((sample.timestamp + lag - start) * sampleRate);
    const count = sample.numberOfFrames;
    const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
      const plane = new Float32Array(count);
      sample.copyTo(plane, { planeIndex, format: 'f32-planar' });
      return plane;
    });
    for (let i = Math.max(0, -at); i < count;) {
      const index = Math.floor((at + i) / blockSize);
      const end = Math.min(count, (index + 1) * blockSize - at);
      const { left, right } = blockAt(index);
      for (let target = at + i - index * blockSize; i < end; i++, target++) {
        let [l, r] = [0, 0];
        for (let c = 0; c < channels.length; c++) {
          l += channels[c][i] * (mix.left[c] ?? 0);
          r += channels[c][i] * (mix.right[c] ?? 0);
        }
        left[target] = l;
        right[target] = r;
      }
    }
    position = at + count;
  };

  const stop = async (): Promise<void> => {
    await samples?.return();
    samples = undefined;
  };

  const fill = async (index: number): Promise<void> => {
    if (whole.has(index)) return;
    const goesOn = samples && index >= wholeFrom && index * blockSize - position < blockSize;
    if (!goesOn) {
      await stop();
      const from = Math.max(0, start + (index * blockSize) / sampleRate - runUp);
      lag = await lagOf(from);
      samples = sink.samples(from);
      wholeFrom = index;
    }
    while (position < (index + 1) * blockSize || !goesOn) {
      const { value, done } = (await samples?.next()) ?? { value: undefined, done: true };
      if (done || !value) {
        samples = undefined;
        break;
      }
      put(value);
      value.close();
      if (position >= (index + 1) * blockSize) break;
    }
    blockAt(index);
    // Not those that were thrown away meanwhile.
    for (let i = wholeFrom; i <= index; i++) if (blocks.has(i)) whole.add(i);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= mostBlocks) break;
      blocks.delete(oldest);
      whole.delete(oldest);
    }
  };

  const readNow = async (from: number, count: number): Promise<Stereo> => {
    const result = { left: new Float32Array(count), right: new Float32Array(count) };
    const first = Math.max(0, Math.floor(from / blockSize));
    const last = Math.floor((from + count - 1) / blockSize);
    for (let index = first; index <= last; index++) {
      await fill(index);
      const block = blockAt(index);
      const begin = Math.max(from, index * blockSize);
      const end = Math.min(from + count, (index + 1) * blockSize);
      for (const side of ['left', 'right'] as const)
        result[side].set(block[side].subarray(begin - index * blockSize, end - index * blockSize), begin - from);
    }
    return result;
  };

  return {
    sampleRate,
    read: (from, count) => {
      const result = queue.then(() => readNow(from, count));
      queue = result.catch(stop);
      return result;
    },
    close: () => queue.then(stop),
  };
};
