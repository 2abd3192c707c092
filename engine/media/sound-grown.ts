import { join } from 'node:path';
import { readAudio, streamAudio, type Pcm } from './audio-read.ts';
import { fileUrl } from './child.ts';
import { planSound } from './sound-codec.ts';
import { trackSpans, type TrackSpan } from './sound-spans.ts';
import { growSound } from './sound/grow-sound.ts';
import { openSoundWriter } from './sound-writer.ts';
import { opusClock, type PreparedSound, type SoundRequest } from './sound-track.ts';
import type { AudioInfo } from './types.ts';

/** How much of the neighbouring sound is listened to, seconds. */
const contextSeconds = 8;

type Own = Extract<TrackSpan, { kind: 'own' }>;
type Shape = { sampleRate: number; channels: number; layout: string };

const own = (span: TrackSpan | undefined): Own | undefined => (span?.kind === 'own' ? span : undefined);

/** Parts of the result's clock that are written, in samples; everything, unless only new pieces are wanted. */
const writtenWindows = ({ onlyNew, pieces, timeline }: SoundRequest, rate: number): [number, number][] => {
  if (!onlyNew) return [[0, Number.POSITIVE_INFINITY]];
  return pieces.flatMap((piece, index): [number, number][] => {
    if (piece.kind !== 'new') return [];
    const start = timeline.times[index][0];
    const end = index + 1 < pieces.length ? timeline.times[index + 1][0] : timeline.duration;
    return [[Math.round(start * rate), Math.round(end * rate)]];
  });
};

const silence = (channels: number, length: number): Pcm =>
  Array.from({ length: channels }, () => new Float32Array(length));

/** Writes one sound track of the result to a file, span by span: kept sound streams through, made sound is at most a minute. */
const writeTrack = async (
  request: SoundRequest,
  spans: TrackSpan[],
  shape: Shape,
  path: string,
  encoding: string[],
): Promise<void> => {
  const { sampleRate, channels } = shape;
  const sampleAt = (seconds: number): number => Math.round(seconds * sampleRate);
  const windows = writtenWindows(request, sampleRate);
  const first = sampleAt(spans[0].at);
  const writer = openSoundWriter(path, shape, encoding);
  let at = first;
  const put = async (pcm: Pcm): Promise<void> => {
    const length = pcm[0].length;
    for (const [start, end] of windows) {
      const from = Math.max(0, start - at);
      const to = Math.min(length, end - at);
      if (to > from) await writer.write(pcm.map((channel) => channel.subarray(from, to)));
    }
    at += length;
  };
  try {
    for (const [index, span] of spans.entries()) {
      const end = sampleAt(span.at + span.duration);
      const seen = windows.some(([start, stop]) => start < end && stop > at);
      if (!seen) at = end;
      else if (span.kind === 'own') {
        for await (const pcm of streamAudio(span.info, span.stream, span.from, end - at, shape)) await put(pcm);
      } else if (span.kind === 'made') {
        const before = own(spans[index - 1]);
        // Round a loop the clip's beginning comes after its end.
        const after = own(spans[index + 1] ?? (request.loop === true ? spans[0] : undefined));
        await put(await makeSound(request, { before, after, count: end - at, shape }));
      }
      // A stream that ends a few samples early must not pull what follows forward.
      if (at < end) await put(silence(channels, end - at));
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
};

type Gap = { before?: Own; after?: Own; count: number; shape: Shape };

const makeSound = async (request: SoundRequest, { before, after, count, shape }: Gap): Promise<Pcm> => {
  const wanted = count / shape.sampleRate;
  const read = (span: Own, from: number, to: number): Promise<Pcm> =>
    readAudio(span.info, span.stream, from, to, shape);
  const end = before && before.from + before.duration;
  // Between two clips each goes on with what it really has beyond its cut; a clip that merely grows has nothing there.
  const blended = before !== undefined && after !== undefined && before.info !== after.info;
  const [heard, rest, next, lead] = await Promise.all([
    before && read(before, end! - contextSeconds, end!),
    blended ? read(before, end!, end! + wanted) : undefined,
    after && read(after, after.from, after.from + contextSeconds),
    blended ? read(after, after.from - wanted, after.from) : undefined,
  ]);
  const filled = (pcm: Pcm | undefined): Pcm | undefined => (pcm !== undefined && pcm[0].length > 0 ? pcm : undefined);
  const grown = growSound({
    sampleRate: shape.sampleRate,
    channels: shape.channels,
    count,
    seed: request.seed,
    before: filled(heard),
    after: filled(next),
    beforeRest: filled(rest),
    afterRest: filled(lead),
  });
  if (grown.note !== undefined) request.note(grown.note);
  return grown.pcm;
};

/** Makes every sound track of a result that has more or other frames than its source. */
export const growSoundTrack = async (request: SoundRequest): Promise<PreparedSound | undefined> => {
  const { source, timeline, pieces, workDir, out } = request;
  const others = pieces.flatMap((piece) => (piece.kind === 'other' && piece.sound ? [piece.sound.info] : []));
  const tracks: AudioInfo[] =
    source.audio.length > 0 ? source.audio : (others.find((info) => info.audio.length > 0)?.audio.slice(0, 1) ?? []);
  const input: string[] = [];
  const output: string[] = [];
  const files: string[] = [];
  for (const [order, stream] of tracks.entries()) {
    const spans = trackSpans(timeline, order);
    if (spans.length === 0) continue;
    const { codec, args, carrier } = planSound(out, stream);
    if (order === 0) output.push(...opusClock(codec, out));
    const path = join(workDir, `sound-${order}${carrier}`);
    files.push(path);
    await writeTrack(request, spans, stream, path, args);
    // The lead-in of Opus counts as sound until the container's own header is read.
    const offset = (request.onlyNew ? 0 : spans[0].at) + (opusClock(codec, out).length > 0 ? 0.0065 : 0);
    input.push('-copyts', '-itsoffset', offset.toFixed(6), '-i', fileUrl(path));
    output.push('-map', `${files.length}:a:0`);
  }
  return files.length === 0 ? undefined : { input, output: [...output, '-c:a', 'copy'], files };
};
