import { beforeEach, describe, expect, it } from 'vitest';
import { clipsOf, tracksOf, transitionAtStart } from '../../engine/contract/timeline/document.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import {
  a1,
  filmId,
  photoId,
  sequenceId,
  takeId,
  testId,
  threeClips,
  threeClipsLayout,
  v1,
  v2,
} from '../support/timeline.ts';
import type { Timeline } from '../support/timeline.ts';

let timeline: Timeline;
let [first, second, third] = ['', '', ''];
let [firstSound, secondSound, thirdSound] = ['', '', ''];

beforeEach(() => {
  ({ timeline, first, second, third, firstSound, secondSound, thirdSound } = threeClips());
});

describe('transitions', () => {
  it('lies on the middle of the cut, or to one side of it', () => {
    timeline.run('add-transition', { id: testId(500), leftClipId: first, rightClipId: second, duration: 9 });
    expect(transitionAtStart(timeline.document, second)).toMatchObject({ before: 4, after: 5, trackId: v1 });
    timeline.run('change-transition', { id: testId(500), alignment: 'end' });
    expect(transitionAtStart(timeline.document, second)).toMatchObject({ before: 9, after: 0 });
    timeline.run('change-transition', { id: testId(500), duration: 12, alignment: 'start', changes: { kind: 'wipe' } });
    expect(transitionAtStart(timeline.document, second)).toMatchObject({ before: 0, after: 12, kind: 'wipe' });
    timeline.run('remove-transition', { ids: [testId(500)] });
    expect(timeline.document.transitions.size).toBe(0);
  });

  it('needs handles: refused, or shortened to what there is', () => {
    timeline.run('slip', { clipId: first, by: -20 });
    timeline.run('slip', { clipId: second, by: -98 });
    const cut = { leftClipId: first, rightClipId: second, duration: 20 };
    expect(timeline.refusal('add-transition', cut)).toBe('no-handles');
    timeline.run('add-transition', { ...cut, shorten: true });
    expect(transitionAtStart(timeline.document, second)).toMatchObject({ before: 2, after: 10 });
  });

  it('leads from or to nothing at one clip alone, and replaces what is there', () => {
    timeline.run('add-transition', { leftClipId: null, rightClipId: first, duration: 10, kind: 'dip' });
    expect(transitionAtStart(timeline.document, first)).toMatchObject({ before: 0, after: 10 });
    timeline.run('add-transition', { leftClipId: null, rightClipId: first, duration: 6 });
    expect(timeline.document.transitions.size).toBe(1);
    expect(transitionAtStart(timeline.document, first)).toMatchObject({ after: 6, kind: 'dissolve' });
  });

  it('gets shorter with its clips, and goes with them', () => {
    timeline.run('add-transition', { leftClipId: first, rightClipId: second, duration: 20 });
    timeline.run('ripple-trim', { clipId: second, edge: 'tail', by: -24 });
    expect(transitionAtStart(timeline.document, second)).toMatchObject({ before: 10, after: 6 });
    timeline.run('roll', { leftClipId: first, by: -36 });
    expect(transitionAtStart(timeline.document, second)).toMatchObject({ before: 4, after: 6 });
    timeline.run('trim', { clipId: first, edge: 'tail', by: -1 });
    expect(timeline.document.transitions.size).toBe(0);
  });

  it('is refused between clips that do not meet, and other than a cross-fade on sound', () => {
    expect(timeline.refusal('add-transition', { leftClipId: first, rightClipId: third, duration: 4 })).toBe(
      'not-adjacent',
    );
    const sound = { leftClipId: firstSound, rightClipId: secondSound, duration: 4 };
    expect(timeline.refusal('add-transition', { ...sound, kind: 'wipe' })).toBe('wrong-kind');
    expect(timeline.refusal('add-transition', sound)).toBeUndefined();
    expect(timeline.refusal('add-transition', { leftClipId: null, rightClipId: null, duration: 4 })).toBe('not-found');
  });
});

