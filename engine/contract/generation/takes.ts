import { z } from 'zod';
import type { Document } from '../timeline/document.ts';
import { idSchema } from '../timeline/media.ts';
import type { Media } from '../timeline/media.ts';
import { hasAnchor } from './place-spans.ts';
import { wishPlanSchema } from './plan.ts';
import type { GenerationWish, WishOf } from './wish.ts';

/** `provenance.settings` of a take that a queue made. */
export const takeSettingsSchema = z.object({
  plan: wishPlanSchema,
  /** The job that made it. */
  jobId: idSchema,
  /** What a person should know of how it was made. Sentences. */
  notes: z.array(z.string()),
  /** Ranges of frames of the take, both ends included, of which less than half was filmed: no frame that is known shows what lies there. */
  madeUp: z.array(z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])).default([]),
});
export type TakeSettings = z.infer<typeof takeSettingsSchema>;

const parsed = new WeakMap<Media, TakeSettings | null>();

/** Undefined for media that no queue has made: imported ones, takes of the command line. */
export const takeSettingsOf = (media: Media): TakeSettings | undefined => {
  if (media.kind !== 'take' || !media.provenance) return undefined;
  let settings = parsed.get(media);
  if (settings === undefined) {
    settings = takeSettingsSchema.safeParse(media.provenance.settings).data ?? null;
    parsed.set(media, settings);
  }
  return settings ?? undefined;
};

/** What a wish is about, apart from how it was asked for: wishes of one target make takes of each other. */
export const targetOf = (wish: GenerationWish): string => {
  switch (wish.task) {
    case 'extend':
      return `extend ${wish.clipId} ${wish.edge}`;
    case 'loop':
      return `loop ${wish.clipId}`;
    case 'fill':
      return `fill ${wish.clipId} ${wish.ranges.map((range) => range.join('-')).join(',')}`;
    case 'fill-gap':
      return `gap ${wish.trackId} ${wish.start} ${wish.duration}`;
    case 'blend':
      return `blend ${wish.leftClipId} ${wish.rightClipId} ${wish.frames}`;
    case 'blend-media':
      return `blend ${wish.leftMediaId} ${wish.rightMediaId} ${wish.frames}`;
    case 'animate':
      return `animate ${wish.mediaId} ${wish.clipId ?? ''}`;
    case 'inpaint':
      return `inpaint ${wish.clipId} ${wish.first} ${wish.last}`;
  }
};

/** Takes of the same target as this one, itself among them, in the order in which they were made. */
export const takesWith = (document: Document, take: Media): Media[] => {
  const settings = takeSettingsOf(take);
  if (!settings) return take.kind === 'take' ? [take] : [];
  const target = targetOf(settings.plan.wish);
  return sorted(document, (other) => targetOf(other.plan.wish) === target);
};

/** The draft of a wish that lies on a timeline: a final of the same wish is better in its place. */
export const shownDraft = (document: Document, wish: GenerationWish): Media | undefined => {
  const target = targetOf(wish);
  for (const { mediaId, placement } of document.clips.values()) {
    const media = placement === null || mediaId === null ? undefined : document.media.get(mediaId);
    const made = media && takeSettingsOf(media)?.plan.wish;
    if (made?.quality === 'draft' && targetOf(made) === target) return media;
  }
  return undefined;
};

/** For a clip that shows a take: that take and its siblings. For any other: the takes that were made of it. */
export const takesOf = (document: Document, clipId: string): Media[] => {
  const clip = document.clips.get(clipId);
  const media = clip && clip.mediaId !== null ? document.media.get(clip.mediaId) : undefined;
  if (clip?.kind === 'take' && media) return takesWith(document, media);
  return sorted(document, ({ plan }) => plan.clipId === clipId);
};

/** The take that a clip shows, and its wish, where it was made of this still: asked for once more, it may be with another motion. */
export const takeOfStill = (
  document: Document,
  clipId: string,
  stillId: string,
): { take: Media; wish: WishOf<'animate'> } | undefined => {
  const clip = document.clips.get(clipId);
  const take = clip && clip.mediaId !== null ? document.media.get(clip.mediaId) : undefined;
  const wish = take && takeSettingsOf(take)?.plan.wish;
  return take && wish?.task === 'animate' && wish.mediaId === stillId ? { take, wish } : undefined;
};

const sorted = (document: Document, wanted: (settings: TakeSettings) => boolean): Media[] =>
  Array.from(document.media.values())
    .filter((media) => {
      const settings = takeSettingsOf(media);
      return settings !== undefined && wanted(settings);
    })
    // Ids are UUIDv7: they sort by time.
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** Why a take does not fit its source any more: the file is gone or another one, or the clip that it continues was edited. */
export type OutOfDate = 'source-file' | 'source-edit';

/** Undefined while a take fits what it was made from. */
export const outOfDate = (document: Document, take: Media): OutOfDate | undefined => {
  const settings = takeSettingsOf(take);
  if (!settings) return undefined;
  const { sources, anchors } = settings.plan;
  if (sources.some(({ mediaId, hash }) => document.media.get(mediaId)?.hash !== hash)) return 'source-file';
  return anchors.every((edge) => hasAnchor(document, edge)) ? undefined : 'source-edit';
};
