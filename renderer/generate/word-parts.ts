import { wordsOf } from '../../engine/contract/generation/motion-words.ts';

export type WordPart = { text: string; unknown: boolean };

/** A text cut at the words that the model does not know; the parts together are the text. */
export const wordParts = (text: string): WordPart[] => {
  const parts: WordPart[] = [];
  let at = 0;
  for (const { text: word, from, to, known } of wordsOf(text)) {
    if (known) continue;
    if (from > at) parts.push({ text: text.slice(at, from), unknown: false });
    parts.push({ text: word, unknown: true });
    at = to;
  }
  if (at < text.length) parts.push({ text: text.slice(at), unknown: false });
  return parts;
};
