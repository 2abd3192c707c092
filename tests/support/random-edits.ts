import { UserFacingError } from '../../engine/contract/errors.ts';
import { copyClips } from '../../engine/contract/timeline/clipboard.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { animatedProperties } from '../../engine/contract/timeline/clip-animation.ts';
import { isOperationName } from '../../engine/contract/timeline/operations/registry.ts';
import type { OperationName } from '../../engine/contract/timeline/operations/registry.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import {
  a1,
  a2,
  appendFilm,
  audioMedia,
  filmId,
  musicId,
  newTimeline,
  photoId,
  sequenceId,
  takeId,
  Timeline,
  titleOf,
  v1,
  v2,
  videoMedia,
} from './timeline.ts';

/** Numbers that an edit is made of; each takes as many as it needs, and meets what is there at that time. */
export type Dice = { upTo: (n: number) => number; between: (low: number, high: number) => number; coin: () => boolean };

/** Mulberry32, since fast-check's own numbers would be spent on their shape. */
export const diceOf = (seed: number): Dice => {
  let state = seed >>> 0;
  const upTo = (n: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
  return { upTo, between: (low, high) => low + upTo(high - low + 1), coin: () => upTo(2) === 0 };
};

const pick = <V>(dice: Dice, values: Iterable<V>): V | undefined => {
  const list = [...values];
  return list[dice.upTo(list.length)];
};

const sorted = (ids: Iterable<string>): string[] => [...ids].sort();

export type Single = Exclude<OperationName, 'batch'>;

const inputs: Record<Single, (document: Document, dice: Dice, newId: () => string) => unknown> = (() => {
  const clipId = (document: Document, dice: Dice) => pick(dice, sorted(document.clips.keys()));
  const clipIds = (document: Document, dice: Dice) =>
    Array.from({ length: dice.between(1, 3) }, () => clipId(document, dice));
  const some = (dice: Dice, ...values: unknown[]) => pick(dice, values);
  const by = (dice: Dice) => dice.between(-12, 12);
  const scope = (dice: Dice) => some(dice, 'touched', 'all');
  const sequence = (document: Document, dice: Dice) =>
    dice.upTo(8) > 0 ? sequenceId : pick(dice, sorted(document.sequences.keys()));
  const source = (dice: Dice) => {
    const from = dice.upTo(200);
    return some(
      dice,
      { mediaId: filmId, in: rational(from, 24), out: rational(from + dice.between(1, 40), 24) },
      { mediaId: musicId, in: rational(from, 24), out: rational(from + dice.between(1, 40), 24) },
      { mediaId: photoId, duration: dice.between(1, 30) },
      { mediaId: takeId },
      { title: titleOf('A title'), duration: dice.between(1, 30) },
    );
  };
  const targets = (dice: Dice) => ({
    videoTrackId: some(dice, v1, v1, v2, null),
    audioTrackId: some(dice, a1, a1, a2, null),
  });
  const place = (_: Document, dice: Dice) => ({
    sequenceId,
    source: source(dice),
    ...targets(dice),
    at: dice.upTo(150),
  });
  const edge = (document: Document, dice: Dice) => ({
    clipId: clipId(document, dice),
    edge: some(dice, 'head', 'tail'),
    by: by(dice),
    withLinked: dice.coin(),
  });
  const nudge = (document: Document, dice: Dice) => ({
    clipId: clipId(document, dice),
    by: by(dice),
    withLinked: dice.coin(),
  });
  const of =
    (key: keyof Document, one = 'id') =>
    (document: Document, dice: Dice) => {
      const id = pick(dice, sorted((document[key] as ReadonlyMap<string, unknown>).keys()));
      return one === 'ids' ? { ids: [id] } : { id };
    };
  const sides = (document: Document, dice: Dice) => {
    const clip = document.clips.get(clipId(document, dice) ?? '');
    const next =
      clip &&
      [...document.clips.values()].find(
        (other) => other.trackId === clip.trackId && other.start === clip.start + clip.duration,
      );
    if (dice.upTo(4) === 0) return { leftClipId: null, rightClipId: clip?.id };
    return { leftClipId: clip?.id, rightClipId: dice.upTo(4) === 0 ? null : (next?.id ?? null) };
  };
  return {
    'add-media': (_, dice, newId) => ({
      media: [dice.coin() ? videoMedia(newId(), { frameRate: rational(30000, 1001) }) : audioMedia(newId(), 5)],
    }),
    'change-media': (document, dice) => ({
      id: pick(dice, sorted(document.media.keys())),
      changes: some(
        dice,
        { name: 'Renamed' },
        { path: '/elsewhere' },
        { picture: videoMedia(filmId, { frames: dice.between(100, 240) }).picture },
      ),
    }),
    'remove-media': (document, dice) => ({ ...of('media', 'ids')(document, dice), withClips: dice.upTo(3) === 0 }),
    'move-to-bin': (document, dice) => ({
      mediaIds: [pick(dice, sorted(document.media.keys()))],
      binId: pick(dice, sorted(document.bins.keys())) ?? null,
    }),
    'star-media': (document, dice) => ({
      mediaIds: [pick(dice, sorted(document.media.keys()))],
      starred: dice.coin(),
    }),
    'add-bin': (document, dice) => ({ name: 'Bin', parentId: pick(dice, sorted(document.bins.keys())) ?? null }),
    'rename-bin': (document, dice) => ({ ...of('bins')(document, dice), name: `Bin ${dice.upTo(9)}` }),
    'move-bin': (document, dice) => ({
      ...of('bins')(document, dice),
      parentId: pick(dice, [...sorted(document.bins.keys()), null]),
      order: dice.upTo(3),
    }),
    'remove-bin': of('bins'),
    'add-sequence': (_, dice) => ({
      name: 'Other',
      frameRate: some(dice, rational(25), rational(30000, 1001)),
      width: 640,
      height: 360,
    }),
    'change-sequence': (document, dice) => ({
      ...of('sequences')(document, dice),
      changes: some(dice, { name: 'New name' }, { frameRate: rational(50) }, { width: 1280, height: 720 }),
    }),
    'remove-sequence': (document, dice) => {
      const ids = sorted(document.sequences.keys()).filter((id) => id !== sequenceId);
      return { id: pick(dice, ids) };
    },
    'duplicate-sequence': (document, dice) => ({ ...of('sequences')(document, dice), name: 'Copy' }),
    'place-sequence': (document, dice, newId) => {
      const copy = new Timeline(document, newId);
      const id = newId();
      copy.run('duplicate-sequence', {
        id: pick(dice, sorted(document.sequences.keys())) ?? '',
        newId: id,
        name: 'Placed',
      });
      const { sequences, tracks, clips, transitions, markers } = copy.document;
      const own = [...tracks.values()].filter((track) => track.sequenceId === id);
      const trackIds = new Set(own.map((track) => track.id));
      return {
        sequence: sequences.get(id),
        tracks: own,
        clips: [...clips.values()].filter((clip) => trackIds.has(clip.trackId)),
        transitions: [...transitions.values()].filter((transition) => trackIds.has(transition.trackId)),
        markers: [...markers.values()].filter((marker) => marker.sequenceId === id),
      };
    },
    'add-track': (document, dice) => ({
      sequenceId: sequence(document, dice),
      kind: some(dice, 'video', 'audio'),
      order: dice.upTo(3),
    }),
    'change-track': (document, dice) => ({
      ...of('tracks')(document, dice),
      changes: some(
        dice,
        { locked: false },
        { muted: dice.coin() },
        { solo: dice.coin() },
        { locked: dice.upTo(3) === 0 },
      ),
    }),
    'remove-track': (document, dice) => ({
      id: pick(
        dice,
        sorted(document.tracks.keys()).filter((id) => ![v1, v2, a1, a2].includes(id)),
      ),
      withClips: dice.coin(),
    }),
    'reorder-track': (document, dice) => ({ ...of('tracks')(document, dice), order: dice.upTo(4) }),
    insert: (document, dice) => ({ ...place(document, dice), scope: scope(dice) }),
    overwrite: place,
    append: (_, dice) => ({ sequenceId, source: source(dice), ...targets(dice) }),
    move: (document, dice) => ({
      clipIds: clipIds(document, dice),
      by: dice.between(-40, 40),
      videoTracksBy: some(dice, 0, 0, 1, -1),
      audioTracksBy: some(dice, 0, 0, 1, -1),
      onOverlap: some(dice, 'refuse', 'overwrite'),
      withLinked: dice.upTo(4) > 0,
      withGroup: dice.coin(),
    }),
    trim: edge,
    'ripple-trim': (document, dice) => ({ ...edge(document, dice), scope: scope(dice) }),
    roll: (document, dice) => ({
      leftClipId: clipId(document, dice),
      by: by(dice),
      withLinked: dice.coin(),
    }),
    slip: nudge,
    slide: nudge,
    blade: (_, dice) => ({
      sequenceId,
      frame: dice.upTo(150),
      trackIds: some(dice, null, [v1], [a1]),
      withLinked: dice.upTo(4) > 0,
    }),
    delete: (document, dice) => ({ clipIds: clipIds(document, dice), withLinked: dice.coin() }),
    'ripple-delete': (document, dice) => ({
      clipIds: clipIds(document, dice),
      withLinked: dice.coin(),
      scope: scope(dice),
    }),
    'close-gap': (_, dice) => ({ trackId: some(dice, v1, v2, a1, a2), frame: dice.upTo(150), scope: scope(dice) }),
    paste: (document, dice) => {
      const first = document.clips.get(clipId(document, dice) ?? '');
      const home = document.tracks.get(first?.trackId ?? '')?.sequenceId;
      const mates = clipIds(document, dice).filter(
        (id) => document.tracks.get(document.clips.get(id ?? '')?.trackId ?? '')?.sequenceId === home,
      );
      const to = sequence(document, dice) ?? sequenceId;
      const tracks = document.tracksOfSequence.get(to);
      return {
        sequenceId: to,
        clipboard: copyClips(document, [first?.id ?? '', ...mates.map(String)]),
        at: dice.upTo(150),
        videoTrackId: tracks?.video[0]?.id ?? null,
        audioTrackId: tracks?.audio[0]?.id ?? null,
        mode: some(dice, 'overwrite', 'insert', 'refuse'),
      };
    },
    link: (document, dice) => ({ clipIds: clipIds(document, dice) }),
    unlink: (document, dice) => ({ clipIds: clipIds(document, dice) }),
    group: (document, dice) => ({ clipIds: clipIds(document, dice) }),
    ungroup: (document, dice) => ({ clipIds: clipIds(document, dice) }),
    'set-speed': (document, dice) => ({
      clipId: clipId(document, dice),
      speed: some(dice, rational(0), rational(1), rational(2), rational(1, 2), rational(3, 7), rational(24, 25)),
      reverse: dice.coin(),
      ripple: dice.upTo(4) > 0,
      scope: scope(dice),
      withLinked: dice.upTo(4) > 0,
    }),
    'replace-with-take': (document, dice) => ({
      clipId: clipId(document, dice),
      mediaId: takeId,
      place: some(dice, 'instead', 'before', 'after'),
      ripple: dice.upTo(4) > 0,
      scope: scope(dice),
    }),
    'place-take': (document, dice, newId) => {
      const clips = sorted(document.clips.keys());
      const ids = { leftClipId: pick(dice, clips), rightClipId: pick(dice, clips) };
      const clip = pick(dice, clips);
      const [duration, part] = [dice.between(1, 20), { mediaId: filmId, in: rational(1), out: rational(2) }];
      const pieces = [{ time: rational(dice.upTo(200), 24), duration: dice.between(1, 12), from: rational(0) }];
      return {
        media: videoMedia(newId(), { kind: 'take', frames: 20, sound: dice.coin() }),
        place: some(
          dice,
          { kind: 'beside', clipId: clip, side: some(dice, 'before', 'after'), duration },
          { kind: 'inside', clipId: clip, mediaId: filmId, pieces },
          { kind: 'cut', ...ids, before: dice.between(1, 8), after: dice.upTo(8) },
          { kind: 'gap', ...ids, duration },
          { kind: 'append', sequenceId, left: part, right: part, duration },
          { kind: 'still', clipId: clip, duration },
          { kind: 'none' },
        ),
      };
    },
    'choose-take': (document, dice) => {
      const takes = [...document.media.values()].filter(({ kind }) => kind === 'take').map(({ id }) => id);
      const shown = [...document.clips.values()].filter(({ kind }) => kind === 'take').map(({ id }) => id);
      return { clipId: pick(dice, sorted(shown)), mediaId: pick(dice, sorted(takes)) };
    },
    'add-transition': (document, dice) => ({
      ...sides(document, dice),
      duration: dice.between(1, 20),
      alignment: some(dice, 'centre', 'start', 'end'),
      shorten: dice.upTo(3) > 0,
      kind: some(dice, 'dissolve', 'dissolve', 'wipe'),
    }),
    'change-transition': (document, dice) => ({
      ...of('transitions')(document, dice),
      duration: dice.between(1, 20),
      alignment: some(dice, undefined, 'centre', 'start', 'end'),
      shorten: dice.coin(),
    }),
    'remove-transition': of('transitions', 'ids'),
    'add-marker': (document, dice) => {
      const id = dice.coin() ? clipId(document, dice) : undefined;
      return { sequenceId, clipId: id ?? null, frame: dice.upTo(40), duration: dice.upTo(3) };
    },
    'change-marker': (document, dice) => ({
      ...of('markers')(document, dice),
      changes: { frame: dice.between(-3, 40) },
    }),
    'remove-marker': of('markers', 'ids'),
    'set-clip': (document, dice) => ({
      clipIds: [clipId(document, dice)],
      changes: some(
        dice,
        { name: 'Another' },
        { enabled: dice.coin() },
        { fadeIn: dice.upTo(20), fadeOut: dice.upTo(20) },
        { offsetSamples: dice.between(-500, 500) },
        { title: { text: 'Changed' } },
      ),
    }),
    'set-keyframe': (document, dice) => ({
      clipId: clipId(document, dice),
      property: pick(dice, animatedProperties),
      frame: dice.between(-5, 40),
      value: dice.upTo(10) / 10,
      easing: some(dice, 'hold', 'linear', 'smooth'),
    }),
    'remove-keyframe': (document, dice) => {
      const clip = document.clips.get(clipId(document, dice) ?? '');
      const keys = clip?.placement?.opacity.keys ?? clip?.gain?.keys ?? [];
      return { clipId: clip?.id, property: clip?.gain ? 'gain' : 'opacity', frame: pick(dice, keys)?.frame ?? 0 };
    },
  };
})();

export const singleNames = Object.keys(inputs).filter((name): name is Single => isOperationName(name));

// What builds a timeline comes more often, so that there is something for the others to meet.
const builders: Single[] = ['append', 'overwrite', 'insert', 'blade', 'move', 'add-transition', 'link'];

export const anyName = (dice: Dice): Single =>
  (dice.coin() ? pick(dice, builders) : pick(dice, singleNames)) ?? 'append';

/** Tries an edit that the dice make up, or two as one; a refusal leaves all as it is. Tells whether it was made. */
export const tryEdit = (timeline: Timeline, dice: Dice, name: Single): boolean => {
  const before = timeline.document;
  const step = () => ({ op: name, input: inputs[name](timeline.document, dice, timeline.newId) });
  try {
    if (dice.upTo(8) === 0) timeline.run('batch', { operations: [step(), step()] });
    else timeline.run(name, step().input as never);
    return true;
  } catch (error) {
    if (!(error instanceof UserFacingError)) throw error;
    if (timeline.document !== before) throw new Error('a refused edit changed the document', { cause: error });
    return false;
  }
};

/** A timeline with something of everything, so that every operation finds what it works on. */
export const furnished = (): Timeline => {
  const timeline = newTimeline();
  const [first, second] = [appendFilm(timeline, 300, 20, 60), appendFilm(timeline, 302, 100, 130)];
  timeline.run('add-transition', { leftClipId: first[0], rightClipId: second[0], duration: 8 });
  timeline.run('group', { clipIds: [first[0], second[0]] });
  timeline.run('set-keyframe', { clipId: first[0], property: 'opacity', frame: 4, value: 0.5 });
  timeline.run('add-marker', { sequenceId, clipId: second[0], frame: 5 });
  timeline.run('overwrite', { sequenceId, source: { mediaId: photoId, duration: 9 }, videoTrackId: v2, at: 30 });
  timeline.run('add-media', { media: [videoMedia(timeline.newId(), { kind: 'take', frames: 16 })] });
  timeline.run('overwrite', { sequenceId, source: { mediaId: takeId }, videoTrackId: v2, at: 60 });
  timeline.run('add-track', { sequenceId, kind: 'audio' });
  timeline.run('add-bin', { name: 'Rushes' });
  timeline.run('add-bin', { name: 'Music' });
  timeline.run('add-sequence', { name: 'Other', frameRate: rational(25), width: 640, height: 360 });
  return timeline;
};
