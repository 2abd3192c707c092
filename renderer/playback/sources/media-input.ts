import { ALL_FORMATS, Input, UrlSource } from 'mediabunny';
import type { InputAudioTrack, InputVideoTrack } from 'mediabunny';

/** An open media file. */
export type MediaInput = {
  video: InputVideoTrack | null;
  audio: InputAudioTrack | null;
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
  // Sound before 0 is what an encoder needed to begin with.
  const firstSound = audio ? Math.max(0, await audio.getFirstTimestamp()) : 0;
  return { video, audio, firstFrame, firstSound, close: () => input.dispose() };
};
