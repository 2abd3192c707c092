import { UserFacingError } from '../contract/errors.ts';
import { inpaintRequest } from '../contract/task-request.ts';
import type { Command } from './command.ts';
import { commonFields, parseRequest, positionalsOf, taskOptions, toNumber } from './options.ts';
import { runTaskRequest } from './run-task.ts';

const options = {
  mask: { value: 'MASK', help: 'a picture for all frames, or a video with one for each; white is painted anew' },
  feather: {
    value: 'PIXELS',
    expects: 'a number of pixels from 0 to 256',
    help: 'width of the soft edge around the mask (default 8)',
  },
  ...taskOptions,
};

export const command: Command = {
  name: 'inpaint',
  summary: 'paints a region out',
  usage: 'inpaint CLIP -o OUT --mask MASK.(png|mp4) [--feather 8]',
  details: ['The mask has the aspect of the clip; beyond its soft edge every pixel stays as it is.'],
  options,
  run: async (input, voice) => {
    const [clip] = positionalsOf(input, ['CLIP'], 'inpaint');
    const { given } = input;
    if (given.mask === undefined) {
      throw new UserFacingError(
        'usage',
        'inpaint needs a mask.',
        'Add --mask and a picture that is white where to paint.',
      );
    }
    const raw = {
      ...commonFields(input),
      task: 'inpaint',
      clip,
      mask: given.mask[0],
      feather: toNumber(given.feather?.[0]),
    };
    await runTaskRequest(parseRequest(inpaintRequest, raw, input, options), voice);
  },
};
