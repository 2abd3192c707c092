import { animateRequest } from '../contract/task-request.ts';
import type { Command } from './command.ts';
import { commonFields, parseRequest, positionalsOf, secondsOption, taskOptions, toNumber } from './options.ts';
import { runTaskRequest } from './run-task.ts';

const options = {
  seconds: { ...secondsOption, help: 'length of the clip (default 2)' },
  fps: { value: 'N', expects: 'a number of frames per second from 1 to 240', help: 'frames per second (default 24)' },
  camera: { value: 'WORDS', help: 'camera moves, such as "pan left, slow"' },
  hint: {
    value: 'x,y,dx,dy',
    expects: 'four numbers x,y,dx,dy in pixels of the picture',
    help: 'what is at x,y moves by dx,dy over the whole clip; may be given more than once',
    many: true,
  },
  keep: { value: 'MASK.png', help: 'what is white in this picture stays still' },
  ...taskOptions,
};

/** One hint; what is no hint is left as text, which the contract refuses. */
const toHint = (text: string): unknown => {
  const parts = text.split(',');
  const [x, y, dx, dy] = parts.map(toNumber);
  return parts.length === 4 ? { x, y, dx, dy } : text;
};

export const command: Command = {
  name: 'animate',
  summary: 'makes a clip from a still picture',
  usage:
    'animate IMAGE -o OUT [--seconds 2] [--fps 24] [--camera "pan left, slow"] [--hint x,y,dx,dy]… [--keep MASK.png]',
  details: [
    'Camera words: pan left, pan right, tilt up, tilt down, zoom in, zoom out, roll left, roll right,',
    'with slow, medium or fast; several are joined by commas.',
  ],
  options,
  run: async (input, voice) => {
    const [image] = positionalsOf(input, ['IMAGE'], 'animate');
    const { given } = input;
    const raw = {
      ...commonFields(input),
      task: 'animate',
      image,
      seconds: toNumber(given.seconds?.[0]),
      fps: toNumber(given.fps?.[0]),
      camera: given.camera?.[0],
      hints: given.hint?.map(toHint),
      keep: given.keep?.[0],
    };
    await runTaskRequest(parseRequest(animateRequest, raw, input, options), voice);
  },
};
