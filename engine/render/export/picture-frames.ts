import type { Document } from '../../contract/timeline/document.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import { readFrames, scalerFlags } from '../../media/decode.ts';
import { planarFormat } from '../../media/pixel-format.ts';
import type { MediaInfo } from '../../media/types.ts';
import type { ComposePool } from '../compose/pool.ts';
import { pixelFormatOf, type OutputFormat } from '../compose/to-planes.ts';
import { createFrameReaders, skipAhead } from '../frame-readers.ts';
import type { MediaFiles } from '../media-files.ts';
import { createPictureLoader, sketchFrame } from '../sketch.ts';
import type { Stretch } from './stretches.ts';

const swsMatrix = { bt601: 'smpte170m', bt709: 'bt709', bt2020: 'bt2020' } as const;

/** A source read as the encoder takes it: ffmpeg converts layout, matrix and range where they differ. */
const readAs = (info: MediaInfo, output: OutputFormat & { kind: 'planar' }): MediaInfo => {
  const { bits, log2ChromaW, log2ChromaH } = output;
  const { matrix, range } = info.colour;
  const converted = matrix !== 'bt709' || range !== 'limited';
  const convert = `scale=in_color_matrix=${swsMatrix[matrix]}:in_range=${range === 'full' ? 'pc' : 'tv'}:out_color_matrix=bt709:out_range=tv:flags=${scalerFlags}`;
  return {
    ...info,
    format: planarFormat({ bits, log2ChromaW, log2ChromaH, rgb: false, alpha: false }),
    rawPixFmt: pixelFormatOf(output),
    filters: converted ? [...info.filters, convert, `format=${pixelFormatOf(output)}`] : info.filters,
  };
};

/** All planes of a frame that was just read: they lie in one piece. */
const wholeFrame = ({ planes }: { planes: (Uint8Array | Uint16Array)[] }): Uint8Array => {
  const last = planes[planes.length - 1];
  const start = planes[0].byteOffset;
  return new Uint8Array(planes[0].buffer, start, last.byteOffset + last.byteLength - start);
};

/** True for frames that one pass through the file gives: forwards, without long leaps. */
const inOnePass = (frames: number[]): boolean =>
  frames.every((index, i) => i === 0 || (index >= frames[i - 1] && index - frames[i - 1] <= skipAhead));

async function* straightFrames(
  { media, frames }: Stretch & { kind: 'straight' },
  output: OutputFormat & { kind: 'planar' },
): AsyncGenerator<Uint8Array> {
  const info = readAs(media.info, output);
  if (!inOnePass(frames)) {
    const readers = createFrameReaders();
    try {
      for (const index of frames) yield wholeFrame(await readers.read('', info, index));
    } finally {
      await readers.close();
    }
    return;
  }
  let at = 0;
  let index = frames[0];
  for await (const frame of readFrames(info, index, frames[frames.length - 1])) {
    for (; frames[at] === index; at++) yield wholeFrame(frame);
    index++;
  }
}

export type PictureRequest = {
  document: Document;
  sequence: Sequence;
  files: MediaFiles;
  output: OutputFormat;
  pool: ComposePool;
};

/** Composes frames from..to in order, several at a time; pictures are read in playing order. */
async function* composedFrames(
  { document, sequence, files, output, pool }: PictureRequest,
  from: number,
  to: number,
  loader: ReturnType<typeof createPictureLoader>,
): AsyncGenerator<Uint8Array> {
  const size = { width: sequence.width, height: sequence.height };
  const under: Promise<Uint8Array>[] = [];
  try {
    for (let frame = from; frame <= to; frame++) {
      const layers = await loader.load(await sketchFrame(document, sequence, frame, files));
      under.push(pool.compose({ layers, frame: size, output }));
      if (under.length >= pool.depth) yield await (under.shift() as Promise<Uint8Array>);
    }
    while (under.length > 0) yield await (under.shift() as Promise<Uint8Array>);
  } finally {
    // Whoever stops early does not wait for these, and nobody else will.
    for (const frame of under) frame.catch(() => undefined);
  }
}

/**
 * The raw frames of stretches, one after the other, as the encoder takes them. Memory does not grow with their length.
 * @throws UserFacingError 'input' when a source cannot be decoded
 */
export async function* pictureFrames(
  request: PictureRequest,
  stretches: AsyncIterable<Stretch> | Iterable<Stretch>,
): AsyncGenerator<Uint8Array> {
  const readers = createFrameReaders();
  const loader = createPictureLoader(readers);
  try {
    for await (const stretch of stretches) {
      if (stretch.kind === 'straight' && request.output.kind === 'planar')
        yield* straightFrames(stretch, request.output);
      else yield* composedFrames(request, stretch.from, stretch.to, loader);
    }
  } finally {
    await readers.close();
  }
}
