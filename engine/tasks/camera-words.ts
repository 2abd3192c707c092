import { UserFacingError } from '../contract/errors.ts';
import { moveWords, readMotionWords } from '../contract/generation/motion-words.ts';
import type { CameraMove } from '../diffusion/camera.ts';

/*
 * What the motion vocabulary's words stand for. A move and a speed make a steady motion per second: a pan of 4, 8 or 16 % of the picture's
 * width, a tilt of as much of its height, a zoom of 5, 10 or 20 %, a roll of 2, 4 or 8 degrees.
 */
const amounts: Record<keyof CameraMove, number> = {
  panRight: 0.08,
  tiltUp: 0.08,
  zoomIn: 0.1,
  rollLeft: (4 * Math.PI) / 180,
};

export const noMove: CameraMove = { panRight: 0, tiltUp: 0, zoomIn: 0, rollLeft: 0 };

export type ParsedWords = { move: CameraMove; /** How many moves were named. */ count: number; unknown: string[] };

/** The motion that a text asks for, and its words that are not known, in lower case. */
export const parseMotionWords = (text: string): ParsedWords => {
  const { words, named } = readMotionWords(text);
  const move = { ...noMove };
  for (const { part, sign, speed } of named) move[part] += sign * amounts[part] * (speed ?? 1);
  const unknown = words.flatMap(({ text: word, known }) => (known ? [] : [word.toLowerCase()]));
  return { move, count: named.length, unknown };
};

/** The camera words of the command line; anything that is not one of them is refused by name. */
export const parseCameraWords = (text: string): CameraMove => {
  const { move, count, unknown } = parseMotionWords(text);
  const known = `${moveWords.join(', ')}; slow, medium, fast`;
  if (unknown.length > 0) {
    throw new UserFacingError(
      'usage',
      `Unknown camera words: ${unknown.map((word) => `"${word}"`).join(', ')}.`,
      `Use ${known}, several joined by commas.`,
    );
  }
  if (count === 0)
    throw new UserFacingError('usage', 'The camera words name no move.', `Use ${known}, several joined by commas.`);
  return move;
};
