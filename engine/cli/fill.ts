import { UserFacingError } from '../contract/errors.ts';
import { fillRequest } from '../contract/task-request.ts';
import type { Command } from './command.ts';
import { commonFields, parseRequest, positionalsOf, taskOptions } from './options.ts';
import { runTaskRequest } from './run-task.ts';

const options = {
  frames: {
    value: 'A-B[,C-D…]',
    expects: 'ranges of frame numbers such as 12-18,40',
    help: 'frames to make anew, counted from 0, both ends included',
  },
  detect: {
    value: 'KINDS',
    expects: 'black, duplicate, or both joined by a comma',
    help: 'finds the frames itself: black, duplicate, or both joined by a comma',
  },
  ...taskOptions,
};

/**
 * @param text "12-18,40"
 * @returns ranges as they are written, both ends included; undefined when the text is none
 */
export const parseRanges = (text: string): [number, number][] | undefined => {
  const ranges = text.split(',').map((part): [number, number] | undefined => {
    const match = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part);
    return match ? [Number(match[1]), Number(match[2] ?? match[1])] : undefined;
  });
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
};

export const command: Command = {
  name: 'fill',
  summary: 'replaces missing, black, duplicated or damaged frames',
  usage: 'fill CLIP -o OUT (--frames A-B[,C-D…] | --detect black,duplicate)',
  details: [],
  options,
  run: async (input, voice) => {
    const [clip] = positionalsOf(input, ['CLIP'], 'fill');
    const { given } = input;
    if ((given.frames === undefined) === (given.detect === undefined)) {
      throw new UserFacingError(
        'usage',
        given.frames ? '--frames and --detect exclude each other.' : 'fill does not know which frames to make.',
        'Give either --frames A-B, or --detect black,duplicate.',
      );
    }
    const raw = {
      ...commonFields(input),
      task: 'fill',
      clip,
      ranges: given.frames && (parseRanges(given.frames[0]) ?? given.frames[0]),
      detect: given.detect?.[0].split(',').map((kind) => kind.trim()),
    };
    await runTaskRequest(parseRequest(fillRequest, raw, input, options), voice);
  },
};
