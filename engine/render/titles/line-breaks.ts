/**
 * Where a line of a title may end: a small part of UAX 14, enough for languages with spaces (Arabic, Czech, English, Vietnamese) and for
 * Chinese, whose lines break between any two characters except beside the punctuation that must not begin or end one. It is written here
 * because a platform's own breaking changes with its Unicode tables, and with it every title.
 */
const eastAsian =
  /[\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]|[\u{20000}-\u{3ffff}]/u;
const neverFirst = /[!%),.:;?\]}¢°·’”‥…、。々〉》」』】〕〗〞︰-︴﹐-﹗！％），．：；？］｝～〜]/u;
const neverLast = /[$([{£¥‘“〈《「『【〔〖〝﹙﹛（［｛]/u;
/** Breaks after it, with nothing around it needed: space, zero width space, hyphens and dashes. */
const breaksAfter = /[ \u3000\u2000-\u2006\u2008-\u200b\u205f\-\u2010\u2012-\u2014]/;
const space = /[ \u3000\u2000-\u2006\u2008-\u200b\u205f]/;

export const isSpace = (character: string): boolean => space.test(character);

/** @returns for every UTF-16 unit whether a line may begin there */
export const lineStarts = (text: string): boolean[] => {
  const may = new Array<boolean>(text.length).fill(false);
  let at = 0;
  let before = '';
  for (const character of text) {
    const after =
      breaksAfter.test(before) && !isSpace(character) && !(before === '-' && /[\p{Nd}\p{P}]/u.test(character));
    const between =
      (eastAsian.test(before) || eastAsian.test(character)) &&
      !neverFirst.test(character) &&
      !neverLast.test(before) &&
      !isSpace(character) &&
      !/[\p{M}\p{Cf}\u00a0]/u.test(character) &&
      !/[\u00a0\u2060\ufeff]/.test(before);
    may[at] = before !== '' && (after || between);
    at += character.length;
    before = character;
  }
  return may;
};
