import { takeSettingsOf, takesOf, targetOf } from '../../engine/contract/generation/takes.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';

/** Takes of one target, in the order in which they were made, and the picture on a timeline that shows one of them. */
export type TakeGroup = { key: string; subject: string; takes: readonly Media[]; clip: Clip | undefined };

const keyOf = (take: Media): string => {
  const settings = takeSettingsOf(take);
  return settings ? targetOf(settings.plan.wish) : take.id;
};

const grouped = (document: Document, takes: Iterable<Media>): TakeGroup[] => {
  const byKey = new Map<string, Media[]>();
  for (const take of takes) {
    const list = byKey.get(keyOf(take));
    if (list) list.push(take);
    else byKey.set(keyOf(take), [take]);
  }
  if (byKey.size === 0) return [];
  const shown = new Map<string, Clip>();
  for (const clip of document.clips.values())
    if (clip.kind === 'take' && clip.placement !== null && clip.mediaId !== null) shown.set(clip.mediaId, clip);
  return Array.from(byKey, ([key, list]) => ({
    ...{ key, takes: list.sort((a, b) => (a.id < b.id ? -1 : 1)) },
    subject: takeSettingsOf(list[0])?.plan.subject ?? list[0].name,
    clip: list.map(({ id }) => shown.get(id)).find((clip) => clip !== undefined),
  }));
};

/** The takes that a clip shows one of, or that were made of it. */
export const takeGroupsOf = (document: Document, clip: Clip): TakeGroup[] => {
  const groups = grouped(document, takesOf(document, clip.id));
  // A take that lies on the timeline twice is the one that is meant.
  return clip.kind === 'take' ? groups.map((group) => ({ ...group, clip })) : groups;
};

/** Every take of the project, the newest group first. */
export const allTakeGroups = (document: Document): TakeGroup[] =>
  grouped(
    document,
    [...document.media.values()].filter(({ kind }) => kind === 'take'),
  ).sort((a, b) => ((a.takes.at(-1)?.id ?? '') < (b.takes.at(-1)?.id ?? '') ? 1 : -1));

/** How takes stand side by side: as they were made, the starred ones in front, or the starred ones alone. */
export const takeOrders = ['made', 'starred-first', 'starred'] as const;
export type TakeOrder = (typeof takeOrders)[number];

/** `number`: from 1 on, as they were made, whatever the order: the key that shows it. */
export type NumberedTake = { take: Media; number: number };

/** The takes of a group in an order; the one in use is there in any. */
export const arranged = (group: TakeGroup, order: TakeOrder): NumberedTake[] => {
  const all = group.takes.map((take, i) => ({ take, number: i + 1 }));
  if (order === 'made') return all;
  const starred = all.filter(({ take }) => take.starred);
  const others = all.filter(({ take }) => !take.starred);
  return [...starred, ...(order === 'starred' ? others.filter(({ take }) => take.id === group.clip?.mediaId) : others)];
};

/** Which of a group is on the timeline, from 0 on; -1 for none. */
export const inUse = ({ takes, clip }: TakeGroup): number => takes.findIndex(({ id }) => id === clip?.mediaId);
