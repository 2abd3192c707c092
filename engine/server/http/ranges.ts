/** What a Range header asks of something `size` bytes long: both ends included; null for the whole; 'none' where nothing of it is there. */
export const parseRange = (header: string | undefined, size: number): { from: number; to: number } | null | 'none' => {
  // More than one range may be answered with the whole (RFC 9110, 14.2), and so is what is not understood.
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [first, last] = [match[1], match[2]].map((text) => (text === '' ? undefined : Number(text)));
  if (first === undefined) {
    const length = Math.min(size, last ?? 0);
    return length === 0 ? 'none' : { from: size - length, to: size - 1 };
  }
  if (last !== undefined && last < first) return null;
  return first >= size ? 'none' : { from: first, to: Math.min(size - 1, last ?? size - 1) };
};
