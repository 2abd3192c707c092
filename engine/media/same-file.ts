import { statSync } from 'node:fs';
import path from 'node:path';

/** The same file, by whatever name: links lead to what they link to. */
export const isSameFile = (a: string, b: string): boolean => {
  if (path.resolve(a) === path.resolve(b)) return true;
  const [one, other] = [a, b].map((file) => statSync(file, { throwIfNoEntry: false, bigint: true }));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
};
