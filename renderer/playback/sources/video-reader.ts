import { EncodedPacketSink, VideoSampleSink } from 'mediabunny';
import type { InputVideoTrack, VideoSample } from 'mediabunny';
import { copySample } from './copy-sample.ts';
import type { CopyOptions } from './copy-sample.ts';
import type { FrameCache } from './frame-cache.ts';
import type { Picture } from '../picture.ts';

/** Reads frames of one clip in the order in which they are asked for; cheap while the times go on. */
export type VideoReader = {
  /** The last frame at or before a time, seconds of the file's clock. One at a time. @throws when it cannot be decoded */
  read: (time: number) => Promise<Picture>;
  close: () => Promise<void>;
};

/** Up to here nobody looks for a key frame to jump to, seconds. */
const near = 0.5;
/** When frames are asked for backwards, this much before the wanted one is kept as well, seconds. */
const backwards = 0.4;

type Options = Omit<CopyOptions, 'told'> & { media: string; first: number; cache: FrameCache };

export const createVideoReader = (
  track: InputVideoTrack,
  { media, first, cache, ...copying }: Options,
): VideoReader => {
  const sink = new VideoSampleSink(track);
  const packets = new EncodedPacketSink(track);
  const told = track.getColorSpace();
  // Whoever reads hears of it.
  told.catch(() => undefined);
  let frames: AsyncGenerator<VideoSample, void, unknown> | undefined;
  let current: VideoSample | undefined;
  let next: VideoSample | undefined;
  let ended = false;
  let lastTime = -Infinity;
  let queue: Promise<unknown> = Promise.resolve();

  const pull = async (): Promise<VideoSample | undefined> => {
    const { value, done } = (await frames?.next()) ?? { value: undefined, done: true };
    if (done) ended = true;
    return value ?? undefined;
  };
  const stop = async (): Promise<void> => {
    current?.close();
    next?.close();
    current = next = undefined;
    ended = false;
    await frames?.return();
    frames = undefined;
  };
  const begin = async (time: number): Promise<void> => {
    await stop();
    frames = sink.samples(time);
    current = await pull();
    // Beyond the end there is the last frame.
    if (!current) {
      current = (await sink.getSample(time)) ?? undefined;
      ended = true;
    } else next = await pull();
  };
  const advance = async (): Promise<void> => {
    current?.close();
    current = next;
    next = ended ? undefined : await pull();
  };
  /** Whether the frames on the way have to be decoded anyhow: no key frame lies between. */
  const leadsTo = async (time: number): Promise<boolean> => {
    if (!current || time < current.timestamp) return false;
    if (time - current.timestamp < near) return true;
    const key = await packets.getKeyPacket(time, { metadataOnly: true });
    return key !== null && key.timestamp <= current.timestamp;
  };
  const keep = async (): Promise<Picture> => {
    if (!current) throw new Error('no frame there');
    const { timestamp: from } = current;
    const known = cache.find(media, from);
    if (known) return known;
    const picture = await copySample(current, { ...copying, told: await told });
    cache.add(media, { from, to: next?.timestamp ?? Infinity, picture });
    return picture;
  };

  const kept = (wanted: number): Picture | undefined => {
    const time = Math.max(first, wanted);
    const known = cache.find(media, time);
    if (known) lastTime = time;
    return known;
  };

  const readNow = async (wanted: number): Promise<Picture> => {
    const known = kept(wanted);
    if (known) return known;
    const time = Math.max(first, wanted);
    const back = time < lastTime && lastTime - time < near;
    lastTime = time;
    if (!(await leadsTo(time))) await begin(Math.max(first, back ? time - backwards : time));
    while (next && next.timestamp <= time) {
      if (back) await keep();
      await advance();
    }
    return keep();
  };

  return {
    read: (time) => {
      // What is there need not wait for what is read ahead.
      const known = kept(time);
      if (known) return Promise.resolve(known);
      const result = queue.then(() => readNow(time));
      queue = result.catch(stop);
      return result;
    },
    close: () => queue.then(stop),
  };
};
