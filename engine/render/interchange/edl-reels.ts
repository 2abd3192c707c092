import type { Media } from '../../contract/timeline/media.ts';

/** The reel of what comes from no tape: titles. */
export const auxiliaryReel = 'AX';
export const blackReel = 'BL';

const maxLength = 8;

/** Names of at most eight capitals and digits, one for each media, made from the file's name. */
export const createReels = (): ((media: Media) => string) => {
  const names = new Map<string, string>();
  const taken = new Set([auxiliaryReel, blackReel]);
  return (media) => {
    const known = names.get(media.id);
    if (known) return known;
    const stem = media.name.replace(/\.[^.]*$/, '').toUpperCase();
    const base = stem.normalize('NFKD').replace(/[^A-Z0-9]/g, '') || 'REEL';
    let name = base.slice(0, maxLength);
    for (let number = 2; taken.has(name); number += 1) {
      name = `${base.slice(0, maxLength - String(number).length)}${number}`;
    }
    taken.add(name);
    names.set(media.id, name);
    return name;
  };
};
