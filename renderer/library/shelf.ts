import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Bin, Media } from '../../engine/contract/timeline/media.ts';
import { add, compare, rational, toNumber } from '../../engine/contract/timeline/rational.ts';

/** What stands side by side in the library: bins first, then media, each by name as people count. */
export type ShelfItem =
  | { id: string; name: string; kind: 'bin'; bin: Bin; count: number }
  | { id: string; name: string; kind: 'media'; media: Media };

const { compare: byName } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Whether all words of a search stand in a name, whatever their case. */
export const found = (name: string, search: string): boolean => {
  const lower = name.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
};

/** What lies in a bin (null: at the top), or, with a search, everything anywhere below it that is found. */
export const shelfOf = (document: Document, binId: string | null, search: string): ShelfItem[] => {
  const bins = Array.from(document.bins.values());
  const media = Array.from(document.media.values());
  const searching = search.trim() !== '';
  const below = new Set<string | null>([binId]);
  // A bin may stand before the one that it lies in.
  for (let before = 0; searching && before !== below.size;) {
    before = below.size;
    for (const bin of bins) if (below.has(bin.parentId)) below.add(bin.id);
  }
  const here = (place: string | null, name: string): boolean =>
    searching ? below.has(place) && found(name, search.trim()) : place === binId;
  const counts = new Map<string, number>();
  for (const { binId: place } of media) if (place !== null) counts.set(place, (counts.get(place) ?? 0) + 1);
  return [
    ...bins
      .filter(({ parentId, name }) => here(parentId, name))
      .sort((a, b) => a.order - b.order || byName(a.name, b.name))
      .map((bin) => ({ id: bin.id, name: bin.name, kind: 'bin' as const, bin, count: counts.get(bin.id) ?? 0 })),
    ...media
      .filter(({ binId: place, name }) => here(place, name))
      .sort((a, b) => byName(a.name, b.name))
      .map((each) => ({ id: each.id, name: each.name, kind: 'media' as const, media: each })),
  ];
};

/** A bin and those that it lies in, the outermost first. */
export const pathOfBin = (document: Document, binId: string | null): Bin[] => {
  const bin = binId === null ? undefined : document.bins.get(binId);
  return bin ? [...pathOfBin(document, bin.parentId), bin] : [];
};

/** Seconds that a media lasts; null for a still. */
export const secondsOf = ({ picture, sound }: Media): number | null => {
  const heard = sound && add(sound.offset, rational(sound.samples, sound.sampleRate));
  const seen = picture?.duration ?? null;
  if (seen && heard) return toNumber(compare(seen, heard) > 0 ? seen : heard);
  const longest = seen ?? heard;
  return longest && toNumber(longest);
};
