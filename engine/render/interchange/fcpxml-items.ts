import { endOf, markersOfClip } from '../../contract/timeline/document.ts';
import type { Clip, Marker, Sequence, Track } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { add, divide, multiply, negate, rational, subtract, toNumber } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { sourceStep } from '../../contract/timeline/source-time.ts';
import { pictureAdjustments, soundAdjustments, titleText } from './fcpxml-picture.ts';
import { assetSeconds, timeText } from './fcpxml-resources.ts';
import type { Resources } from './fcpxml-resources.ts';
import type { Losses } from './interchange.ts';
import { mediaOf, secondsOf } from './sequence-view.ts';
import type { SequenceView } from './sequence-view.ts';
import { element } from './xml.ts';
import type { Xml } from './xml.ts';

export type ItemContext = {
  view: SequenceView;
  resources: Resources;
  losses: Losses;
  /** A number for a title's style. */
  nextStyle: () => string;
};

/** Where an item lies: its lane (none in the main storyline) and its offset in the time of what it lies in. */
export type Place = { lane: number | null; offset: Rational };

/** The source rates that have a word for how they are conformed. */
const conformRates: [rate: number, word: string][] = [
  [23.976, '23.98'],
  [24, '24'],
  [25, '25'],
  [29.97, '29.97'],
  [30, '30'],
  [47.952, '47.95'],
  [48, '48'],
  [50, '50'],
  [59.94, '59.94'],
  [60, '60'],
];

/** Seconds of a clip's own clock, its speed reckoned in, at which it begins; what is hung on to it counts on that clock. */
export const localStart = (clip: Clip, media: Media | undefined, sequence: Sequence): Rational => {
  if (!media || media.picture?.duration === null || clip.speed.num === 0) return rational(0);
  if (!clip.reverse) return divide(clip.sourceIn, clip.speed);
  const used = multiply(sourceStep(clip, sequence.frameRate), rational(clip.duration));
  return divide(subtract(assetSeconds(media), add(clip.sourceIn, used)), clip.speed);
};

const timing = (clip: Clip, media: Media, sequence: Sequence): Xml[] => {
  const rate = media.picture?.frameRate;
  const other = rate && (rate.num !== sequence.frameRate.num || rate.den !== sequence.frameRate.den);
  const word = other ? conformRates.find(([value]) => Math.abs(value - toNumber(rate)) < 0.005)?.[1] : undefined;
  const conform = word ? [element('conform-rate', { scaleEnabled: '0', srcFrameRate: word })] : [];
  const point = (time: Rational, value: Rational): Xml =>
    element('timept', { time: timeText(time), value: timeText(value), interp: 'linear' });
  const whole = assetSeconds(media);
  const none = rational(0);
  if (clip.speed.num === 0) {
    const end = secondsOf(clip.duration, sequence);
    return [...conform, element('timeMap', {}, [point(none, clip.sourceIn), point(end, clip.sourceIn)])];
  }
  if (clip.speed.num === clip.speed.den && !clip.reverse) return conform;
  const [from, to] = clip.reverse ? [whole, none] : [none, whole];
  return [...conform, element('timeMap', {}, [point(none, from), point(divide(whole, clip.speed), to)])];
};

/** Markers on a clip's clock. */
const markerElements = (markers: readonly Marker[], start: Rational, sequence: Sequence): Xml[] =>
  markers.map(({ frame, duration, name }) =>
    element('marker', {
      start: timeText(add(start, frame < 0 ? negate(secondsOf(-frame, sequence)) : secondsOf(frame, sequence))),
      duration: timeText(secondsOf(Math.max(1, duration), sequence)),
      value: name,
    }),
  );

/**
 * A clip as an element of the storyline or of a lane.
 *
 * @param hung what is connected to it, as elements
 * @param markers of the sequence that fall on it, their frames counted from its start
 */
export const clipElement = (
  clip: Clip,
  track: Track,
  place: Place,
  hung: Xml[],
  markers: Marker[],
  context: ItemContext,
): Xml => {
  const { view, resources, losses, nextStyle } = context;
  const { document, sequence } = view;
  const media = mediaOf(document, clip);
  const start = localStart(clip, media, sequence);
  const words = {
    lane: place.lane === null ? undefined : String(place.lane),
    offset: timeText(place.offset),
    name: clip.name || (media?.name ?? 'Title'),
    start: timeText(start),
    duration: timeText(secondsOf(clip.duration, sequence)),
    enabled: clip.enabled && !track.muted ? undefined : '0',
  };
  reportClip(clip, losses);
  const own = [...markersOfClip(document, clip.id), ...markers];
  const tail = [...hung, ...markerElements(own, start, sequence)];
  const { crop, conform, transform, blend } = pictureAdjustments(clip, media, sequence, losses);
  if (!media) {
    const text = clip.title ? titleText(clip.title, nextStyle(), sequence, words.name, losses) : [];
    return element('title', { ref: resources.title(), ...words }, [...text, ...transform, ...blend, ...tail]);
  }
  const ref = resources.asset(media);
  const picture = [...crop, ...conform, ...transform, ...blend];
  if (media.kind === 'still') return element('video', { ref, ...words }, [...picture, ...tail]);
  const only = track.kind === 'video' ? media.sound && 'video' : media.picture && 'audio';
  return element(
    'asset-clip',
    { ref, ...words, srcEnable: only ?? undefined, audioRole: media.sound ? 'dialogue' : undefined },
    [...timing(clip, media, sequence), ...picture, ...soundAdjustments(clip, track, sequence, losses), ...tail],
  );
};

const reportClip = ({ name, groupId, offsetSamples }: Clip, losses: Losses): void => {
  if (groupId !== null) losses.add('Groups of clips are not carried');
  if (offsetSamples !== 0) losses.add('Sound shifts below a frame are not carried', name);
};

/** Nothing for so many frames; what is connected to it counts from 0. */
export const gapElement = (offset: Rational, frames: number, hung: Xml[], markers: Marker[], sequence: Sequence): Xml =>
  element(
    'gap',
    { name: 'Gap', offset: timeText(offset), start: '0s', duration: timeText(secondsOf(frames, sequence)) },
    [...hung, ...markerElements(markers, rational(0), sequence)],
  );

/** A storyline's elements in order: gaps where nothing lies, and transitions over the cuts. Offsets count from `origin`. */
export const storyline = (
  clips: readonly Clip[],
  from: number,
  to: number,
  origin: Rational,
  each: { clip: (clip: Clip, offset: Rational) => Xml; gap: (start: number, frames: number, offset: Rational) => Xml },
  transitions: ItemTransitions,
  sequence: Sequence,
): Xml[] => {
  const offset = (frame: number): Rational => add(origin, secondsOf(frame - from, sequence));
  const items: Xml[] = [];
  let at = from;
  for (const clip of clips) {
    if (clip.start > at) items.push(each.gap(at, clip.start - at, offset(at)));
    items.push(
      ...transitions.before(clip, offset),
      each.clip(clip, offset(clip.start)),
      ...transitions.after(clip, offset),
    );
    at = endOf(clip);
  }
  if (to > at) items.push(each.gap(at, to - at, offset(at)));
  return items;
};

export type ItemTransitions = {
  before: (clip: Clip, offset: (frame: number) => Rational) => Xml[];
  after: (clip: Clip, offset: (frame: number) => Rational) => Xml[];
};
