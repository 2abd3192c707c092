import { still } from '../../contract/timeline/animated.ts';
import type { Clip, Marker, Sequence, Track } from '../../contract/timeline/entities.ts';
import { plainPlacement } from '../../contract/timeline/operations/new-clips.ts';
import { one, rational, toNumber, zero } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import type { Losses } from './interchange.ts';
import { signedSpeed } from './otio-clip-times.ts';
import { clipMetadataSchema, colourName, colourOfName, markerMetadataSchema } from './otio-longtake.ts';
import type { ClipMetadata } from './otio-longtake.ts';
import type { MediaShelf } from './otio-media.ts';
import { longtakeWords, otioNode, schemaOf } from './otio-nodes.ts';
import type { OtioNode, OtioRange } from './otio-nodes.ts';
import { exactNumber, framesOf, secondsFrom } from './otio-times.ts';

/** What reading a timeline's tracks shares. */
export type ReadContext = {
  sequence: Sequence;
  shelf: MediaShelf;
  losses: Losses;
  newId: () => string;
  /** The fresh id of a link or group, by the label that the file has for it. */
  together: (label: string | null) => string | null;
};

/** A clip's stretch of its media; null when the file does not say how long it is. */
export const clipRange = (node: OtioNode, where: string): OtioRange | null =>
  node.source_range ?? availableRange(node, where);

const availableRange = (node: OtioNode, where: string): OtioRange | null => {
  const references = node.media_references ?? {};
  const key = node.active_media_reference_key ?? 'DEFAULT_MEDIA';
  const reference = Object.hasOwn(references, key) ? references[key] : node.media_reference;
  if (reference === undefined || reference === null) return null;
  return otioNode(reference, `the media of ${where}`).available_range ?? null;
};

/** @returns undefined (and a loss) for a clip that cannot be shown here */
export const readClip = (
  node: OtioNode,
  range: OtioRange,
  track: Track,
  span: { start: number; duration: number },
  where: string,
  { shelf, losses, newId, together }: ReadContext,
): Clip | undefined => {
  const name = (node.name ?? '').slice(0, 1000);
  const source = shelf.referenced(node, where);
  if ('missing' in source) {
    losses.add(source.missing, name || where);
    return undefined;
  }
  const title = 'title' in source ? source.title : null;
  const video = track.kind === 'video';
  if (title && !video) {
    losses.add('A title on a sound track is left out', name || where);
    return undefined;
  }
  const words = longtakeWords(clipMetadataSchema, node);
  const scalar = speedOf(node, where, name, losses);
  const times = ownTimes(words, range, availableRange(node, where)?.start_time, scalar, name, losses);
  return {
    id: newId(),
    trackId: track.id,
    kind: title ? 'title' : video ? 'video' : 'audio',
    name,
    mediaId: 'media' in source ? source.media.id : null,
    ...span,
    ...(title ? { sourceIn: zero, speed: one, reverse: false } : times),
    offsetSamples: words?.offsetSamples ?? 0,
    enabled: node.enabled ?? true,
    linkId: together(words?.link ?? null),
    groupId: together(words?.group ?? null),
    placement: video ? (words?.placement ?? plainPlacement) : null,
    gain: video ? null : (words?.gain ?? still(0)),
    fadeIn: Math.min(words?.fadeIn ?? 0, span.duration),
    fadeOut: Math.min(words?.fadeOut ?? 0, span.duration),
    title,
  };
};

type Times = Pick<Clip, 'sourceIn' | 'speed' | 'reverse'>;

/** Longtake's exact times where the plain ones still say the same, else the plain ones. */
const ownTimes = (
  words: ClipMetadata | undefined,
  range: OtioRange,
  available: OtioRange['start_time'] | undefined,
  scalar: number,
  name: string,
  losses: Losses,
): Times => {
  const { value, rate } = range.start_time;
  const plainSeconds = value / rate - (available ? available.value / available.rate : 0);
  if (
    words &&
    Math.abs(toNumber(words.sourceIn) - plainSeconds) < 1e-5 &&
    Math.abs(signedSpeed(words) - scalar) < 1e-9
  ) {
    return { sourceIn: words.sourceIn, speed: words.speed, reverse: words.reverse };
  }
  const speed = exactSpeed(Math.abs(scalar), name, losses);
  const sourceIn = secondsFrom(range.start_time, available);
  if (sourceIn.num >= 0) return { sourceIn, speed, reverse: scalar < 0 };
  losses.add('A clip that began before its media begins with it', name);
  return { sourceIn: zero, speed, reverse: scalar < 0 };
};

const exactSpeed = (speed: number, name: string, losses: Losses): Rational => {
  if (speed <= 100) return exactNumber(speed);
  losses.add('A speed above 100 times is played at 100 times', name);
  return rational(100);
};

/** The product of all time warps, negative for reverse; other effects are listed. */
const speedOf = (node: OtioNode, where: string, name: string, losses: Losses): number => {
  let speed = 1;
  for (const [index, value] of (node.effects ?? []).entries()) {
    const effect = otioNode(value, `effect ${index + 1} of ${where}`);
    const schema = schemaOf(effect);
    if (schema === 'LinearTimeWarp') speed *= effect.time_scalar ?? 1;
    else if (schema === 'FreezeFrame') speed = 0;
    else losses.add(`The effect ${effect.effect_name || effect.name || schema} is not carried`, name);
  }
  return speed;
};

/**
 * Markers of one object, their frames counted from `origin` (a time of the object's own clock) and moved by `shift` frames.
 *
 * @param clipId of the clip that they belong to, null for markers of the sequence
 */
export const readMarkers = (
  node: OtioNode,
  origin: OtioRange['start_time'] | undefined,
  shift: number,
  clipId: string | null,
  where: string,
  { sequence, newId }: ReadContext,
): Marker[] =>
  (node.markers ?? []).map((value, index) => {
    const marker = otioNode(value, `marker ${index + 1} of ${where}`);
    const range = marker.marked_range;
    const at = range ? framesOf(range.start_time, sequence.frameRate) : 0;
    const from = origin ? framesOf(origin, sequence.frameRate) : 0;
    const words = longtakeWords(markerMetadataSchema, marker);
    const plain = (marker.color ?? 'GREEN').toUpperCase();
    return {
      id: newId(),
      sequenceId: sequence.id,
      clipId,
      frame: clipId === null ? Math.max(0, Math.round(at - from + shift)) : Math.round(at - from),
      duration: range ? Math.round(framesOf(range.duration, sequence.frameRate)) : 0,
      name: (marker.name ?? '').slice(0, 1000),
      colour: words && colourName(words.colour) === plain ? words.colour : colourOfName(plain),
    };
  });
