export type WordPart = { text: string; unknown: boolean };

/** Letters that are parts of a word, in every script. */
const word = /[\p{L}\p{M}\p{N}'’-]+/gu;

/** A text cut at the words of a list, whatever their case; the parts together are the text. */
export const wordParts = (text: string, unknown: readonly string[]): WordPart[] => {
  const listed = new Set(unknown.map((each) => each.toLowerCase()));
  const parts: WordPart[] = [];
  let at = 0;
  for (const found of text.matchAll(word)) {
    if (!listed.has(found[0].toLowerCase())) continue;
    if (found.index > at) parts.push({ text: text.slice(at, found.index), unknown: false });
    parts.push({ text: found[0], unknown: true });
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), unknown: false });
  return parts;
};
