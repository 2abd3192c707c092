import { z } from 'zod';
import { markersOfClip, sequenceOfClip, transitionAtEnd, transitionAtStart } from './document.ts';
import type { Document } from './document.ts';
import { clipSchema, markerSchema, sequenceSchema, trackSchema, transitionSchema } from './entities.ts';
import type { Clip, Track, Transition } from './entities.ts';
import { refused } from './refusals.ts';

/** Copied clips, apart from any document: what the system's clipboard holds and `paste` takes. */
export const clipboardSchema = z
  .object({
    /** Of the sequence that they were copied from; their frames are counted in it. */
    frameRate: sequenceSchema.shape.frameRate,
    items: z
      .array(
        z
          .object({
            clip: clipSchema,
            trackKind: trackSchema.shape.kind,
            /** Tracks between this and the first of its kind that was copied from. */
            place: z.number().int().min(0).max(1000),
          })
          .strict(),
      )
      .min(1)
      .max(100000),
    /** Those whose clips were all copied. */
    transitions: z.array(transitionSchema).max(100000),
    /** Those of the clips. */
    markers: z.array(markerSchema).max(100000),
  })
  .strict();
export type Clipboard = z.infer<typeof clipboardSchema>;

/**
 * Copies clips of one sequence.
 * @throws EditRefused when a clip is not there, there is none, or they lie in several sequences
 */
export const copyClips = (document: Document, clipIds: readonly string[]): Clipboard => {
  const copied: { clip: Clip; track: Track }[] = [...new Set(clipIds)].map((id) => {
    const clip = document.clips.get(id);
    const track = clip && document.tracks.get(clip.trackId);
    if (!track) throw refused('not-found');
    return { clip, track };
  });
  if (copied.length === 0) throw refused('nothing-to-do');
  const sequence = sequenceOfClip(document, copied[0].clip);
  if (!sequence || copied.some(({ track }) => track.sequenceId !== sequence.id)) {
    throw refused('bad-input', 'The clips lie in different sequences.', 'Copy clips of one sequence.');
  }
  const lowest = { video: Infinity, audio: Infinity };
  for (const { track } of copied) lowest[track.kind] = Math.min(lowest[track.kind], track.order);
  const ids = new Set(copied.map(({ clip }) => clip.id));
  const whole = ({ leftClipId, rightClipId }: Transition): boolean =>
    [leftClipId, rightClipId].every((id) => id === null || ids.has(id));
  const transitions = copied
    .flatMap(({ clip }) => [transitionAtStart(document, clip.id), transitionAtEnd(document, clip.id)])
    .filter((transition) => transition !== undefined)
    .filter(whole);
  return {
    frameRate: sequence.frameRate,
    items: copied.map(({ clip, track }) => ({
      clip,
      trackKind: track.kind,
      place: track.order - lowest[track.kind],
    })),
    transitions: [...new Set(transitions)],
    markers: copied.flatMap(({ clip }) => markersOfClip(document, clip.id)),
  };
};
