import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import type { ParsedInput } from '../../contract/protocol/calls.ts';
import type { exportCalls } from '../../contract/protocol/export.ts';
import { sequenceEnd } from '../../contract/timeline/document.ts';
import type { CallContext, Handlers } from '../call-context.ts';
import { estimateBytes } from '../export-size.ts';
import type { Host } from '../host.ts';
import type { OpenEntry } from '../open-projects.ts';

const existingParent = (folder: string): string => (existsSync(folder) ? folder : existingParent(path.dirname(folder)));

export const exportHandlers = ({ projects, exports, folders }: Host): Handlers<keyof typeof exportCalls> => {
  const use = (handle: string, { connection }: CallContext): OpenEntry => {
    projects.hold(handle, connection);
    return projects.get(handle);
  };
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
      const folder = existingParent(await folders.allow(input.folder ?? entry.folder));
      const { bavail, bsize } = await statfs(folder);
      return { frames, bytes: estimateBytes(sequence, input.settings, frames), room: bavail * bsize };
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
