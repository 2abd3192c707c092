import type { Clip, Marker, Track } from '../../contract/timeline/entities.ts';
import { dropsFrames, nominalRate, timecodeOf } from '../../contract/timeline/timecode.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { motionOf } from './edl-events.ts';
import type { EdlEvent, EdlSource } from './edl-events.ts';
import { auxiliaryReel, blackReel } from './edl-reels.ts';
import type { Losses } from './interchange.ts';
import { colourName } from './otio-longtake.ts';
import { mediaOf } from './sequence-view.ts';
import type { SequenceView } from './sequence-view.ts';

/** A marker whose frame counts from the sequence's start. */
export type Locator = Pick<Marker, 'frame' | 'name' | 'colour'>;

type ReelOf = (media: Media) => string;

/** Colours that locators have; the others are red. */
const locatorColours = ['RED', 'GREEN', 'BLUE', 'CYAN', 'MAGENTA', 'YELLOW', 'BLACK', 'WHITE'];

/** The text of one list. Locators stand behind the last event that begins before them. */
export const listText = (
  events: EdlEvent[],
  locators: Locator[],
  view: SequenceView,
  reel: ReelOf,
  losses: Losses,
): string => {
  const { sequence } = view;
  const drop = dropsFrames(sequence.frameRate, sequence.dropFrame);
  const lines = [
    `TITLE: ${oneLine(sequence.name) || 'Longtake'}`,
    `FCM: ${drop ? 'DROP FRAME' : 'NON-DROP FRAME'}`,
    '',
  ];
  const waiting = [...locators];
  const end = events.reduce((last, { record }) => Math.max(last, record.out), 0);
  events.forEach((event, index) => {
    lines.push(...eventLines(event, index + 1, view, reel, losses));
    const next = events.at(index + 1)?.record.in ?? end;
    while (waiting.length > 0 && waiting[0].frame < next) {
      const { frame, colour, name } = waiting.shift() as Locator;
      const word = locatorColours.find((each) => each === colourName(colour)) ?? 'RED';
      lines.push(`* LOC: ${timecode(frame, view)} ${word.padEnd(7)} ${oneLine(name)}`);
    }
  });
  for (const { name } of waiting) losses.add('Markers behind the last clip are left out', oneLine(name));
  return `${lines.join('\n')}\n`;
};

const timecode = (frame: number, { sequence }: SequenceView): string =>
  wrapped(frame + sequence.startTimecode, { sequence });

/** Timecodes have no more than 24 hours. */
const wrapped = (frame: number, { sequence: { frameRate, dropFrame } }: Pick<SequenceView, 'sequence'>): string => {
  const text = timecodeOf(frame, frameRate, dropFrame);
  const [hours, ...rest] = text.split(':');
  return [String(Number(hours) % 24).padStart(2, '0'), ...rest].join(':');
};

const channelOf = ({ kind, order }: Track): string => {
  if (kind === 'video') return 'V';
  return ['A', 'A2'][order] ?? 'NONE';
};

const eventLines = (event: EdlEvent, number: number, view: SequenceView, reel: ReelOf, losses: Losses): string[] => {
  const { clip, enter, track, record, source } = event;
  const reelOf = (each: Clip | null): string => {
    if (each === null) return blackReel;
    const media = mediaOf(view.document, each);
    return media ? reel(media) : auxiliaryReel;
  };
  const line = (each: Clip | null, change: string, length: string, from: number, to: number, at: [number, number]) =>
    [
      String(number).padStart(3, '0'),
      ` ${reelOf(each).padEnd(8)}`,
      channelOf(track).padEnd(5),
      change.padEnd(4),
      length.padStart(3),
      ...[from, to].map((frame) => wrapped(frame, view)),
      ...at.map((frame) => timecode(frame, view)),
    ].join(' ');
  const at: [number, number] = [record.in, record.out];
  const lines: string[] = [];
  if (enter.kind === 'cut') {
    lines.push(line(clip, 'C', '', source.in, source.out, at));
  } else {
    const { from, frames, kind } = enter;
    if (frames > 999) losses.add('Transitions longer than 999 frames are written with 999', nameOf(clip, view));
    const length = String(Math.min(999, frames)).padStart(3, '0');
    lines.push(line(from.clip, 'C', '', from.at, from.at, [record.in, record.in]));
    lines.push(line(clip, kind === 'wipe' ? 'W001' : 'D', length, source.in, source.out, at));
  }
  lines.push(...motionLines(event, reelOf(clip), view, losses));
  if (track.kind === 'audio' && track.order > 1) lines.push(`AUD  ${track.order === 2 ? '3' : '   4'}`);
  return [...lines, ...remarks(event, enter.kind === 'cut' ? undefined : enter.from, view)];
};

const motionLines = ({ clip, source }: EdlEvent, reel: string, view: SequenceView, losses: Losses): string[] => {
  if (!clip) return [];
  const motion = motionOf(clip, nominalRate(view.sequence.frameRate));
  if (motion === undefined) return [];
  if (Math.abs(motion * 10 - Math.round(motion * 10)) > 1e-9) {
    losses.add('Speeds are rounded to a tenth of a frame per second', nameOf(clip, view));
  }
  const speed = `${motion < 0 ? '-' : ' '}${Math.abs(motion).toFixed(1).padStart(5, '0')}`;
  return [`M2   ${reel.padEnd(8)}      ${speed}                ${wrapped(source.in, view)}`];
};

const remarks = ({ clip }: EdlEvent, from: EdlSource | undefined, view: SequenceView): string[] => {
  if (from?.clip && clip)
    return [`* FROM CLIP NAME: ${nameOf(from.clip, view)}`, `* TO CLIP NAME: ${nameOf(clip, view)}`];
  const named = clip ?? from?.clip;
  if (!named) return [];
  const media = mediaOf(view.document, named);
  return [
    `* FROM CLIP NAME: ${nameOf(named, view)}`,
    ...(media ? [`* SOURCE FILE: ${oneLine(media.path)}`] : []),
    ...(named.title ? [`* TITLE TEXT: ${oneLine(named.title.text)}`] : []),
  ];
};

const nameOf = (clip: Clip | null, { document }: SequenceView): string =>
  clip ? oneLine(mediaOf(document, clip)?.name ?? clip.name) : 'BLACK';

const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
