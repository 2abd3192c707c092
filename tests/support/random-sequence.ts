import fc from 'fast-check';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import type { Change } from '../../engine/contract/timeline/change.ts';
import { clipsOf, documentOf, endOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Track, Transition } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { plainPlacement } from '../../engine/contract/timeline/operations/new-clips.ts';
import { plainTitle } from '../../engine/contract/timeline/plain-title.ts';
import { ceil, compare, divide, rational, subtract } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';
import { extentOf, sourceStep } from '../../engine/contract/timeline/source-time.ts';
import { transitionRoom } from '../../engine/contract/timeline/transition-room.ts';

/** Ids in order of making: the same documents on every run. */
export const createIds = (prefix = 0): (() => string) => {
  let next = 0;
  return () => {
    next += 1;
    return `00000000-0000-7000-8000-${(prefix * 1e9 + next).toString(16).padStart(12, '0')}`;
  };
};

/** A made-up media of a kind; `frames` of picture at `rate`, with two channels of sound where it has any. */
export const madeUpMedia = (
  id: string,
  kind: Media['kind'],
  name: string,
  { frames = 100, rate = rational(25), sound = kind === 'video' || kind === 'audio' } = {},
): Media => {
  const seconds = divide(rational(frames), rate);
  const still = kind === 'still';
  return {
    id,
    kind,
    name,
    binId: null,
    path: kind === 'images' ? `/footage/${name}.%04d.png` : `/footage/${name}`,
    relativePath: `footage/${name}`,
    firstNumber: kind === 'images' ? 1 : null,
    bytes: 1000,
    hash: 'ab'.repeat(32),
    picture:
      kind === 'audio'
        ? null
        : {
            width: 1920,
            height: 1080,
            sampleAspect: rational(1),
            frameRate: still ? null : rate,
            variableRate: false,
            frameCount: still ? 1 : frames,
            duration: still ? null : seconds,
            codec: 'h264',
            pixelFormat: 'yuv420p',
            alpha: false,
            interlaced: false,
          },
    sound: sound
      ? {
          samples: Math.round((frames * 48000 * rate.den) / rate.num),
          sampleRate: 48000,
          channels: 2,
          layout: 'stereo',
          codec: 'aac',
          offset: rational(0),
        }
      : null,
    provenance: null,
    starred: false,
  };
};

export const madeUpClip = (id: string, track: Track, media: Media | null, over: Partial<Clip> = {}): Clip => ({
  id,
  trackId: track.id,
  kind: media === null ? 'title' : media.kind === 'still' ? 'still' : media.kind === 'take' ? 'take' : track.kind,
  name: media?.name ?? 'Title',
  mediaId: media?.id ?? null,
  start: 0,
  duration: 1,
  sourceIn: rational(0),
  speed: rational(1),
  reverse: false,
  offsetSamples: 0,
  enabled: true,
  linkId: null,
  groupId: null,
  placement: track.kind === 'video' ? plainPlacement : null,
  gain: track.kind === 'audio' ? { value: 0, keys: [] } : null,
  fadeIn: 0,
  fadeOut: 0,
  title: media === null ? plainTitle('Longtake') : null,
  ...over,
});

const rates: Rational[] = [
  rational(24000, 1001),
  rational(24),
  rational(25),
  rational(30000, 1001),
  rational(60000, 1001),
  rational(31, 2),
];
const speeds: Rational[] = [
  rational(0),
  rational(1, 3),
  rational(1, 2),
  rational(1),
  rational(1),
  rational(3, 2),
  rational(7),
];
const colours = ['#000000', '#12ab9f', '#ff0000', '#fedcba'];
const names = ['a.mov', 'Ünïcode – 名前', '', 'with "quotes" & <tags>', 'b.mov'];

