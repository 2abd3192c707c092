import { UserFacingError } from '../contract/errors.ts';
import { extendRequest } from '../contract/task-request.ts';
import type { Command } from './command.ts';
import { commonFields, parseRequest, positionalsOf, secondsOption, taskOptions, toNumber } from './options.ts';
import { runTaskRequest } from './run-task.ts';

const options = {
  seconds: { ...secondsOption, help: 'new material, on each side with --direction both' },
  direction: {
    value: 'WAY',
    expects: 'forward, backward or both',
    help: 'forward, backward or both (default forward)',
  },
  loop: { help: 'the new frames lead back to the first one' },
  'only-new': { help: 'writes the new frames alone' },
  ...taskOptions,
};

export const command: Command = {
  name: 'extend',
  summary: 'holds a shot longer, at its end or before its start',
  usage: 'extend CLIP -o OUT --seconds S [--direction forward|backward|both] [--loop] [--only-new]',
  details: [],
  options,
  run: async (input, voice) => {
    const [clip] = positionalsOf(input, ['CLIP'], 'extend');
    const { given } = input;
    if (given.loop && given.direction && given.direction[0] !== 'forward') {
      throw new UserFacingError(
        'usage',
        'A loop goes from the end back to the first frame, so it has no other direction.',
        'Leave out --direction, or --loop.',
      );
    }
    const raw = {
      ...commonFields(input),
      task: 'extend',
      clip,
      seconds: toNumber(given.seconds?.[0]),
      direction: given.direction?.[0],
      loop: given.loop !== undefined,
      onlyNew: given['only-new'] !== undefined,
    };
    await runTaskRequest(parseRequest(extendRequest, raw, input, options), voice);
  },
};
