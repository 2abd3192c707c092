import { clipsOf, markersOfClip } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Track } from '../../contract/timeline/entities.ts';
import { multiply } from '../../contract/timeline/rational.ts';
import { eventsOfTrack } from './edl-events.ts';
import type { EdlEvent } from './edl-events.ts';
import { listText } from './edl-text.ts';
import type { Locator } from './edl-text.ts';
import { createReels } from './edl-reels.ts';
import { createLosses } from './interchange.ts';
import type { Interchange, Losses } from './interchange.ts';
import { isLevelled, isPlaced } from './kept-words.ts';
import { sequenceView } from './sequence-view.ts';
import type { SequenceView } from './sequence-view.ts';

/** What one list can number; longer ones go on in another file. */
const maxEvents = 999;
/** Channels that the format names, by way of AUD lines from the third on. */
const maxSoundTracks = 4;
/** A day: timecodes begin again after it. */
const daySeconds = 86400;

/**
 * A sequence as CMX 3600 edit decision lists: the lowest video track with up to four sound tracks, and one more list for each further video
 * track. Times are timecodes of whole frames at the sequence's rate; a source's own begins at 0.
 *
 * @param name of the file, without its extension
 * @throws UserFacingError `usage` when there is no such sequence
 */
export const writeEdl = (document: Document, sequenceId: string, name: string): Interchange => {
  const view = sequenceView(document, sequenceId);
  const losses = createLosses();
  const reel = createReels();
  for (const track of view.audio.slice(maxSoundTracks)) {
    if (clipsOf(document, track.id).length > 0) losses.add('An edit list has four sound tracks; left out', track.name);
  }
  const [lowest, ...upper] = view.video;
  const lists = [
    { suffix: '', tracks: [...(lowest ? [lowest] : []), ...view.audio.slice(0, maxSoundTracks)] },
    ...upper
      .filter(({ id }) => clipsOf(document, id).length > 0)
      .map((track) => ({ suffix: `.V${track.order + 1}`, tracks: [track] })),
  ];
  if (lists.length > 1) losses.add('Upper video tracks are lists of their own, which do not say what covers what');
  const files = lists.flatMap(({ suffix, tracks }, list) => {
    const events = tracks.flatMap((track) => eventsOf(view, track, losses)).sort(inOrder);
    const locators = list === 0 ? locatorsOf(view, tracks, losses) : [];
    const count = Math.max(1, Math.ceil(events.length / maxEvents));
    return Array.from({ length: count }, (_, part) => ({
      name: `${name}${suffix}${part === 0 ? '' : `.${part + 1}`}.edl`,
      text: listText(
        events.slice(part * maxEvents, (part + 1) * maxEvents),
        part === 0 ? locators : [],
        view,
        reel,
        losses,
      ),
    }));
  });
  return { files, notCarried: losses.list() };
};

const inOrder = (a: EdlEvent, b: EdlEvent): number =>
  a.record.in - b.record.in ||
  Number(a.track.kind === 'audio') - Number(b.track.kind === 'audio') ||
  a.track.order - b.track.order;

const eventsOf = (view: SequenceView, track: Track, losses: Losses): EdlEvent[] => {
  const { document, sequence } = view;
  if (track.muted) {
    losses.add('Muted tracks are left out', track.name);
    return [];
  }
  if (track.solo) losses.add('Solo is not carried', track.name);
  if (track.gain !== 0) losses.add('Sound levels are not carried', track.name);
  for (const clip of clipsOf(document, track.id)) {
    const { name, media } = { name: clip.name, media: document.media.get(clip.mediaId ?? '') };
    if (isPlaced(clip.placement)) losses.add('Opacity, position, scale, rotation and crop are not carried', name);
    if (isLevelled(clip.gain)) losses.add('Sound levels are not carried', name);
    if (clip.fadeIn + clip.fadeOut > 0) losses.add('Fades are not carried', name);
    if (clip.title) losses.add('A title is only a remark with its text', name);
    if (clip.offsetSamples !== 0) losses.add('Sound shifts below a frame are not carried', name);
    if (clip.linkId !== null || clip.groupId !== null) losses.add('Links and groups of clips are not carried');
    if (multiply(clip.sourceIn, sequence.frameRate).den !== 1) {
      losses.add('Source times between two frames are rounded', media?.name ?? name);
    }
  }
  const events = eventsOfTrack(document, sequence, track, losses);
  const last = events.at(-1);
  const { num, den } = sequence.frameRate;
  if (last && ((last.record.out + sequence.startTimecode) * den) / num > daySeconds) {
    losses.add('Timecodes begin again after 24 hours', track.name);
  }
  return events;
};

const locatorsOf = ({ document, markers }: SequenceView, tracks: Track[], losses: Losses): Locator[] => {
  const ofClips = tracks
    .flatMap(({ id }) => clipsOf(document, id))
    .flatMap((clip) =>
      markersOfClip(document, clip.id).map((marker) => ({ ...marker, frame: clip.start + marker.frame })),
    );
  const all = [...markers, ...ofClips].filter(({ frame }) => frame >= 0).sort((a, b) => a.frame - b.frame);
  if (all.some(({ duration }) => duration > 0)) losses.add('Lengths of markers are not carried');
  return all;
};
