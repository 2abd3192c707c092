import { statfs } from 'node:fs/promises';
import { UserFacingError } from '../../contract/errors.ts';
import type { ParsedInput } from '../../contract/protocol/calls.ts';
import type { exportCalls } from '../../contract/protocol/export.ts';
import { sequenceEnd } from '../../contract/timeline/document.ts';
import type { Handlers } from '../call-context.ts';
import { estimateBytes } from '../export-size.ts';
import type { Host } from '../host.ts';
import type { OpenEntry } from '../open-projects.ts';

export const exportHandlers = ({ use, exports, exportPace, folders }: Host): Handlers<keyof typeof exportCalls> => {
  const framesOf = (
    entry: OpenEntry,
    { sequenceId, range }: Pick<ParsedInput<'export.estimate'>, 'sequenceId' | 'range'>,
  ) => {
    const document = entry.project.document();
    const sequence = document.sequences.get(sequenceId);
    if (!sequence) throw new UserFacingError('input', 'There is no such sequence.', 'Choose one of the project.');
    return { sequence, frames: range ? range.last - range.first + 1 : sequenceEnd(document, sequenceId) };
  };

  return {
    'export.estimate': async (input, context) => {
      const entry = use(input.project, context);
      const { sequence, frames } = framesOf(entry, input);
      const folder = input.folder === undefined ? entry.folder : await folders.allow(input.folder);
      const { bavail, bsize } = await statfs(folder).catch(() => {
        throw new UserFacingError('input', `There is no folder ${folder}.`, 'Choose another one, or make it first.');
      });
      const seconds = await exportPace.secondsFor(sequence, input.settings, frames);
      return { frames, bytes: estimateBytes(sequence, input.settings, frames), room: bavail * bsize, seconds };
    },
    'export.start': async (input, context) => {
      const entry = use(input.project, context);
      framesOf(entry, input);
      return exports.start(entry, { ...input, path: await folders.allow(input.path) });
    },
    'export.cancel': async ({ project, work }, context) => {
      await exports.cancel(use(project, context), work);
      return {};
    },
    'export.list': ({ project }, context) => ({ exports: exports.list(use(project, context)) }),
  };
};
