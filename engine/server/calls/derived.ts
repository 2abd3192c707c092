import type { derivedCalls } from '../../contract/protocol/derived.ts';
import type { CallContext, Handlers } from '../call-context.ts';
import type { Host } from '../host.ts';
import type { OpenEntry } from '../open-projects.ts';

export const derivedHandlers = ({ projects, media, titles }: Host): Handlers<keyof typeof derivedCalls> => {
  const use = (handle: string, { connection }: CallContext): OpenEntry => {
    projects.hold(handle, connection);
    return projects.get(handle);
  };
  return {
    'derived.thumbnails': (input, context) => media.thumbnails(use(input.project, context), input, context.signal),
    'derived.peaks': ({ project, mediaId }, context) => media.peaks(use(project, context), mediaId, context.signal),
    'derived.playback': ({ project, mediaId }, context) => media.playback(use(project, context), mediaId),
    'titles.bitmap': (input) => titles.bitmap(input),
  };
};
