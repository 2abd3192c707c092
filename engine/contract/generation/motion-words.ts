/** The words that the embedded model's motion vocabulary knows: what a prompt or a camera's text says with them, and where it says others. */

/** Which way the view goes: `panRight` to the right, `tiltUp` up, `zoomIn` nearer, `rollLeft` turning anticlockwise. */
export type MovePart = 'panRight' | 'tiltUp' | 'zoomIn' | 'rollLeft';

const moves: Readonly<Record<string, { part: MovePart; sign: 1 | -1 }>> = {
  'pan left': { part: 'panRight', sign: -1 },
  'pan right': { part: 'panRight', sign: 1 },
  'tilt up': { part: 'tiltUp', sign: 1 },
  'tilt down': { part: 'tiltUp', sign: -1 },
  'zoom in': { part: 'zoomIn', sign: 1 },
  'zoom out': { part: 'zoomIn', sign: -1 },
  'roll left': { part: 'rollLeft', sign: 1 },
  'roll right': { part: 'rollLeft', sign: -1 },
};
const speeds: Readonly<Record<string, number>> = { slow: 0.5, slowly: 0.5, medium: 1, fast: 2, quickly: 2 };
const fillers = new Set(['camera', 'the', 'a', 'and', 'then']);
const verbs: Readonly<Record<string, string>> = {
  pans: 'pan',
  tilts: 'tilt',
  zooms: 'zoom',
  rolls: 'roll',
  panning: 'pan',
  tilting: 'tilt',
  zooming: 'zoom',
  rolling: 'roll',
};

export const moveWords: readonly string[] = Object.keys(moves);
/** What may be said, to be offered. */
export const motionWords: readonly string[] = [...moveWords, 'slow', 'medium', 'fast'];

/** A word as it stands in the text, which it covers from `from` up to but not including `to` (UTF-16 units). */
export type MotionWord = { text: string; from: number; to: number; known: boolean };

export type MotionReading = {
  /** Every word of the text, in order. */
  words: MotionWord[];
  /** `speed` is a factor; null where none was said. */
  named: { part: MovePart; sign: 1 | -1; speed: number | null }[];
};

/** What is between the marks that part phrases. */
const phrasePattern = /[^,;.!?]+/gu;
const wordPattern = /[^\s"“”()]+/gu;

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/**
 * Reads moves and speeds, parted by commas or by nothing, in any case. A speed counts for the move beside it; alone between commas, for all
 * moves before it that have none yet.
 */
export const readMotionWords = (text: string): MotionReading => {
  const words: MotionWord[] = [];
  const named: MotionReading['named'] = [];
  let ahead: number | null = null;
  for (const phrase of text.matchAll(phrasePattern)) {
    const all = [...phrase[0].matchAll(wordPattern)].map((found): MotionWord & { lower: string } => {
      const from = phrase.index + found.index;
      return { text: found[0], from, to: from + found[0].length, known: true, lower: found[0].toLowerCase() };
    });
    words.push(...all);
    const telling = all.filter(({ lower }) => !fillers.has(lower));
    const first = named.length;
    for (let i = 0; i < telling.length; i++) {
      const { lower } = telling[i];
      const move = own(moves, `${own(verbs, lower) ?? lower} ${telling[i + 1]?.lower ?? ''}`);
      if (move !== undefined) {
        named.push({ ...move, speed: ahead });
        ahead = null;
        i++;
        continue;
      }
      const speed = own(speeds, lower);
      if (speed === undefined) {
        telling[i].known = false;
        continue;
      }
      // "slow pan left": a speed that opens a phrase with more words in it belongs to what follows. Alone, it counts for all before it.
      const opens = named.length === first && telling.length > 1;
      const open = opens ? [] : named.slice(telling.length > 1 ? first : 0).filter((one) => one.speed === null);
      if (open.length === 0) ahead = speed;
      for (const one of open) one.speed = speed;
    }
  }
  return { words: words.map(({ text: word, from, to, known }) => ({ text: word, from, to, known })), named };
};

/** Every word of a prompt or a camera's text, and whether the vocabulary has it there ("left" alone is nothing). */
export const wordsOf = (text: string): MotionWord[] => readMotionWords(text).words;

/** The words that are not known, each once, in lower case. */
export const unknownWordsOf = (text: string): string[] => [
  ...new Set(wordsOf(text).flatMap(({ text: word, known }) => (known ? [] : [word.toLowerCase()]))),
];
