import { z } from 'zod';
import { still } from '../animated.ts';
import { titleSchema } from '../entities.ts';
import type { Clip, Placement, Sequence, Track } from '../entities.ts';
import { idSchema } from '../media.ts';
import type { Media } from '../media.ts';
import { ceil, compare, multiply, one, rational, rationalSchema, round, subtract, zero } from '../rational.ts';
import type { Rational } from '../rational.ts';
import { refused } from '../refusals.ts';
import { extentOf } from '../source-time.ts';
import { framesSchema } from './inputs.ts';
import { freshId, needed } from './work.ts';
import type { Work } from './work.ts';

/**
 * What is put on the timeline: a stretch [in, out) of a media in seconds of its own time, the whole of it where they are left out; a still
 * or a title for so many frames, five seconds where that is left out.
 */
export const sourceSchema = z.union([
  z
    .object({
      mediaId: idSchema,
      in: rationalSchema.optional(),
      out: rationalSchema.optional(),
      duration: framesSchema.optional(),
    })
    .strict(),
  z.object({ title: titleSchema, duration: framesSchema.optional() }).strict(),
]);
type Source = z.infer<typeof sourceSchema>;

/** Where a source goes: its picture to a video track, its sound to an audio track; null leaves that part out. */
export const targetsSchema = z.object({
  videoTrackId: idSchema.nullable().default(null),
  audioTrackId: idSchema.nullable().default(null),
  /** Ids for the new clips, so that a script can name them in its next steps. */
  videoClipId: idSchema.optional(),
  audioClipId: idSchema.optional(),
});
type Targets = z.infer<typeof targetsSchema>;

export const plainPlacement: Placement = {
  fit: 'inside',
  opacity: still(1),
  x: still(0),
  y: still(0),
  scale: still(1),
  rotation: still(0),
  cropLeft: still(0),
  cropTop: still(0),
  cropRight: still(0),
  cropBottom: still(0),
};

/** What the parts of a media are on a track; a picture in a sound file (a cover) is none. */
const clipKind = ({ kind }: Media, track: Track['kind']): Clip['kind'] => {
  if (kind === 'take' || (kind === 'still' && track === 'video')) return kind;
  return track === 'video' ? 'video' : 'audio';
};

type Part = Pick<Clip, 'kind' | 'name' | 'mediaId' | 'title' | 'duration' | 'sourceIn'>;

const newClip = (id: string, track: Track, start: number, part: Part): Clip => ({
  id,
  trackId: track.id,
  start,
  speed: one,
  reverse: false,
  offsetSamples: 0,
  enabled: true,
  linkId: null,
  groupId: null,
  placement: track.kind === 'video' ? plainPlacement : null,
  gain: track.kind === 'audio' ? still(0) : null,
  fadeIn: 0,
  fadeOut: 0,
  ...part,
});

/** Frames whose start lies in [from, to) seconds of source. */
const framesWithin = (from: Rational, to: Rational, frameRate: Rational): number =>
  ceil(multiply(subtract(to, from), frameRate));

/** The stretch of a media that is used. */
const stretchOf = (media: Media, kind: Track['kind'], source: Source, { frameRate }: Sequence) => {
  const extent = extentOf(media, kind);
  const wanted = source.duration;
  if (!extent) return { sourceIn: zero, duration: wanted ?? round(multiply(rational(5), frameRate)) };
  const { in: from = extent.from, out: to = extent.to } = 'mediaId' in source ? source : {};
  if (compare(from, extent.from) < 0 || compare(to, extent.to) > 0) {
    throw refused('outside-source', 'The in or out point lies outside of the media.', 'Set them within the media.');
  }
  const duration = wanted ?? framesWithin(from, to, frameRate);
  if (duration < 1) throw refused('too-short', 'The out point is not after the in point.', 'Set it later.');
  return { sourceIn: from, duration };
};

const targetTrack = (work: Work, sequence: Sequence, id: string | null, kind: Track['kind']): Track | undefined => {
  if (id === null) return undefined;
  const track = needed(work, 'track', id);
  if (track.sequenceId !== sequence.id || track.kind !== kind) throw refused('wrong-track');
  return track;
};

/**
 * The clips that a source becomes at a frame, picture and sound linked; not put yet.
 * @throws EditRefused when no part of it fits the tracks
 */
export const clipsFrom = (work: Work, sequence: Sequence, source: Source, targets: Targets, start: number): Clip[] => {
  const video = targetTrack(work, sequence, targets.videoTrackId, 'video');
  const audio = targetTrack(work, sequence, targets.audioTrackId, 'audio');
  const videoId = (): string => freshId(work, 'clip', targets.videoClipId);
  if ('title' in source) {
    if (!video) throw refused('wrong-track', 'A title needs a video track.', 'Choose a video track.');
    const duration = source.duration ?? round(multiply(rational(5), sequence.frameRate));
    const name = source.title.text.slice(0, 100);
    return [
      newClip(videoId(), video, start, {
        kind: 'title',
        name,
        mediaId: null,
        title: source.title,
        duration,
        sourceIn: zero,
      }),
    ];
  }
  const media = needed(work, 'media', source.mediaId);
  const part = (kind: Track['kind']): Part => ({
    kind: clipKind(media, kind),
    name: media.name,
    mediaId: media.id,
    title: null,
    ...stretchOf(media, kind, source, sequence),
  });
  const picture =
    video && media.picture && media.kind !== 'audio' ? newClip(videoId(), video, start, part('video')) : undefined;
  if (!audio || !media.sound) {
    if (!picture)
      throw refused('wrong-track', 'This media has nothing for that track.', 'Choose a track that fits it.');
    return [picture];
  }
  const audioId = freshId(work, 'clip', targets.audioClipId);
  if (!picture) return [newClip(audioId, audio, start, part('audio'))];
  const linkId = work.newId();
  // Sound is cut as long as its picture, from the same moment on.
  const { sourceIn, duration } = picture;
  return [
    { ...picture, linkId },
    { ...newClip(audioId, audio, start, { ...part('audio'), sourceIn, duration }), linkId },
  ];
};
