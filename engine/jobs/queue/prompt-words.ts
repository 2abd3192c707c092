import { motionWords, parseMotionWords } from '../../tasks/camera-words.ts';

/** Words of a prompt that the motion vocabulary does not have. */
export const unknownWordsOf = (text: string): string[] => [...new Set(parseMotionWords(text).unknown)];

export const knownWords: readonly string[] = motionWords;
