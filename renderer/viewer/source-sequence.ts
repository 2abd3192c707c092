import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import type { Change } from '../../engine/contract/timeline/change.ts';
import { emptyDocument } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Sequence } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { newTrack } from '../../engine/contract/timeline/operations/sequences.ts';
import { compare, divide, one, rational, toNumber } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';
import { extentOf } from '../../engine/contract/timeline/source-time.ts';
import { newId } from '../document/new-id.ts';

/** A sequence that holds one media and nothing else, so that a source plays as a programme does. */
export type SourceSequence = { document: Document; sequence: Sequence };

/** The media's own frames where it has them; else (sound, a still, fewer than one a second) those of the programme. */
const frameRateOf = ({ picture, kind }: Media, usual: Rational): Rational =>
  kind !== 'audio' && picture?.frameRate && compare(picture.frameRate, one) >= 0 ? picture.frameRate : usual;

const side = (pixels: number): number => Math.min(8192, Math.max(2, Math.round(pixels)));

/**
 * @param usual frames per second of the programme
 * @throws EditRefused for a media that has nothing to see or to hear
 */
export const sourceSequence = (media: Media, usual: Rational): SourceSequence => {
  const picture = media.kind === 'audio' ? null : media.picture;
  const sequence: Sequence = {
    ...{ id: newId(), name: media.name, frameRate: frameRateOf(media, usual), startTimecode: 0, dropFrame: false },
    width: picture ? side(picture.width * toNumber(picture.sampleAspect)) : 1920,
    height: picture ? side(picture.height) : 1080,
  };
  const tracks = (['video', 'audio'] as const).map((kind) => newTrack(newId(), sequence.id, kind, 0));
  const changes: Change[] = [
    { type: 'put', entity: 'media', value: { ...media, binId: null } },
    { type: 'put', entity: 'sequence', value: sequence },
    ...tracks.map((value): Change => ({ type: 'put', entity: 'track', value })),
  ];
  const empty = applyChanges(emptyDocument, changes);
  const [video, audio] = tracks;
  const place = {
    ...{ sequenceId: sequence.id, source: { mediaId: media.id } },
    ...{ videoTrackId: picture ? video.id : null, audioTrackId: media.sound ? audio.id : null },
  };
  return { document: applyChanges(empty, runOperation(empty, 'append', place, { newId }).forward), sequence };
};

/** What of a media goes to the timeline: seconds of its own time, or for a still how many frames of the programme. */
export type Stretch = { in?: Rational; out?: Rational; duration?: number };

/** The stretch between in and out, frames of the source's own sequence. */
export const stretchOf = (
  media: Media,
  { frameRate }: Sequence,
  { inPoint, outPoint }: { inPoint: number | null; outPoint: number | null },
): Stretch => {
  const extent = extentOf(media, media.picture && media.kind !== 'audio' ? 'video' : 'audio');
  if (!extent) return outPoint === null ? {} : { duration: outPoint - (inPoint ?? 0) };
  const timeOf = (frame: number): Rational => {
    const time = divide(rational(frame), frameRate);
    return compare(time, extent.to) > 0 ? extent.to : time;
  };
  return {
    ...(inPoint !== null && { in: timeOf(inPoint) }),
    ...(outPoint !== null && { out: timeOf(outPoint) }),
  };
};