/** Draws whole numbers below a bound from a list that fast-check shrinks. */
const drawer = (numbers: number[]) => {
  let at = 0;
  const below = (bound: number): number => {
    const value = numbers[at % numbers.length] + at;
    at += 1;
    return (value * 2654435761) % bound;
  };
  return {
    below,
    pick: <T>(items: readonly T[]): T => items[below(items.length)],
    chance: (percent: number) => below(100) < percent,
  };
};
type Draw = ReturnType<typeof drawer>;

const animated = (draw: Draw, least: number, most: number) => {
  const value = (): number => least + ((most - least) * draw.below(1001)) / 1000;
  const count = draw.chance(30) ? draw.below(4) : 0;
  const keys = Array.from({ length: count }, (_, i) => ({
    frame: i * 7 - 3,
    value: value(),
    easing: draw.pick(['hold', 'linear', 'smooth'] as const),
  }));
  return { value: value(), keys };
};

const placement = (draw: Draw): Clip['placement'] =>
  draw.chance(60)
    ? plainPlacement
    : {
        ...plainPlacement,
        fit: draw.pick(['inside', 'cover', 'pixels'] as const),
        opacity: animated(draw, 0, 1),
        x: animated(draw, -500, 500),
        scale: animated(draw, 0, 4),
        rotation: animated(draw, -90, 90),
        cropLeft: animated(draw, 0, 1),
      };

/** Puts a clip where there is source for it; undefined where the draw leaves none. */
const drawClip = (draw: Draw, id: string, track: Track, media: Media | null, start: number, rate: Rational) => {
  const still = media === null || media.kind === 'still';
  const speed = still ? rational(1) : draw.pick(speeds);
  const base = madeUpClip(id, track, media, { start, name: draw.pick(names), speed });
  const extent = media && !still ? extentOf(media, track.kind) : null;
  let duration = 1 + draw.below(40);
  if (extent) {
    base.sourceIn = rational(draw.below(3000), 1001);
    if (compare(base.sourceIn, extent.to) >= 0) return undefined;
    const longest =
      speed.num === 0 ? 40 : ceil(divide(subtract(extent.to, base.sourceIn), sourceStep({ speed }, rate)));
    duration = Math.min(duration, longest);
    if (duration < 1) return undefined;
  }
  const fadeIn = draw.chance(20) ? draw.below(duration + 1) : 0;
  return {
    ...base,
    duration,
    reverse: !still && draw.chance(20),
    offsetSamples: track.kind === 'audio' && draw.chance(20) ? draw.below(2000) - 1000 : 0,
    enabled: draw.chance(90),
    placement: track.kind === 'video' ? placement(draw) : null,
    gain: track.kind === 'audio' ? animated(draw, -60, 12) : null,
    fadeIn,
    fadeOut: draw.chance(20) ? draw.below(duration - fadeIn + 1) : 0,
  };
};

const drawTransitions = (draw: Draw, document: Document, track: Track, newId: () => string): Document => {
  let result = document;
  const put = (left: Clip | null, right: Clip | null): void => {
    const room = transitionRoom(result, left, right);
    const value: Transition = {
      id: newId(),
      trackId: track.id,
      leftClipId: left?.id ?? null,
      rightClipId: right?.id ?? null,
      before: Math.min(draw.below(8), room.before),
      after: Math.min(draw.below(8), room.after),
      kind: track.kind === 'audio' ? 'dissolve' : draw.pick(['dissolve', 'dip', 'wipe', 'push'] as const),
      colour: draw.pick(colours),
      direction: draw.pick(['left', 'right', 'up', 'down'] as const),
      softness: draw.below(11) / 10,
    };
    if (value.before + value.after < 1 || value.before < 0 || value.after < 0) return;
    result = applyChanges(result, [{ type: 'put', entity: 'transition', value }]);
  };
  const clips = clipsOf(document, track.id);
  clips.forEach((clip, i) => {
    const before = i > 0 && endOf(clips[i - 1]) === clip.start ? clips[i - 1] : null;
    const kind = draw.below(5);
    if (before && kind === 0) put(before, clip);
    if (kind === 1 || kind === 3) put(null, clip);
    if (before && (kind === 2 || kind === 3)) put(before, null);
  });
  return result;
};

