import { z } from 'zod';
import {
  clipSchema,
  markerSchema,
  sequenceSchema,
  trackSchema,
  transitionSchema,
} from '../../contract/timeline/entities.ts';
import { mediaSchema } from '../../contract/timeline/media.ts';

/**
 * What OpenTimelineIO has no words for lies in `metadata.longtake` of the object that it belongs to, so that a file opens again to the same
 * timeline. What both say (times, speed, colour of a marker) is believed from the plain words where they differ: another program keeps
 * metadata while it trims a clip.
 */
export const longtakeVersion = 1;

const version = z.object({ version: z.literal(longtakeVersion) });

export const timelineMetadataSchema = version.extend({
  sequence: sequenceSchema.omit({ id: true, name: true }),
  /** By the key that media references carry. */
  media: z.record(z.string(), mediaSchema.omit({ id: true, binId: true })),
});
export type TimelineMetadata = z.infer<typeof timelineMetadataSchema>;

export const trackMetadataSchema = trackSchema.pick({ locked: true, solo: true, gain: true, height: true });

/** `link` and `group` only say which clips belong together. A placement as it is made new is left out. */
export const clipMetadataSchema = clipSchema
  .pick({ sourceIn: true, speed: true, reverse: true, offsetSamples: true, gain: true, fadeIn: true, fadeOut: true })
  .extend({
    placement: clipSchema.shape.placement.optional(),
    link: z.string().max(64).nullable(),
    group: z.string().max(64).nullable(),
  });
export type ClipMetadata = z.infer<typeof clipMetadataSchema>;

export const transitionMetadataSchema = transitionSchema
  .pick({ kind: true, colour: true, direction: true, softness: true })
  .extend({
    /** A transition to or from nothing belongs to the clip on this side. */
    side: z.enum(['both', 'left', 'right']),
  });

export const markerMetadataSchema = z.object({ colour: markerSchema.shape.colour });

export const referenceMetadataSchema = z.object({ key: z.string().max(64) });

/** The generator that a title's reference names; its parameters are the contract's title. */
export const titleGenerator = 'longtake.title';

/** OpenTimelineIO's names for marker colours, with the colours that they stand for here. */
const markerColours: [name: string, colour: string][] = [
  ['PINK', '#ffc0cb'],
  ['RED', '#ff0000'],
  ['ORANGE', '#ffa500'],
  ['YELLOW', '#ffff00'],
  ['GREEN', '#00ff00'],
  ['CYAN', '#00ffff'],
  ['BLUE', '#0000ff'],
  ['PURPLE', '#800080'],
  ['MAGENTA', '#ff00ff'],
  ['BLACK', '#000000'],
  ['WHITE', '#ffffff'],
];

const channels = (colour: string): number[] => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** The nearest colour that OpenTimelineIO has a name for. */
export const colourName = (colour: string): string => {
  const own = channels(colour);
  const distance = (other: string): number => channels(other).reduce((sum, v, i) => sum + (v - own[i]) ** 2, 0);
  return markerColours.reduce((best, each) => (distance(each[1]) < distance(best[1]) ? each : best))[0];
};

/** @returns the colour of a name, green where the name is unknown */
export const colourOfName = (name: string): string =>
  markerColours.find(([known]) => known === name.toUpperCase())?.[1] ?? '#00ff00';
