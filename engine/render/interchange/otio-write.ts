import { clipsOf, endOf, markersOfClip, transitionAtEnd, transitionAtStart } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Clip, Marker, Sequence, Title, Track, Transition } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { patternParts } from '../../contract/timeline/picture-pattern.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import { fileUrl } from './file-url.ts';
import { createLosses } from './interchange.ts';
import type { Interchange, Losses } from './interchange.ts';
import { isLevelled, isPlaced } from './kept-words.ts';
import { plainClip, sourceRateOf, tidy } from './otio-clip-times.ts';
import { colourName, longtakeVersion, titleGenerator } from './otio-longtake.ts';
import type { ClipMetadata, TimelineMetadata } from './otio-longtake.ts';
import { mediaOf, sequenceView, usedMedia } from './sequence-view.ts';
import type { SequenceView } from './sequence-view.ts';

type Node = Record<string, unknown>;

type KeyedMedia = ReadonlyMap<string, { key: string; media: Media }>;

/**
 * One sequence as an OpenTimelineIO timeline (schemas of 0.17). It opens again in Longtake to the same timeline; `notCarried` names what
 * other programs will not see, since it lies in Longtake's own metadata.
 *
 * @param name of the file, without its extension
 * @throws UserFacingError `usage` when there is no such sequence
 */
export const writeOtio = (document: Document, sequenceId: string, name: string): Interchange => {
  const view = sequenceView(document, sequenceId);
  const { sequence } = view;
  const losses = createLosses();
  const media: KeyedMedia = new Map(
    usedMedia(view).map((each, index) => [each.id, { key: `media-${index + 1}`, media: each }]),
  );
  const tracks = [...view.video, ...view.audio].map((track) => trackNode(track, view, media, losses));
  const timeline: Node = {
    OTIO_SCHEMA: 'Timeline.1',
    metadata: { longtake: timelineMetadata(sequence, media) },
    name: sequence.name,
    global_start_time: time(sequence.startTimecode, toNumber(sequence.frameRate)),
    tracks: {
      ...item('Stack.1', 'tracks', {}),
      markers: view.markers.map((marker) => markerNode(marker, marker.frame, sequence)),
      children: tracks,
    },
  };
  return {
    files: [{ name: `${name}.otio`, text: `${JSON.stringify(timeline, null, 1)}\n` }],
    notCarried: losses.list(),
  };
};

const timelineMetadata = ({ id: _id, name: _name, ...sequence }: Sequence, media: KeyedMedia): TimelineMetadata => ({
  version: longtakeVersion,
  sequence,
  media: Object.fromEntries(
    [...media.values()].map(({ key, media: { id: _own, binId: _bin, ...record } }) => [key, record]),
  ),
});

const time = (value: number, rate: number): Node => ({ OTIO_SCHEMA: 'RationalTime.1', rate, value });

const range = (start: Node, duration: Node): Node => ({ OTIO_SCHEMA: 'TimeRange.1', duration, start_time: start });

const item = (schema: string, name: string, metadata: Node): Node => ({
  OTIO_SCHEMA: schema,
  metadata,
  name,
  source_range: null,
  effects: [],
  markers: [],
  enabled: true,
});

const gap = (frames: number, rate: number): Node => ({
  ...item('Gap.1', '', {}),
  source_range: range(time(0, rate), time(frames, rate)),
});

const markerNode = ({ name, colour, duration }: Marker, start: number, { frameRate }: Sequence): Node => {
  const rate = toNumber(frameRate);
  return {
    OTIO_SCHEMA: 'Marker.2',
    metadata: { longtake: { colour } },
    name,
    color: colourName(colour),
    marked_range: range(time(start, rate), time(duration, rate)),
    comment: '',
  };
};

const trackNode = (track: Track, view: SequenceView, media: KeyedMedia, losses: Losses): Node => {
  const rate = toNumber(view.sequence.frameRate);
  const { locked, solo, gain, height } = track;
  if (solo) losses.add('Solo is kept for Longtake only', track.name);
  if (gain !== 0) losses.add('The level of a track is kept for Longtake only', track.name);
  const children: Node[] = [];
  let end = 0;
  for (const clip of clipsOf(view.document, track.id)) {
    const enter = transitionAtStart(view.document, clip.id);
    const leave = transitionAtEnd(view.document, clip.id);
    if (clip.start > end) children.push(gap(clip.start - end, rate));
    if (enter && enter.leftClipId === null) {
      // Two transitions may not touch each other there; an empty gap keeps them apart.
      if (children.at(-1)?.OTIO_SCHEMA === 'Transition.1') children.push(gap(0, rate));
      children.push(transitionNode(enter, 'right', rate, losses, clip.name));
    }
    children.push(clipNode(clip, view, media, losses));
    if (leave)
      children.push(transitionNode(leave, leave.rightClipId === null ? 'left' : 'both', rate, losses, clip.name));
    end = endOf(clip);
  }
  return {
    ...item('Track.1', track.name, { longtake: { locked, solo, gain, height } }),
    enabled: !track.muted,
    children,
    kind: track.kind === 'video' ? 'Video' : 'Audio',
  };
};

