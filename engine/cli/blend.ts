import { blendRequest } from '../contract/task-request.ts';
import type { Command } from './command.ts';
import { commonFields, parseRequest, positionalsOf, secondsOption, taskOptions, toNumber } from './options.ts';
import { runTaskRequest } from './run-task.ts';

const options = {
  seconds: { ...secondsOption, help: 'length of the transition' },
  insert: { help: 'puts the new frames between A and B instead of in place of their ends' },
  'only-new': { help: 'writes the new frames alone' },
  ...taskOptions,
};

export const command: Command = {
  name: 'blend',
  summary: 'lets one clip become another',
  usage: 'blend A B -o OUT --seconds S [--insert] [--only-new]',
  details: ['The result has the size and rate of A; B is fitted to it.'],
  options,
  run: async (input, voice) => {
    const [a, b] = positionalsOf(input, ['A', 'B'], 'blend');
    const { given } = input;
    const raw = {
      ...commonFields(input),
      task: 'blend',
      a,
      b,
      seconds: toNumber(given.seconds?.[0]),
      insert: given.insert !== undefined,
      onlyNew: given['only-new'] !== undefined,
    };
    await runTaskRequest(parseRequest(blendRequest, raw, input, options), voice);
  },
};
