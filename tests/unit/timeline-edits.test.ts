import { beforeEach, describe, expect, it } from 'vitest';
import { clipsOf } from '../../engine/contract/timeline/document.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import {
  a1,
  a2,
  filmId,
  musicId,
  newTimeline,
  photoId,
  sequenceId,
  testId,
  threeClips,
  threeClipsLayout,
  titleOf,
  v1,
  v2,
} from '../support/timeline.ts';
import type { Timeline } from '../support/timeline.ts';

let timeline: Timeline;
let [first, second, third] = ['', '', ''];
let [firstSound, secondSound] = ['', ''];

beforeEach(() => {
  ({ timeline, first, second, third, firstSound, secondSound } = threeClips());
});

const film = (from: number, to: number) => ({ mediaId: filmId, in: rational(from, 24), out: rational(to, 24) });
const both = { sequenceId, videoTrackId: v1, audioTrackId: a1 };

describe('placing', () => {
  it('appends picture and sound of one source, linked, one after the other', () => {
    expect(timeline.layout(v1)).toBe(threeClipsLayout);
    expect(timeline.layout(a1)).toBe(threeClipsLayout);
    expect(timeline.clip(first).linkId).toBe(timeline.clip(firstSound).linkId);
    expect(timeline.clip(first).linkId).not.toBeNull();
    expect([timeline.clip(first).kind, timeline.clip(firstSound).kind]).toEqual(['video', 'audio']);
  });

  it('inserts at a frame: what lies across is cut, what comes later moves, other tracks stay', () => {
    timeline.run('overwrite', { sequenceId, source: { mediaId: musicId }, audioTrackId: a2, at: 0 });
    timeline.run('insert', { ...both, source: film(0, 10), at: 50 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-50@100 50-60@0 60-80@110 80-120@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    expect(timeline.layout(a2)).toBe('0-1440@0');
    const [right, rightSound] = [v1, a1].map((id) => clipsOf(timeline.document, id)[3]);
    expect(right.linkId).toBe(rightSound.linkId);
    expect(right.linkId).not.toBe(timeline.clip(second).linkId);
  });

  it('inserts on all tracks, cutting what lies across on each', () => {
    timeline.run('overwrite', { sequenceId, source: { mediaId: musicId }, audioTrackId: a2, at: 0 });
    timeline.run('insert', { ...both, source: film(0, 10), at: 40, scope: 'all' });
    expect(timeline.layout(v1)).toBe('0-40@20 40-50@0 50-80@100 80-120@160');
    expect(timeline.layout(a2)).toBe('0-40@0 50-1450@40');
  });

  it('overwrites: covered clips go, those that reach beyond are trimmed, nothing moves', () => {
    timeline.run('overwrite', { ...both, source: film(0, 50), at: 30 });
    expect(timeline.layout(v1)).toBe('0-30@20 30-80@0 80-110@170');
    expect(timeline.document.clips.has(second)).toBe(false);
    expect(timeline.clip(third).start).toBe(80);
  });

  it('overwrites in the middle of one clip and leaves both of its ends', () => {
    timeline.run('overwrite', { sequenceId, source: { mediaId: photoId, duration: 10 }, videoTrackId: v1, at: 80 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-80@160 80-90@0 90-110@180');
    expect(timeline.layout(a1)).toBe(threeClipsLayout);
  });

  it('gives stills and titles five seconds, and titles their text', () => {
    timeline.run('append', { sequenceId, source: { title: titleOf('The end') }, videoTrackId: v2 });
    timeline.run('append', { sequenceId, source: { mediaId: photoId }, videoTrackId: v2 });
    expect(timeline.layout(v2)).toBe('0-120@0 120-240@0');
    expect(clipsOf(timeline.document, v2)[0].title?.text).toBe('The end');
  });

  it('uses as many frames as there are: 240 at 24 a second are 300 at 30', () => {
    const at30 = newTimeline(rational(30));
    at30.run('append', { sequenceId, source: { mediaId: filmId }, videoTrackId: v1, videoClipId: testId(400) });
    expect(at30.clip(testId(400)).duration).toBe(300);
  });

  it.each([
    ['beyond the media', { ...both, source: film(200, 241) }, 'outside-source'],
    ['an empty stretch', { ...both, source: film(20, 20) }, 'too-short'],
    ['a picture for an audio track', { sequenceId, source: { mediaId: photoId }, audioTrackId: a1 }, 'wrong-track'],
    ['a title for an audio track', { sequenceId, source: { title: titleOf('') }, audioTrackId: a1 }, 'wrong-track'],
    ['a video track as an audio track', { sequenceId, source: { mediaId: musicId }, audioTrackId: v1 }, 'wrong-track'],
    ['media that is not there', { ...both, source: { mediaId: testId(999) } }, 'not-found'],
    ['an id that is taken', { ...both, source: film(0, 9), videoClipId: testId(300) }, 'bad-input'],
  ])('refuses %s', (_, input, reason) => {
    expect(timeline.refusal('append', input)).toBe(reason);
  });
});

describe('trim', () => {
  it('moves one edge of picture and sound and leaves a gap', () => {
    timeline.run('trim', { clipId: first, edge: 'tail', by: -10 });
    timeline.run('trim', { clipId: third, edge: 'head', by: 5 });
    expect(timeline.layout(v1)).toBe('0-30@20 40-70@100 75-110@165');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
  });

  it('leaves linked sound where its edge is another, or it is not wanted', () => {
    timeline.run('trim', { clipId: third, edge: 'tail', by: -5, withLinked: false });
    timeline.run('trim', { clipId: third, edge: 'tail', by: -5 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-100@160');
    expect(timeline.layout(a1)).toBe(threeClipsLayout);
  });

  it('keeps keys and markers on the picture they were set on', () => {
    timeline.run('set-keyframe', { clipId: third, property: 'scale', frame: 20, value: 2 });
    timeline.run('add-marker', { id: testId(500), sequenceId, clipId: third, frame: 3 });
    timeline.run('trim', { clipId: third, edge: 'head', by: 5 });
    expect(timeline.clip(third).placement?.scale.keys[0].frame).toBe(15);
    expect(timeline.document.markers.get(testId(500))?.frame).toBe(-2);
    timeline.run('trim', { clipId: third, edge: 'head', by: -5 });
    expect(timeline.document.markers.get(testId(500))?.frame).toBe(3);
  });

  it('shortens fades that no longer fit', () => {
    timeline.run('set-clip', { clipIds: [third], changes: { fadeIn: 10, fadeOut: 30 } });
    timeline.run('trim', { clipId: third, edge: 'tail', by: -25 });
    expect(timeline.clip(third)).toMatchObject({ fadeIn: 10, fadeOut: 5 });
  });

  it('refuses to cover a neighbour, to leave the source, to leave less than a frame', () => {
    expect(timeline.refusal('trim', { clipId: first, edge: 'tail', by: 1 })).toBe('overlap');
    expect(timeline.refusal('trim', { clipId: third, edge: 'tail', by: 41 })).toBe('outside-source');
    expect(timeline.refusal('trim', { clipId: third, edge: 'tail', by: 40 })).toBeUndefined();
    expect(timeline.refusal('trim', { clipId: first, edge: 'tail', by: -40 })).toBe('too-short');
    expect(timeline.refusal('trim', { clipId: first, edge: 'head', by: -1 })).toBe('negative-time');
    expect(timeline.refusal('trim', { clipId: first, edge: 'head', by: 0 })).toBe('nothing-to-do');
  });

  it('trims a reversed clip at the other end of its source', () => {
    timeline.run('set-speed', { clipId: third, speed: rational(1), reverse: true });
    timeline.run('trim', { clipId: third, edge: 'tail', by: -10 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-100@170');
    timeline.run('ripple-trim', { clipId: third, edge: 'head', by: 10 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 70-90@170');
  });
});

describe('ripple trim, roll, slip, slide', () => {
  it('ripples a tail: all that comes later follows, picture and sound', () => {
    timeline.run('ripple-trim', { clipId: first, edge: 'tail', by: 15 });
    expect(timeline.layout(v1)).toBe('0-55@20 55-85@100 85-125@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    timeline.run('ripple-trim', { clipId: first, edge: 'tail', by: -25 });
    expect(timeline.layout(v1)).toBe('0-30@20 30-60@100 60-100@160');
  });

  it('ripples a head: the clip keeps its place and loses its beginning', () => {
    timeline.run('ripple-trim', { clipId: second, edge: 'head', by: 10 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-60@110 60-100@160');
    timeline.run('ripple-trim', { clipId: second, edge: 'head', by: -30 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-90@80 90-130@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
  });

  it('ripples all tracks only where it is wanted', () => {
    timeline.run('overwrite', { sequenceId, source: { mediaId: photoId, duration: 9 }, videoTrackId: v2, at: 80 });
    timeline.run('ripple-trim', { clipId: first, edge: 'tail', by: -10 });
    expect(timeline.layout(v2)).toBe('80-89@0');
    timeline.run('ripple-trim', { clipId: first, edge: 'tail', by: 10, scope: 'all' });
    expect(timeline.layout(v2)).toBe('90-99@0');
  });

  it('rolls a cut: one gets what the other loses', () => {
    timeline.run('roll', { leftClipId: first, by: 12 });
    expect(timeline.layout(v1)).toBe('0-52@20 52-70@112 70-110@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    timeline.run('roll', { leftClipId: firstSound, by: -20, withLinked: false });
    expect(timeline.layout(a1)).toBe('0-32@20 32-70@92 70-110@160');
    expect(timeline.layout(v1)).toBe('0-52@20 52-70@112 70-110@160');
  });

  it('refuses to roll where no clip follows or one is used up', () => {
    expect(timeline.refusal('roll', { leftClipId: third, by: 1 })).toBe('not-adjacent');
    expect(timeline.refusal('roll', { leftClipId: first, by: 30 })).toBe('too-short');
    expect(timeline.refusal('roll', { leftClipId: second, by: -30 })).toBe('too-short');
  });

  it('slips: another part of the source in the same place', () => {
    timeline.run('slip', { clipId: second, by: 15 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@115 70-110@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    expect(timeline.refusal('slip', { clipId: first, by: -21 })).toBe('outside-source');
    expect(timeline.refusal('slip', { clipId: third, by: 41 })).toBe('outside-source');
    timeline.run('append', { sequenceId, source: { mediaId: photoId }, videoTrackId: v2, videoClipId: testId(400) });
    expect(timeline.refusal('slip', { clipId: testId(400), by: 1 })).toBe('wrong-kind');
  });

  it('slides: the clip moves, its neighbours give and take', () => {
    timeline.run('slide', { clipId: second, by: 8 });
    expect(timeline.layout(v1)).toBe('0-48@20 48-78@100 78-110@168');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    timeline.run('slide', { clipId: second, by: -20 });
    expect(timeline.layout(v1)).toBe('0-28@20 28-58@100 58-110@148');
    expect(timeline.refusal('slide', { clipId: second, by: -28 })).toBe('too-short');
    expect(timeline.refusal('slide', { clipId: first, by: -1 })).toBe('negative-time');
  });
});

describe('blade, delete, gaps', () => {
  it('cuts picture and sound together and links the right parts with each other', () => {
    timeline.run('blade', { sequenceId, frame: 50 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-50@100 50-70@110 70-110@160');
    const [right, rightSound] = [v1, a1].map((id) => clipsOf(timeline.document, id)[2]);
    expect(right.linkId).toBe(rightSound.linkId);
    expect(timeline.clip(second).linkId).toBe(timeline.clip(secondSound).linkId);
    expect(right.linkId).not.toBe(timeline.clip(second).linkId);
  });

  it('cuts one track alone; what has no partner is linked with nothing', () => {
    timeline.run('blade', { sequenceId, frame: 50, trackIds: [v1], withLinked: false });
    expect(timeline.layout(a1)).toBe(threeClipsLayout);
    expect(clipsOf(timeline.document, v1)[2].linkId).toBeNull();
  });

  it('hands the end over to the right part: transition, fade out, later markers and keys', () => {
    timeline.run('add-transition', { id: testId(500), leftClipId: second, rightClipId: third, duration: 8 });
    timeline.run('set-clip', { clipIds: [second], changes: { fadeIn: 3, fadeOut: 4 } });
    timeline.run('add-marker', { id: testId(501), sequenceId, clipId: second, frame: 20 });
    timeline.run('blade', { sequenceId, frame: 50 });
    const right = clipsOf(timeline.document, v1)[2];
    expect(timeline.document.transitions.get(testId(500))?.leftClipId).toBe(right.id);
    expect(timeline.clip(second)).toMatchObject({ fadeIn: 3, fadeOut: 0 });
    expect(right).toMatchObject({ fadeIn: 0, fadeOut: 4 });
    expect(timeline.document.markers.get(testId(501))).toMatchObject({ clipId: right.id, frame: 10 });
  });

  it('has nothing to cut at an edge', () => {
    expect(timeline.refusal('blade', { sequenceId, frame: 40 })).toBe('nothing-to-do');
    expect(timeline.refusal('blade', { sequenceId, frame: 500 })).toBe('nothing-to-do');
  });

  it('deletes with its link and leaves a gap, or closes it', () => {
    timeline.run('delete', { clipIds: [second] });
    expect(timeline.layout(v1)).toBe('0-40@20 70-110@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    timeline.run('close-gap', { trackId: v1, frame: 55 });
    timeline.run('close-gap', { trackId: a1, frame: 40 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-80@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    expect(timeline.refusal('close-gap', { trackId: v1, frame: 20 })).toBe('nothing-to-do');
    expect(timeline.refusal('close-gap', { trackId: v1, frame: 200 })).toBe('nothing-to-do');
  });

  it('a partner that is left alone is linked with nothing', () => {
    timeline.run('delete', { clipIds: [secondSound], withLinked: false });
    expect(timeline.clip(second).linkId).toBeNull();
  });

  it('ripple deletes several clips at once', () => {
    timeline.run('ripple-delete', { clipIds: [first, second] });
    expect(timeline.layout(v1)).toBe('0-40@160');
    expect(timeline.layout(a1)).toBe('0-40@160');
  });

  it('ripple delete keeps picture and sound together where their cuts differ', () => {
    timeline.run('roll', { leftClipId: firstSound, by: 10, withLinked: false });
    timeline.run('ripple-delete', { clipIds: [second] });
    expect(timeline.layout(v1)).toBe('0-40@20 50-90@160');
    expect(timeline.layout(a1)).toBe('0-50@20 50-90@160');
  });
});

describe('moving', () => {
  it('moves linked clips together, onto other tracks, and refuses or overwrites what lies there', () => {
    timeline.run('move', { clipIds: [third], by: 20 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 90-130@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
    timeline.run('move', { clipIds: [third], by: -60, videoTracksBy: 1, audioTracksBy: 1 });
    expect(timeline.layout(v2)).toBe('30-70@160');
    expect(timeline.layout(a2)).toBe('30-70@160');
    expect(timeline.refusal('move', { clipIds: [third], by: 0, videoTracksBy: -1, audioTracksBy: -1 })).toBe('overlap');
    timeline.run('move', { clipIds: [third], by: 0, videoTracksBy: -1, audioTracksBy: -1, onOverlap: 'overwrite' });
    expect(timeline.layout(v1)).toBe('0-30@20 30-70@160');
    expect(timeline.layout(a1)).toBe(timeline.layout(v1));
  });

  it('moves what is grouped along, and both halves of an overwritten pair stay pairs', () => {
    timeline.run('group', { clipIds: [first, third] });
    timeline.run('move', { clipIds: [first], by: 200 });
    expect(timeline.layout(v1)).toBe('40-70@100 200-240@20 270-310@160');
    timeline.run('move', { clipIds: [second], by: 170, onOverlap: 'overwrite' });
    expect(timeline.layout(v1)).toBe('200-210@20 210-240@100 270-310@160');
    timeline.run('move', { clipIds: [second], by: 65, onOverlap: 'overwrite' });
    expect(timeline.layout(v1)).toBe('200-210@20 270-275@160 275-305@100 305-310@195');
    const [right, rightSound] = [v1, a1].map((id) => clipsOf(timeline.document, id)[3]);
    expect(right.linkId).toBe(rightSound.linkId);
    expect(right.linkId).not.toBeNull();
  });

  it('refuses a track that is not there, time before the start, a locked track', () => {
    expect(timeline.refusal('move', { clipIds: [first], by: 0, videoTracksBy: 2 })).toBe('wrong-track');
    expect(timeline.refusal('move', { clipIds: [first], by: -1 })).toBe('negative-time');
    timeline.run('change-track', { id: a1, changes: { locked: true } });
    expect(timeline.refusal('move', { clipIds: [third], by: 10 })).toBe('locked-track');
    expect(timeline.refusal('move', { clipIds: [third], by: 10, withLinked: false })).toBeUndefined();
  });

  it('takes a transition along when both of its clips move, and drops it when one does', () => {
    timeline.run('add-transition', { id: testId(500), leftClipId: second, rightClipId: third, duration: 8 });
    timeline.run('move', { clipIds: [second, third], by: 0, videoTracksBy: 1, withLinked: false });
    expect(timeline.document.transitions.get(testId(500))?.trackId).toBe(v2);
    timeline.run('move', { clipIds: [third], by: 1, withLinked: false });
    expect(timeline.document.transitions.size).toBe(0);
  });
});
