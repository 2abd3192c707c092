import type { CameraMove } from '../diffusion/camera.ts';
import { UserFacingError } from '../contract/errors.ts';

/*
 * The motion vocabulary. A move and a speed make a steady motion per second: a pan of 4, 8 or 16 % of the picture's width, a tilt of as much
 * of its height, a zoom of 5, 10 or 20 %, a roll of 2, 4 or 8 degrees.
 */
type Move = keyof CameraMove;

const moves: Record<string, { part: Move; sign: 1 | -1 }> = {
  'pan left': { part: 'panRight', sign: -1 },
  'pan right': { part: 'panRight', sign: 1 },
  'tilt up': { part: 'tiltUp', sign: 1 },
  'tilt down': { part: 'tiltUp', sign: -1 },
  'zoom in': { part: 'zoomIn', sign: 1 },
  'zoom out': { part: 'zoomIn', sign: -1 },
  'roll left': { part: 'rollLeft', sign: 1 },
  'roll right': { part: 'rollLeft', sign: -1 },
};
const speeds: Record<string, number> = { slow: 0.5, slowly: 0.5, medium: 1, fast: 2, quickly: 2 };
/** What a prompt may say. */
export const motionWords: readonly string[] = [...Object.keys(moves), 'slow', 'medium', 'fast'];
const amounts: Record<Move, number> = { panRight: 0.08, tiltUp: 0.08, zoomIn: 0.1, rollLeft: (4 * Math.PI) / 180 };
const fillers = new Set(['camera', 'the', 'a', 'and', 'then']);
const verbs: Record<string, string> = {
  pans: 'pan',
  tilts: 'tilt',
  zooms: 'zoom',
  rolls: 'roll',
  panning: 'pan',
  tilting: 'tilt',
  zooming: 'zoom',
  rolling: 'roll',
};

export const noMove: CameraMove = { panRight: 0, tiltUp: 0, zoomIn: 0, rollLeft: 0 };

export type ParsedWords = { move: CameraMove; /** How many moves were named. */ count: number; unknown: string[] };

/**
 * Reads moves and speeds, parted by commas or by nothing. A speed counts for the move beside it; alone between commas, for all moves
 * before it that have none yet.
 */
export const parseMotionWords = (text: string): ParsedWords => {
  const named: { part: Move; sign: number; speed: number | null }[] = [];
  const unknown: string[] = [];
  let ahead: number | null = null;
  for (const phrase of text.toLowerCase().split(/[,;.]/)) {
    const words = phrase.split(/[\s]+/).filter((word) => word !== '' && !fillers.has(word));
    const first = named.length;
    for (let i = 0; i < words.length; i++) {
      const verb = verbs[words[i]] ?? words[i];
      const move = moves[`${verb} ${words[i + 1]}`];
      if (move !== undefined) {
        named.push({ ...move, speed: ahead });
        ahead = null;
        i++;
        continue;
      }
      const speed = speeds[words[i]];
      if (speed === undefined) {
        unknown.push(words[i]);
        continue;
      }
      // "slow pan left": a speed that opens a phrase with more words in it belongs to what follows. Alone, it counts for all before it.
      const opens = named.length === first && words.length > 1;
      const open = opens ? [] : named.slice(words.length > 1 ? first : 0).filter((one) => one.speed === null);
      if (open.length === 0) ahead = speed;
      for (const one of open) one.speed = speed;
    }
  }
  const move = { ...noMove };
  for (const { part, sign, speed } of named) move[part] += sign * amounts[part] * (speed ?? 1);
  return { move, count: named.length, unknown };
};

/** The camera words of the command line; anything that is not one of them is refused by name. */
export const parseCameraWords = (text: string): CameraMove => {
  const { move, count, unknown } = parseMotionWords(text);
  const known = `${Object.keys(moves).join(', ')}; slow, medium, fast`;
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
