import { UserFacingError } from '../../contract/errors.ts';
import { allTracksOf, clipsBetween, tracksOf } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Sequence, Track } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { newId } from '../../projects/ids.ts';
import type { ParsedArguments } from '../arguments.ts';
import { pickTrack } from './pick.ts';
import type { Step } from './steps.ts';
import { isGiven, textOf } from './values.ts';

/** The tracks that a clip's picture and sound go to, and the steps that make those that are missing. */
export type Targets = { video: string | null; audio: string | null; steps: Step[] };

export const isFree = (document: Document, trackId: string, from: number, to: number): boolean =>
  clipsBetween(document, trackId, from, to).length === 0;

/** A track by name; the one above the others is made when it is named as the next. */
const trackFor = (
  document: Document,
  sequence: Sequence,
  name: string,
  kind: Track['kind'],
): { id: string; steps: Step[] } => {
  const count = tracksOf(document, sequence.id, kind).length;
  const known = allTracksOf(document, sequence.id).some((track) => track.name === name || track.id === name);
  if (!known && name === `${kind === 'video' ? 'V' : 'A'}${count + 1}`) {
    const id = newId();
    return { id, steps: [{ op: 'add-track', input: { id, sequenceId: sequence.id, kind, name } }] };
  }
  const track = pickTrack(document, sequence, name);
  if (track.kind === kind) return { id: track.id, steps: [] };
  throw new UserFacingError(
    'usage',
    `${name} is ${track.kind === 'video' ? 'a video' : 'an audio'} track.`,
    `Choose ${kind === 'video' ? 'a video' : 'an audio'} track.`,
  );
};

/**
 * @param media undefined for a title
 * @throws UserFacingError `usage` when nothing of the media fits what is asked for
 */
export const targetsFor = (
  document: Document,
  sequence: Sequence,
  media: Media | undefined,
  input: ParsedArguments,
): Targets => {
  const picture = (!media || media.picture !== null) && !isGiven(input, 'no-picture');
  const sound = media?.sound !== null && media !== undefined && !isGiven(input, 'no-sound');
  if (!picture && !sound) {
    throw new UserFacingError(
      'usage',
      'Neither picture nor sound is left of it.',
      'Leave out --no-picture or --no-sound.',
    );
  }
  const track = textOf(input, 'track');
  const video = picture ? trackFor(document, sequence, track ?? 'V1', 'video') : null;
  const soundTrack = textOf(input, 'sound-track') ?? (picture ? undefined : track);
  const audio = sound ? trackFor(document, sequence, soundTrack ?? 'A1', 'audio') : null;
  return {
    video: video?.id ?? null,
    audio: audio?.id ?? null,
    steps: [...(video?.steps ?? []), ...(audio?.steps ?? [])],
  };
};
