import { clipsOf, endOf, sequenceEnd, transitionAtEnd, transitionAtStart } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Clip, Marker, Track, Transition } from '../../contract/timeline/entities.ts';
import { add, rational } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { dropsFrames } from '../../contract/timeline/timecode.ts';
import { cutOf, sidesOf } from '../../contract/timeline/transition-room.ts';
import { clipElement, gapElement, localStart, storyline } from './fcpxml-items.ts';
import type { ItemContext, ItemTransitions } from './fcpxml-items.ts';
import { createResources, timeText } from './fcpxml-resources.ts';
import { createLosses } from './interchange.ts';
import type { Interchange } from './interchange.ts';
import { mediaOf, secondsOf, sequenceView } from './sequence-view.ts';
import { element, xmlText } from './xml.ts';
import type { Xml } from './xml.ts';

/** The oldest version that has everything written here, so that as many programs as possible read it. */
const version = '1.10';

/**
 * A sequence as Final Cut Pro XML: the lowest video track is the storyline, every other track is a lane of clips that are connected to it
 * (sound in negative lanes).
 *
 * @param name of the file, without its extension
 * @throws UserFacingError `usage` when there is no such sequence
 */
export const writeFcpxml = (document: Document, sequenceId: string, name: string): Interchange => {
  const view = sequenceView(document, sequenceId);
  const { sequence } = view;
  const losses = createLosses();
  const resources = createResources(losses);
  let styles = 0;
  const context: ItemContext = {
    ...{ view, resources, losses },
    nextStyle: () => {
      styles += 1;
      return `ts${styles}`;
    },
  };
  const format = resources.format(sequence);
  const length = sequenceEnd(document, sequenceId);
  const [lowest, ...upper] = view.video;
  for (const track of [...view.video, ...view.audio]) if (track.solo) losses.add('Solo is not carried', track.name);
  const lanes = [
    ...upper.map((track) => ({ track, lane: track.order })),
    ...view.audio.map((track) => ({ track, lane: -track.order - 1 })),
  ].flatMap(({ track, lane }) => runsOf(document, track).map((clips) => ({ track, lane, clips })));
  const start = secondsOf(sequence.startTimecode, sequence);
  const spine = lowest ? clipsOf(document, lowest.id) : [];
  const markers = view.markers.filter(({ frame }) => frame < length);
  if (markers.length < view.markers.length) losses.add('Markers behind the last clip are left out');
  /** What hangs on a stretch of the storyline whose own clock says `clock` where it begins. */
  const hungOn = (from: number, frames: number, clock: Rational): Xml[] =>
    lanes
      .filter(({ clips }) => clips[0].start >= from && clips[0].start < from + frames)
      .map(({ track, lane, clips }) => {
        const offset = add(clock, secondsOf(clips[0].start - from, sequence));
        return laneElement(track, lane, clips, offset, context);
      });
  const markersOn = (from: number, frames: number): Marker[] =>
    markers
      .filter(({ frame }) => frame >= from && frame < from + frames)
      .map((marker) => ({ ...marker, frame: marker.frame - from }));
  const items = storyline(
    spine,
    0,
    length,
    start,
    {
      clip: (clip, offset) => {
        const clock = localStart(clip, mediaOf(document, clip), sequence);
        const hung = hungOn(clip.start, clip.duration, clock);
        const own = markersOn(clip.start, clip.duration);
        return clipElement(clip, lowest, { lane: null, offset }, hung, own, context);
      },
      gap: (from, frames, offset) =>
        gapElement(offset, frames, hungOn(from, frames, rational(0)), markersOn(from, frames), sequence),
    },
    transitionsOf(context),
    sequence,
  );
  const words = {
    format,
    duration: timeText(secondsOf(length, sequence)),
    tcStart: timeText(start),
    tcFormat: dropsFrames(sequence.frameRate, sequence.dropFrame) ? 'DF' : 'NDF',
    audioLayout: 'stereo',
    audioRate: '48k',
  };
  const project = element('project', { name: sequence.name || name }, [
    element('sequence', words, [element('spine', {}, items)]),
  ]);
  const root = element('fcpxml', { version }, [
    element('resources', {}, resources.elements()),
    element('library', {}, [element('event', { name }, [project])]),
  ]);
  return { files: [{ name: `${name}.fcpxml`, text: xmlText(root, 'fcpxml') }], notCarried: losses.list() };
};

/** Stretches of a lane: a clip alone, or clips that transitions hold together. */
const runsOf = (document: Document, track: Track): Clip[][] => {
  const runs: Clip[][] = [];
  for (const clip of clipsOf(document, track.id)) {
    const before = runs.at(-1)?.at(-1);
    const joined = before && transitionAtStart(document, clip.id)?.leftClipId === before.id;
    if (joined) runs.at(-1)?.push(clip);
    else runs.push([clip]);
  }
  return runs;
};

const laneElement = (track: Track, lane: number, clips: Clip[], offset: Rational, context: ItemContext): Xml => {
  const { document, sequence } = context.view;
  const [first] = clips;
  const alone = clips.length === 1 && !transitionAtStart(document, first.id) && !transitionAtEnd(document, first.id);
  if (alone) return clipElement(first, track, { lane, offset }, [], [], context);
  const items = storyline(
    clips,
    first.start,
    endOf(clips[clips.length - 1]),
    rational(0),
    {
      clip: (clip, at) => clipElement(clip, track, { lane: null, offset: at }, [], [], context),
      gap: (_, frames, at) => gapElement(at, frames, [], [], sequence),
    },
    transitionsOf(context),
    sequence,
  );
  return element('spine', { lane: String(lane), offset: timeText(offset) }, items);
};

/** A transition on a cut stands behind its left clip, one from nothing before its clip. */
const transitionsOf = ({ view: { document, sequence }, resources, losses }: ItemContext): ItemTransitions => {
  const transition = (each: Transition, clip: Clip, offset: (frame: number) => Rational): Xml => {
    if (each.kind !== 'dissolve') losses.add(`A ${each.kind} is written as a cross dissolve`, clip.name);
    const sides = sidesOf(document, each);
    const cut = cutOf(sides?.left ?? null, sides?.right ?? null);
    const video = clip.placement
      ? [element('filter-video', { ref: resources.dissolve(), name: 'Cross Dissolve' })]
      : [];
    return element(
      'transition',
      {
        name: 'Cross Dissolve',
        offset: timeText(offset(cut - each.before)),
        duration: timeText(secondsOf(each.before + each.after, sequence)),
      },
      video,
    );
  };
  return {
    before: (clip, offset) => {
      const each = transitionAtStart(document, clip.id);
      return each && each.leftClipId === null ? [transition(each, clip, offset)] : [];
    },
    after: (clip, offset) => {
      const each = transitionAtEnd(document, clip.id);
      return each ? [transition(each, clip, offset)] : [];
    },
  };
};
