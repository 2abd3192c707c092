import type { derivedCalls } from '../../contract/protocol/derived.ts';
import type { Handlers } from '../call-context.ts';
import type { Host } from '../host.ts';

export const derivedHandlers = ({ use, media, titles }: Host): Handlers<keyof typeof derivedCalls> => {
  return {
    'derived.thumbnails': (input, context) => media.thumbnails(use(input.project, context), input, context.signal),
    'derived.peaks': ({ project, mediaId }, context) => media.peaks(use(project, context), mediaId, context.signal),
    'derived.playback': ({ project, mediaId }, context) => media.playback(use(project, context), mediaId),
    'titles.bitmap': (input) => titles.bitmap(input),
  };
};