describe('speed', () => {
  it('plays the same material in half or twice the time, and what comes later follows', () => {
    timeline.run('set-speed', { clipId: second, speed: rational(2) });
    expect(timeline.layout(v1)).toBe('0-40@20 40-55@100 55-95@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    timeline.run('set-speed', { clipId: second, speed: rational(1, 2) });
    expect(timeline.layout(v1)).toBe('0-40@20 40-100@100 100-140@160');
  });

  it('without ripple must fit', () => {
    expect(timeline.refusal('set-speed', { clipId: second, speed: rational(1, 2), ripple: false })).toBe('overlap');
    timeline.run('set-speed', { clipId: second, speed: rational(3), ripple: false });
    expect(timeline.layout(v1)).toBe('0-40@20 40-50@100 70-110@160');
  });

  it('freezes what the first frame showed for as long as the clip was, and any length after', () => {
    timeline.run('set-speed', { clipId: third, speed: rational(1), reverse: true });
    timeline.run('set-speed', { clipId: third, speed: rational(0) });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-110@199');
    timeline.run('trim', { clipId: third, edge: 'tail', by: 1000 });
    expect(timeline.clip(third)).toMatchObject({ duration: 1040, reverse: false });
  });

  it('keeps keys and markers on their picture', () => {
    timeline.run('set-keyframe', { clipId: second, property: 'opacity', frame: 10, value: 0.5 });
    timeline.run('add-marker', { id: testId(500), sequenceId, clipId: second, frame: 10 });
    timeline.run('set-speed', { clipId: second, speed: rational(1, 2) });
    expect(timeline.clip(second).placement?.opacity.keys[0].frame).toBe(20);
    expect(timeline.document.markers.get(testId(500))?.frame).toBe(20);
  });

  it('is not for stills', () => {
    timeline.run('append', { sequenceId, source: { mediaId: photoId }, videoTrackId: v2, videoClipId: testId(400) });
    expect(timeline.refusal('set-speed', { clipId: testId(400), speed: rational(2) })).toBe('wrong-kind');
  });
});

describe('takes', () => {
  const take = { mediaId: takeId, videoClipId: testId(400), audioClipId: testId(401) };

  it('goes after its source, with its sound, grouped; what comes later moves', () => {
    timeline.run('replace-with-take', { ...take, clipId: second, place: 'after' });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-82@0 82-122@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    const groups = [second, secondSound, testId(400), testId(401)].map((id) => timeline.clip(id).groupId);
    expect(new Set(groups).size).toBe(1);
    expect(groups[0]).not.toBeNull();
    expect(timeline.clip(testId(400)).kind).toBe('take');
    expect(timeline.clip(testId(400)).linkId).toBe(timeline.clip(testId(401)).linkId);
  });

  it('goes before its source', () => {
    timeline.run('replace-with-take', { ...take, clipId: first, place: 'before' });
    expect(timeline.layout(v1)).toBe('0-12@0 12-52@20 52-82@100 82-122@160');
  });

  it('goes instead of frames in the middle, and the parts stay in its group', () => {
    timeline.run('replace-with-take', { ...take, clipId: third, place: 'instead', at: 80, audioTrackId: null });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-80@160 80-92@0 92-110@182');
    expect(timeline.layout(a1)).toBe(threeClipsLayout);
    const groups = clipsOf(timeline.document, v1)
      .slice(2)
      .map((clip) => clip.groupId);
    expect(new Set(groups).size).toBe(1);
  });

  it('needs room where it may not make it, and is a take', () => {
    expect(timeline.refusal('replace-with-take', { ...take, clipId: second, place: 'after', ripple: false })).toBe(
      'overlap',
    );
    const film = { clipId: second, mediaId: filmId, place: 'after' } as const;
    expect(timeline.refusal('replace-with-take', film)).toBe('wrong-kind');
    expect(timeline.refusal('replace-with-take', { ...take, clipId: secondSound, place: 'after' })).toBe('wrong-kind');
  });
});

describe('properties and keyframes', () => {
  it('changes only what is named', () => {
    timeline.run('set-clip', {
      clipIds: [first],
      changes: { name: 'Opening', placement: { fit: 'cover' } },
    });
    expect(timeline.clip(first)).toMatchObject({ name: 'Opening', enabled: true, placement: { fit: 'cover' } });
    expect(timeline.clip(first).placement?.opacity.value).toBe(1);
  });

  it('refuses a gain for pictures, a place for sound, a text for film, fades longer than the clip', () => {
    const gain = { value: -6, keys: [] };
    expect(timeline.refusal('set-clip', { clipIds: [first], changes: { gain } })).toBe('wrong-kind');
    expect(timeline.refusal('set-clip', { clipIds: [firstSound], changes: { placement: {} } })).toBe('wrong-kind');
    expect(timeline.refusal('set-clip', { clipIds: [first], changes: { title: { text: '' } } })).toBe('wrong-kind');
    expect(timeline.refusal('set-clip', { clipIds: [first], changes: { fadeIn: 21, fadeOut: 20 } })).toBe('too-short');
  });

  it('keeps keys in order, replaces one at the same frame, and leaves the last one’s value', () => {
    const key = { clipId: firstSound, property: 'gain' } as const;
    timeline.run('set-keyframe', { ...key, frame: 20, value: -12 });
    timeline.run('set-keyframe', { ...key, frame: 5, value: -3 });
    timeline.run('set-keyframe', { ...key, frame: 20, value: -6, easing: 'smooth' });
    expect(timeline.clip(firstSound).gain?.keys.map(({ frame, value }) => [frame, value])).toEqual([
      [5, -3],
      [20, -6],
    ]);
    timeline.run('remove-keyframe', { ...key, frame: 5 });
    timeline.run('remove-keyframe', { ...key, frame: 20 });
    expect(timeline.clip(firstSound).gain).toEqual({ value: -6, keys: [] });
    expect(timeline.refusal('remove-keyframe', { ...key, frame: 20 })).toBe('not-found');
    expect(timeline.refusal('set-keyframe', { ...key, frame: 0, value: 25 })).toBe('bad-input');
    expect(timeline.refusal('set-keyframe', { ...key, property: 'scale', frame: 0, value: 1 })).toBe('wrong-kind');
  });
});

describe('links and groups', () => {
  it('parts what was linked and joins it again', () => {
    timeline.run('unlink', { clipIds: [first] });
    timeline.run('move', { clipIds: [firstSound], by: 120 });
    expect(timeline.clip(first).start).toBe(0);
    timeline.run('link', { clipIds: [first, firstSound] });
    timeline.run('move', { clipIds: [first], by: 200 });
    expect(timeline.clip(firstSound).start).toBe(320);
    timeline.run('group', { clipIds: [second, third] });
    timeline.run('ungroup', { clipIds: [third] });
    expect(timeline.clip(second).groupId).toBeNull();
  });

  it('refuses to join one clip alone, and to part what is not joined', () => {
    expect(timeline.refusal('link', { clipIds: [first, first] })).toBe('nothing-to-do');
    expect(timeline.refusal('ungroup', { clipIds: [thirdSound] })).toBe('nothing-to-do');
  });
});

describe('tracks', () => {
  it('numbers tracks anew when one comes, goes or moves', () => {
    const order = () => tracksOf(timeline.document, sequenceId, 'video').map((track) => track.id);
    timeline.run('add-track', { id: testId(13), sequenceId, kind: 'video', order: 0 });
    expect(order()).toEqual([testId(13), v1, v2]);
    timeline.run('reorder-track', { id: v1, order: 2 });
    expect(order()).toEqual([testId(13), v2, v1]);
    timeline.run('remove-track', { id: testId(13) });
    expect(order()).toEqual([v2, v1]);
    expect(timeline.refusal('remove-track', { id: v1 })).toBe('in-use');
    timeline.run('remove-track', { id: v1, withClips: true });
    expect(timeline.clip(firstSound).linkId).toBeNull();
  });
});
