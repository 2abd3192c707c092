import { mapNames } from './document.ts';
import type { Document } from './document.ts';

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered((value as Record<string, unknown>)[key])]),
  );
};

/** The content of a document as text: two documents are the same when their bytes are. Entities by id, keys in order. */
export const canonicalJson = (document: Document): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.values(mapNames)
        .sort()
        .map((name) => [
          name,
          Array.from<{ id: string }>(document[name].values())
            .sort((a, b) => (a.id < b.id ? -1 : 1))
            .map(ordered),
        ]),
    ),
  );
