import type { Clip, Marker, Sequence, Track, Transition } from '../../contract/timeline/entities.ts';
import { exactRate } from '../../contract/timeline/frame-rate.ts';
import { rational, toNumber } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { createLosses } from './interchange.ts';
import { timelineMetadataSchema, trackMetadataSchema } from './otio-longtake.ts';
import type { TimelineMetadata } from './otio-longtake.ts';
import { createMediaShelf } from './otio-media.ts';
import type { WantedMedia } from './otio-media.ts';
import { longtakeWords, otioNode, parseOtioText, schemaOf, unreadable } from './otio-nodes.ts';
import type { OtioNode } from './otio-nodes.ts';
import { readMarkers } from './otio-read-clip.ts';
import type { ReadContext } from './otio-read-clip.ts';
import { readTrack } from './otio-read-track.ts';
import { framesOf } from './otio-times.ts';

/** A timeline as it was read: valid entities with fresh ids, whose media are still to be found (`mediaId` names a wanted one). */
export type ReadTimeline = {
  sequence: Sequence;
  /** False: the file does not say how large the picture is, and the sequence's size is only a guess. */
  sizeKnown: boolean;
  tracks: Track[];
  clips: Clip[];
  transitions: Transition[];
  markers: Marker[];
  wanted: WantedMedia[];
  /** One sentence per kind of thing that was left out. */
  notCarried: string[];
};

const maxTimelines = 100;

/**
 * Reads OpenTimelineIO JSON, of Longtake or of any other program.
 *
 * @throws UserFacingError `input` for what is none, too large or broken
 */
export const readOtio = (text: string, newId: () => string): ReadTimeline[] => {
  const timelines = timelinesIn(parseOtioText(text));
  if (timelines.length === 0) throw unreadable('it holds no timeline');
  if (timelines.length > maxTimelines) throw unreadable(`it holds more than ${maxTimelines} timelines`);
  return timelines.map((node) => readTimeline(node, newId));
};

const timelinesIn = (value: unknown): OtioNode[] => {
  const node = otioNode(value, 'the file');
  switch (schemaOf(node)) {
    case 'Timeline':
      return [node];
    case 'SerializableCollection':
      return (node.children ?? []).flatMap(timelinesIn);
    default:
      return [];
  }
};

const readTimeline = (node: OtioNode, newId: () => string): ReadTimeline => {
  const name = (node.name || 'Timeline').slice(0, 1000);
  const losses = createLosses();
  const words = longtakeWords(timelineMetadataSchema, node);
  const stack = otioNode(node.tracks, `the tracks of "${name}"`);
  const trackNodes = (stack.children ?? []).map((child, index) => otioNode(child, `track ${index + 1} of "${name}"`));
  const sequence = readSequence(node, name, trackNodes, words, newId());
  const labels = new Map<string, string>();
  const context: ReadContext = {
    sequence,
    shelf: createMediaShelf(words?.media ?? {}, newId),
    losses,
    newId,
    together: (label) => {
      if (label === null) return null;
      const id = labels.get(label) ?? newId();
      labels.set(label, id);
      return id;
    },
  };
  const markers = readMarkers(stack, undefined, 0, null, `"${name}"`, context);
  const orders = { video: 0, audio: 0 };
  const read = trackNodes.flatMap((child, index) => {
    const kind = { Video: 'video', Audio: 'audio' }[child.kind ?? 'Video'] as Track['kind'] | undefined;
    if (schemaOf(child) !== 'Track' && schemaOf(child) !== 'Sequence') {
      losses.add(`A ${schemaOf(child)} that stands in place of a track is left out`, child.name ?? '');
      return [];
    }
    if (!kind) {
      losses.add('A track that is neither video nor audio is left out', child.name || `track ${index + 1}`);
      return [];
    }
    const track = newTrack(child, kind, orders[kind], context);
    orders[kind] += 1;
    return [readTrack(child, track, context)];
  });
  return {
    sequence,
    sizeKnown: words !== undefined,
    tracks: read.map(({ track }) => track),
    clips: read.flatMap(({ clips }) => clips),
    transitions: read.flatMap(({ transitions }) => transitions),
    markers: [...markers, ...read.flatMap((each) => each.markers)],
    wanted: context.shelf.all(),
    notCarried: losses.list(),
  };
};

const newTrack = (node: OtioNode, kind: Track['kind'], order: number, { sequence, newId }: ReadContext): Track => {
  const words = longtakeWords(trackMetadataSchema, node);
  return {
    id: newId(),
    sequenceId: sequence.id,
    kind,
    order,
    name: (node.name || `${kind === 'video' ? 'V' : 'A'}${order + 1}`).slice(0, 1000),
    muted: node.enabled === false,
    ...(words ?? { locked: false, solo: false, gain: 0, height: 60 }),
  };
};

const readSequence = (
  node: OtioNode,
  name: string,
  tracks: OtioNode[],
  words: TimelineMetadata | undefined,
  id: string,
): Sequence => {
  const start = node.global_start_time;
  const plainRate = start?.rate ?? commonRate(tracks);
  const known = words?.sequence;
  const exact = known && (plainRate === undefined || Math.abs(toNumber(known.frameRate) - plainRate) < 0.001);
  const frameRate = exact ? known.frameRate : sequenceRate(plainRate ?? 24);
  const startTimecode = start ? Math.max(0, Math.round(framesOf(start, frameRate))) : 0;
  return { id, name, width: 1920, height: 1080, dropFrame: false, ...known, frameRate, startTimecode };
};

/** Sound counts in samples; no sequence does. */
const sequenceRate = (rate: number): Rational => (rate >= 1 && rate <= 1000 ? exactRate(rate) : rational(24));

/** The rate in which most lengths of the picture (else of the sound) are counted. */
const commonRate = (tracks: OtioNode[]): number | undefined => {
  const counts = new Map<number, number>();
  const pictures = tracks.filter(({ kind }) => (kind ?? 'Video') === 'Video');
  for (const track of pictures.length > 0 ? pictures : tracks) {
    for (const [index, child] of (track.children ?? []).entries()) {
      const rate = otioNode(child, `object ${index + 1} of a track`).source_range?.duration.rate;
      if (rate !== undefined) counts.set(rate, (counts.get(rate) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
};
