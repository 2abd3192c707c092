import { documentOf, mapNames } from '../timeline/document.ts';
import type { Document, DocumentContent } from '../timeline/document.ts';

/** A document at one revision, as it is sent: what the maps hold, without their indexes. */
export type Snapshot = { revision: number; content: Record<(typeof mapNames)[keyof typeof mapNames], unknown[]> };

export const snapshotOf = (revision: number, document: Document): Snapshot => ({
  revision,
  content: Object.fromEntries(
    Object.values(mapNames).map((name) => [name, Array.from<unknown>(document[name].values())]),
  ) as Snapshot['content'],
});

/** The document of a snapshot. The engine has checked every value; checking ten thousand clips once more would cost the start 0.2 s. */
export const documentOfSnapshot = ({ content }: Snapshot): Document => documentOf(content as DocumentContent);