const transitionNode = (
  { kind, colour, direction, softness, before, after }: Transition,
  side: 'both' | 'left' | 'right',
  rate: number,
  losses: Losses,
  clip: string,
): Node => {
  if (kind !== 'dissolve') losses.add(`A ${kind} is a custom transition that only Longtake draws`, clip);
  return {
    OTIO_SCHEMA: 'Transition.1',
    metadata: { longtake: { kind, colour, direction, softness, side } },
    name: kind,
    in_offset: time(before, rate),
    out_offset: time(after, rate),
    transition_type: kind === 'dissolve' ? 'SMPTE_Dissolve' : 'Custom_Transition',
  };
};

const clipNode = (clip: Clip, view: SequenceView, media: KeyedMedia, losses: Losses): Node => {
  const { sequence } = view;
  const rate = toNumber(sequence.frameRate);
  const source = media.get(mediaOf(view.document, clip)?.id ?? '');
  const plain = plainClip(clip, source?.media, sequence);
  const start = time(plain.start, plain.rate);
  reportClip(clip, losses);
  return {
    ...item('Clip.2', clip.name, { longtake: clipMetadata(clip) }),
    source_range: range(start, time(clip.duration, rate)),
    effects: warp(clip, plain.scalar),
    markers: markersOfClip(view.document, clip.id).map((marker) =>
      markerNode(marker, tidy((plain.start / plain.rate) * rate) + marker.frame, sequence),
    ),
    enabled: clip.enabled,
    media_references: {
      DEFAULT_MEDIA: source
        ? mediaNode(source.media, source.key, sequence)
        : clip.title
          ? titleNode(clip.title, clip.duration, rate)
          : { ...reference('MissingReference.1', clip.name, {}), available_range: null },
    },
    active_media_reference_key: 'DEFAULT_MEDIA',
  };
};

const clipMetadata = (clip: Clip): ClipMetadata => {
  const { sourceIn, speed, reverse, offsetSamples, gain, fadeIn, fadeOut, placement, linkId, groupId } = clip;
  return {
    ...{ sourceIn, speed, reverse, offsetSamples, gain, fadeIn, fadeOut },
    ...((placement === null || isPlaced(placement)) && { placement }),
    ...{ link: linkId, group: groupId },
  };
};

const reportClip = (
  { name, placement, gain, fadeIn, fadeOut, title, linkId, groupId, offsetSamples }: Clip,
  losses: Losses,
) => {
  if (title) losses.add('A title is a generator that only Longtake draws', name);
  if (isPlaced(placement)) {
    losses.add('Opacity, position, scale, rotation and crop are kept for Longtake only', name);
  }
  if (isLevelled(gain)) losses.add('Sound levels are kept for Longtake only', name);
  if (fadeIn + fadeOut > 0) losses.add('Fades are kept for Longtake only', name);
  if (offsetSamples !== 0) losses.add('Sound shifts below a frame are kept for Longtake only', name);
  if (linkId !== null || groupId !== null) losses.add('Links and groups of clips are kept for Longtake only');
};

const warp = ({ speed, reverse }: Clip, scalar: number): Node[] => {
  if (speed.num === 0) {
    return [{ OTIO_SCHEMA: 'FreezeFrame.1', metadata: {}, name: '', effect_name: 'FreezeFrame', time_scalar: 0 }];
  }
  if (speed.num === speed.den && !reverse) return [];
  const words = { metadata: {}, name: '', effect_name: 'LinearTimeWarp' };
  return [{ OTIO_SCHEMA: 'LinearTimeWarp.1', ...words, time_scalar: scalar }];
};

const reference = (schema: string, name: string, metadata: Node): Node => ({
  OTIO_SCHEMA: schema,
  metadata,
  name,
  available_image_bounds: null,
});

const titleNode = (title: Title, frames: number, rate: number): Node => ({
  ...reference('GeneratorReference.1', 'Title', {}),
  available_range: range(time(0, rate), time(frames, rate)),
  generator_kind: titleGenerator,
  parameters: title,
});

const mediaNode = (media: Media, key: string, sequence: Sequence): Node => {
  const rate = toNumber(sourceRateOf(media, sequence));
  const seconds = mediaSeconds(media);
  const available = seconds === null ? null : range(time(0, rate), time(tidy(seconds * rate), rate));
  const metadata = { longtake: { key } };
  const pattern = patternParts(media.path);
  if (media.kind !== 'images' || !pattern) {
    return {
      ...reference('ExternalReference.1', media.name, metadata),
      available_range: available,
      target_url: fileUrl(media.path),
    };
  }
  const { folder, prefix, digits, suffix } = pattern;
  return {
    ...reference('ImageSequenceReference.1', media.name, metadata),
    available_range: available,
    target_url_base: fileUrl(folder),
    name_prefix: prefix,
    name_suffix: suffix,
    start_frame: media.firstNumber ?? 0,
    frame_step: 1,
    rate,
    frame_zero_padding: digits,
    missing_frame_policy: 'error',
  };
};

/** Null for a still, which has no end. */
const mediaSeconds = ({ picture, sound }: Media): number | null => {
  if (picture) return picture.duration === null ? null : toNumber(picture.duration);
  return sound ? sound.samples / sound.sampleRate : null;
};
