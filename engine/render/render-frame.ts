import { UserFacingError } from '../contract/errors.ts';
import type { Document } from '../contract/timeline/document.ts';
import type { Sequence } from '../contract/timeline/entities.ts';
import type { Bitmap } from './compose/bitmap.ts';
import { createCompositor } from './compose/frame.ts';
import { createFrameReaders } from './frame-readers.ts';
import { createMediaFiles } from './media-files.ts';
import type { MediaResolver } from './resolve-media.ts';
import { createPictureLoader, sketchFrame } from './sketch.ts';

/** @throws UserFacingError 'usage' when the project has no such sequence */
export const sequenceById = (document: Document, sequenceId: string): Sequence => {
  const sequence = document.sequences.get(sequenceId);
  if (sequence) return sequence;
  throw new UserFacingError('usage', 'The project has no such sequence.', 'Choose one of the sequences that it has.');
};

export type RenderRequest = { document: Document; sequenceId: string; resolveMedia: MediaResolver };

/** Renders single frames, cheapest in playing order. */
export type FrameRenderer = {
  /** The frame as it is exported: premultiplied, transparent where nothing lies. */
  render: (frame: number) => Promise<Bitmap>;
  close: () => Promise<void>;
};

/** Composes frames on this thread, by the same code as an export. */
export const openFrameRenderer = ({ document, sequenceId, resolveMedia }: RenderRequest): FrameRenderer => {
  const sequence = sequenceById(document, sequenceId);
  const files = createMediaFiles(document, resolveMedia);
  const readers = createFrameReaders();
  const loader = createPictureLoader(readers);
  const compositor = createCompositor();
  return {
    render: async (frame) => {
      const layers = await loader.load(await sketchFrame(document, sequence, frame, files));
      const { width, height } = sequence;
      const data = new Uint8Array(width * height * 4);
      compositor.compose(layers, { width, height }, data);
      return { width, height, data, opaque: false };
    },
    close: () => readers.close(),
  };
};

/**
 * One frame of a sequence: what an export writes and what a preview has to show.
 * @throws UserFacingError 'usage' (no such sequence), 'input' (media missing or damaged)
 */
export const renderFrame = async (request: RenderRequest & { frame: number }): Promise<Bitmap> => {
  const renderer = openFrameRenderer(request);
  try {
    return await renderer.render(request.frame);
  } finally {
    await renderer.close();
  }
};
