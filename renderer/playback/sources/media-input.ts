import { ALL_FORMATS, Input, MATROSKA, MP3, OGG, UrlSource, WEBM } from 'mediabunny';
import type { InputAudioTrack, InputVideoTrack } from 'mediabunny';
import { clockDelay } from '../sound/codec-delay.ts';
import type { Container } from '../sound/codec-delay.ts';
import { mp3Delay } from '../sound/mp3-delay.ts';

/** An open media file. */
export type MediaInput = {
  video: InputVideoTrack | null;
  audio: InputAudioTrack | null;
  container: Container;
  /** Seconds of the file's own clock: of its first frame, and of the first sound where nothing else says. */
  firstFrame: number;
  firstSound: number;
  close: () => void;
};

/** Bytes of a file that are kept. */
const keptBytes = 16 * 2 ** 20;

/** Waits before a read is tried again, seconds; then it fails. */
const patience = [0.2, 0.5, 1];

/** @throws Error when the file cannot be read or is of no kind that is known */
export const openMediaInput = async (url: string): Promise<MediaInput> => {
  const input = new Input({
    formats: ALL_FORMATS,
    source: new UrlSource(new URL(url, location.origin), {
      requestInit: { credentials: 'same-origin' },
      maxCacheSize: keptBytes,
      getRetryDelay: (attempts) => patience[attempts] ?? null,
      // A read that nobody waits for any more, as a rule of an input that was let go.
      handleUnhandledError: () => undefined,
    }),
  });
  const [video, audio] = await Promise.all([input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack()]);
  const firstFrame = video ? await video.getFirstTimestamp() : 0;
  const format = await input.getFormat();
  const container = format === MATROSKA || format === WEBM ? 'matroska' : format === OGG ? 'ogg' : 'other';
  const close = (): void => input.dispose();
  if (!audio) return { video, audio, container, firstFrame, firstSound: 0, close };
  // Sound before 0 is what an encoder needed to begin with.
  const first = Math.max(0, await audio.getFirstTimestamp()) - (await clockDelay(audio, container));
  const lead = format === MP3 && !video ? (await mp3Delay(url)) / audio.sampleRate : 0;
  return { video, audio, container, firstFrame, firstSound: first + lead, close };
};
