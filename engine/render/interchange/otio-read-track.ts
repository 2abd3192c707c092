import type { Clip, Marker, Track, Transition } from '../../contract/timeline/entities.ts';
import { transitionMetadataSchema } from './otio-longtake.ts';
import { longtakeWords, otioNode, schemaOf } from './otio-nodes.ts';
import type { OtioNode } from './otio-nodes.ts';
import { clipRange, readClip, readMarkers } from './otio-read-clip.ts';
import type { ReadContext } from './otio-read-clip.ts';
import { framesOf } from './otio-times.ts';

export type ReadTrack = { track: Track; clips: Clip[]; transitions: Transition[]; markers: Marker[] };

/** Ten years at 60 frames a second: what lies beyond is a broken file, not a film. */
const maxFrames = 2e10;

/** Walks a track's objects in order: each begins where the one before it ended, and a transition takes no time of its own. */
export const readTrack = (node: OtioNode, track: Track, context: ReadContext): ReadTrack => {
  const { sequence, losses } = context;
  const where = `track "${track.name}"`;
  const clips: Clip[] = [];
  const transitions: Transition[] = [];
  const markers: Marker[] = [];
  /** Where the next object begins, frames, not rounded: sound is counted in samples. */
  let at = 0;
  let before: Clip | null = null;
  let open: OtioNode | null = null;
  const close = (after: Clip | null): void => {
    if (open) {
      const made = readTransition(open, before, after, track, context);
      if (made) transitions.push(made);
    }
    open = null;
  };
  if ((node.source_range?.start_time.value ?? 0) !== 0)
    losses.add('The trim of a whole track is not carried', track.name);
  if ((node.effects ?? []).length > 0) losses.add('Effects of a whole track are not carried', track.name);
  markers.push(...readMarkers(node, node.source_range?.start_time, 0, null, where, context));
  for (const [index, value] of (node.children ?? []).entries()) {
    const here = `object ${index + 1} of ${where}`;
    const child = otioNode(value, here);
    const schema = schemaOf(child);
    if (schema === 'Transition') {
      if (open) {
        close(null);
        before = null;
      }
      open = child;
      continue;
    }
    const isClip = schema === 'Clip';
    const range = isClip ? clipRange(child, here) : (child.source_range ?? null);
    const length = range ? framesOf(range.duration, sequence.frameRate) : 0;
    const [start, end] = [Math.round(at), Math.round(at + length)];
    if (end > maxFrames) {
      losses.add('What lies later than ten years is left out', track.name);
      break;
    }
    at += length;
    let clip: Clip | null = null;
    if (isClip && range && end > start) {
      clip = readClip(child, range, track, { start, duration: end - start }, here, context) ?? null;
    } else if (isClip) {
      losses.add('A clip without a length is left out', child.name || here);
    } else if (schema !== 'Gap' && schema !== 'Filler') {
      losses.add(`A nested ${schema} is left out, and its place is empty`, child.name || here);
    }
    close(clip);
    if (clip) clips.push(clip);
    markers.push(...readMarkers(child, range?.start_time, clip ? 0 : start, clip?.id ?? null, here, context));
    before = clip;
  }
  close(null);
  return { track, clips, transitions, markers };
};

const readTransition = (
  node: OtioNode,
  before: Clip | null,
  after: Clip | null,
  track: Track,
  { sequence, losses, newId }: ReadContext,
): Transition | undefined => {
  const words = longtakeWords(transitionMetadataSchema, node);
  const side = words?.side ?? 'both';
  const left = side === 'right' ? null : before;
  const right = side === 'left' ? null : after;
  const length = (clip: Clip | null, time: OtioNode['in_offset']): number =>
    clip && time ? Math.min(Math.round(framesOf(time, sequence.frameRate)), clip.duration) : 0;
  const [lead, tail] = [length(left, node.in_offset), length(right, node.out_offset)];
  const name = node.name || 'transition';
  if (lead < 0 || tail < 0 || lead + tail === 0) {
    losses.add('A transition without a clip to lead from or to is left out', name);
    return undefined;
  }
  const plain = node.transition_type ?? '';
  if (!words && plain !== 'SMPTE_Dissolve')
    losses.add(`A transition of the kind ${plain || 'unknown'} is a dissolve here`, name);
  return {
    id: newId(),
    trackId: track.id,
    leftClipId: left?.id ?? null,
    rightClipId: right?.id ?? null,
    before: lead,
    after: tail,
    kind: track.kind === 'audio' ? 'dissolve' : (words?.kind ?? 'dissolve'),
    colour: words?.colour ?? '#000000',
    direction: words?.direction ?? 'left',
    softness: words?.softness ?? 0,
  };
};