/** What `sequenceFrom` draws from; a counterexample is these numbers. */
export const drawNumbers: fc.Arbitrary<number[]> = fc.array(fc.nat(1_000_000), { minLength: 8, maxLength: 64 });

/** A document that keeps every invariant, with one sequence of everything that a timeline can hold. */
export const sequenceFrom = (numbers: number[]): { document: Document; sequenceId: string } => {
  const draw = drawer(numbers);
  const newId = createIds();
  const rate = draw.pick(rates);
  const sequence = {
    ...{ id: newId(), name: draw.pick(names), frameRate: rate, width: 1280, height: 720 },
    ...{ startTimecode: draw.below(100000), dropFrame: draw.chance(50) },
  };
  const media = [
    madeUpMedia(newId(), 'video', 'a b.mov', { frames: 120, rate: draw.pick(rates) }),
    madeUpMedia(newId(), 'video', 'é#%.mp4', { frames: 75, rate: rational(2987, 100) }),
    madeUpMedia(newId(), 'images', 'frames', { sound: false }),
    madeUpMedia(newId(), 'still', 'still.png', { sound: false }),
    madeUpMedia(newId(), 'audio', 'music.wav', { frames: 250 }),
    madeUpMedia(newId(), 'take', 'take.mov', { sound: true }),
  ];
  const changes: Change[] = [
    { type: 'put', entity: 'sequence', value: sequence },
    ...media.map((value): Change => ({ type: 'put', entity: 'media', value })),
  ];
  const tracks: Track[] = [];
  for (const kind of ['video', 'audio'] as const) {
    for (let order = 0; order < draw.below(4); order += 1) {
      tracks.push({
        ...{
          id: newId(),
          sequenceId: sequence.id,
          kind,
          order,
          name: `${kind} ${order}`,
          height: 20 + draw.below(90),
        },
        ...{ locked: draw.chance(20), muted: draw.chance(20), solo: draw.chance(20) },
        gain: kind === 'audio' ? draw.below(20) - 10 : 0,
      });
    }
  }
  const clips: Clip[] = [];
  for (const track of tracks) {
    const usable = media.filter(({ picture, sound }) => (track.kind === 'video' ? picture : sound));
    let at = 0;
    for (let i = draw.below(7); i > 0; i -= 1) {
      if (draw.chance(40)) at += draw.below(20);
      const source = track.kind === 'video' && draw.chance(15) ? null : draw.pick(usable);
      const clip = drawClip(draw, newId(), track, source, at, rate);
      if (!clip) continue;
      clips.push(clip);
      at = endOf(clip);
    }
  }
  for (const key of ['linkId', 'groupId'] as const) {
    const joined = clips.filter(() => draw.chance(30));
    const id = newId();
    if (joined.length > 1) joined.forEach((clip) => (clip[key] = id));
  }
  changes.push(
    ...tracks.map((value): Change => ({ type: 'put', entity: 'track', value })),
    ...clips.map((value): Change => ({ type: 'put', entity: 'clip', value })),
  );
  for (let i = draw.below(5); i > 0; i -= 1) {
    const owner = draw.chance(50) && clips.length > 0 ? draw.pick(clips) : null;
    const value = {
      ...{ id: newId(), sequenceId: sequence.id, clipId: owner?.id ?? null, frame: draw.below(60) - (owner ? 9 : 0) },
      ...{ duration: draw.chance(50) ? draw.below(10) : 0, name: draw.pick(names), colour: draw.pick(colours) },
    };
    changes.push({ type: 'put', entity: 'marker', value });
  }
  const document = tracks.reduce(
    (made, track) => drawTransitions(draw, made, track, newId),
    applyChanges(documentOf({}), changes),
  );
  return { document, sequenceId: sequence.id };
};
