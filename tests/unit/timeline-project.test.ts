import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { checkDocument } from '../../engine/contract/timeline/check-document.ts';
import { clipboardSchema, copyClips } from '../../engine/contract/timeline/clipboard.ts';
import { clipsOf, documentOf, emptyDocument, tracksOf } from '../../engine/contract/timeline/document.ts';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { snap, snapCandidates } from '../../engine/contract/timeline/snapping.ts';
import {
  a1,
  contentOf,
  filmId,
  idMaker,
  musicId,
  photoId,
  sequenceId,
  testId,
  threeClips,
  threeClipsLayout,
  v1,
  v2,
  videoMedia,
} from '../support/timeline.ts';
import type { Timeline } from '../support/timeline.ts';

let timeline: Timeline;
let [first, second, third, secondSound] = ['', '', '', ''];

beforeEach(() => {
  ({ timeline, first, second, third, secondSound } = threeClips());
});

describe('media and bins', () => {
  it('removes media only when nothing uses it, or together with what does', () => {
    timeline.run('remove-media', { ids: [photoId] });
    expect(timeline.refusal('remove-media', { ids: [musicId, filmId] })).toBe('in-use');
    timeline.run('remove-media', { ids: [filmId], withClips: true });
    expect(timeline.document.clips.size).toBe(0);
  });

  it('relinks to another file unless clips would lie outside of it', () => {
    timeline.run('change-media', { id: filmId, changes: { path: '/other/film.mp4', relativePath: 'film.mp4' } });
    expect(timeline.document.media.get(filmId)).toMatchObject({ path: '/other/film.mp4', kind: 'video' });
    const picture = (frames: number) => videoMedia(filmId, { frames }).picture;
    expect(timeline.refusal('change-media', { id: filmId, changes: { picture: picture(199) } })).toBe('outside-source');
    expect(timeline.refusal('change-media', { id: filmId, changes: { picture: picture(200) } })).toBeUndefined();
    expect(timeline.refusal('change-media', { id: filmId, changes: { picture: null } })).toBe('wrong-kind');
  });

  it('a transition that reached into what the new file lacks gets shorter', () => {
    timeline.run('slip', { clipId: first, by: 137 });
    timeline.run('add-transition', { leftClipId: first, rightClipId: second, duration: 20 });
    const shorter = videoMedia(filmId, { frames: 200 });
    timeline.run('change-media', { id: filmId, changes: { picture: shorter.picture, sound: shorter.sound } });
    expect([...timeline.document.transitions.values()]).toMatchObject([{ before: 10, after: 3 }]);
  });

  it('a star is given and taken back', () => {
    timeline.run('star-media', { mediaIds: [filmId, musicId], starred: true });
    expect([filmId, musicId, photoId].map((id) => timeline.document.media.get(id)?.starred)).toEqual([
      true,
      true,
      false,
    ]);
    expect(timeline.refusal('star-media', { mediaIds: [filmId], starred: true })).toBe('nothing-to-do');
    timeline.run('star-media', { mediaIds: [filmId], starred: false });
    expect(timeline.document.media.get(filmId)?.starred).toBe(false);
    expect(timeline.refusal('star-media', { mediaIds: [testId(999)], starred: true })).toBe('not-found');
  });

  it('a removed bin gives its content to the one around it; none lies in itself', () => {
    const [outer, inner] = [testId(600), testId(601)];
    timeline.run('add-bin', { id: outer, name: 'Day 1' });
    timeline.run('add-bin', { id: inner, name: 'Takes', parentId: outer });
    timeline.run('move-to-bin', { mediaIds: [filmId], binId: inner });
    expect(timeline.refusal('move-bin', { id: outer, parentId: inner })).toBe('bad-input');
    timeline.run('rename-bin', { id: inner, name: 'Best takes' });
    timeline.run('remove-bin', { id: outer });
    expect(timeline.document.bins.get(inner)).toMatchObject({ name: 'Best takes', parentId: null });
    timeline.run('remove-bin', { id: inner });
    expect(timeline.document.media.get(filmId)?.binId).toBeNull();
    expect(timeline.refusal('move-to-bin', { mediaIds: [filmId], binId: inner })).toBe('not-found');
  });

  it('puts bins in order', () => {
    for (const n of [600, 601, 602]) timeline.run('add-bin', { id: testId(n), name: `${n}` });
    timeline.run('move-bin', { id: testId(602), parentId: null, order: 0 });
    const names = [...timeline.document.bins.values()].sort((a, b) => a.order - b.order).map((bin) => bin.name);
    expect(names).toEqual(['602', '600', '601']);
  });
});

describe('sequences', () => {
  it('come with tracks and keep their rate once there are clips', () => {
    const id = testId(600);
    timeline.run('add-sequence', { id, name: 'Trailer', frameRate: rational(25), width: 1080, height: 1920 });
    expect(tracksOf(timeline.document, id, 'video').map((track) => track.name)).toEqual(['V1', 'V2']);
    expect(tracksOf(timeline.document, id, 'audio').map((track) => track.name)).toEqual(['A1', 'A2']);
    timeline.run('change-sequence', { id, changes: { frameRate: rational(50) } });
    const faster = { id: sequenceId, changes: { frameRate: rational(50) } };
    expect(timeline.refusal('change-sequence', faster)).toBe('rate-fixed');
    timeline.run('change-sequence', { id: sequenceId, changes: { frameRate: rational(24), width: 1280 } });
    timeline.run('remove-sequence', { id });
    expect(timeline.document.sequences.size).toBe(1);
  });

  it('are copied with all that is in them, and nothing of the copy hangs on the original', () => {
    timeline.run('add-transition', { leftClipId: first, rightClipId: second, duration: 8 });
    timeline.run('add-marker', { sequenceId, frame: 3 });
    timeline.run('add-marker', { sequenceId, clipId: second, frame: 3 });
    const before = canonicalJson(timeline.document);
    const id = testId(600);
    timeline.run('duplicate-sequence', { id: sequenceId, newId: id, name: 'Second cut' });
    const [track] = tracksOf(timeline.document, id, 'video');
    expect(timeline.layout(track.id)).toBe(threeClipsLayout);
    expect(timeline.document.transitions.size).toBe(2);
    expect(timeline.document.markers.size).toBe(4);
    timeline.run('delete', { clipIds: clipsOf(timeline.document, track.id).map((clip) => clip.id) });
    timeline.run('remove-sequence', { id });
    expect(canonicalJson(timeline.document)).toBe(before);
  });
});

describe('copy and paste', () => {
  it('pastes as it was copied: over several tracks, linked, with transitions and markers', () => {
    timeline.run('move', { clipIds: [third], by: -70, videoTracksBy: 1, withLinked: false });
    timeline.run('add-transition', { leftClipId: first, rightClipId: second, duration: 8 });
    timeline.run('add-marker', { sequenceId, clipId: second, frame: 3, name: 'Look' });
    const copied = copyClips(timeline.document, [first, second, secondSound, third]);
    const clipboard = clipboardSchema.parse(JSON.parse(JSON.stringify(copied)));
    timeline.run('paste', { sequenceId, clipboard, at: 200, videoTrackId: v1, audioTrackId: a1 });
    expect(timeline.layout(v1)).toBe('0-40@20 40-70@100 200-240@20 240-270@100');
    expect(timeline.layout(v2)).toBe('0-40@160 200-240@160');
    expect(timeline.layout(a1)).toBe(`${threeClipsLayout} 240-270@100`);
    expect([timeline.document.transitions.size, timeline.document.markers.size]).toEqual([2, 2]);
    const [, , , pasted] = clipsOf(timeline.document, v1);
    const pastedSound = clipsOf(timeline.document, a1)[3];
    expect(pasted.linkId).toBe(pastedSound.linkId);
    expect(pasted.linkId).not.toBe(timeline.clip(second).linkId);
  });

  it('inserts, overwrites or refuses', () => {
    const clipboard = copyClips(timeline.document, [second]);
    const paste = { sequenceId, clipboard, at: 10, videoTrackId: v1 };
    expect(timeline.refusal('paste', { ...paste, mode: 'refuse' })).toBe('overlap');
    timeline.run('paste', { ...paste, mode: 'insert' });
    expect(timeline.layout(v1)).toBe('0-10@20 10-40@100 40-70@30 70-100@100 100-140@160');
    timeline.run('paste', paste);
    expect(timeline.layout(v1)).toBe('0-10@20 10-40@100 40-70@30 70-100@100 100-140@160');
    timeline.run('paste', { ...paste, at: 90 });
    expect(timeline.layout(v1)).toBe('0-10@20 10-40@100 40-70@30 70-90@100 90-120@100 120-140@180');
  });

  it('keeps its time in seconds in a sequence of another rate', () => {
    const id = testId(600);
    timeline.run('set-clip', { clipIds: [second], changes: { fadeIn: 12 } });
    timeline.run('set-keyframe', { clipId: second, property: 'opacity', frame: 24, value: 0.5 });
    timeline.run('add-sequence', { id, name: 'Slow', frameRate: rational(12), width: 640, height: 360 });
    const [track] = tracksOf(timeline.document, id, 'video');
    const clipboard = copyClips(timeline.document, [first, second]);
    timeline.run('paste', { sequenceId: id, clipboard, at: 5, videoTrackId: track.id });
    expect(timeline.layout(track.id)).toBe('5-25@20 25-40@100');
    expect(clipsOf(timeline.document, track.id)[1]).toMatchObject({
      fadeIn: 6,
      placement: { opacity: { keys: [{ frame: 12 }] } },
    });
  });

  it('needs a track for every clip and the media of every clip', () => {
    const clipboard = copyClips(timeline.document, [second, secondSound]);
    expect(timeline.refusal('paste', { sequenceId, clipboard, at: 0, videoTrackId: v1 })).toBe('wrong-track');
    const upper = { sequenceId, clipboard, at: 200, videoTrackId: a1, audioTrackId: a1 };
    expect(timeline.refusal('paste', upper)).toBe('wrong-track');
    timeline.run('remove-media', { ids: [filmId], withClips: true });
    expect(timeline.refusal('paste', { ...upper, videoTrackId: v1 })).toBe('not-found');
    expect(() => copyClips(timeline.document, [second])).toThrow(EditRefused);
    expect(() => copyClips(timeline.document, [])).toThrow(EditRefused);
  });
});

describe('snapping', () => {
  it('meets clip edges, markers, the start and what else is given, but not what is moved', () => {
    timeline.run('add-marker', { sequenceId, frame: 55, duration: 5 });
    timeline.run('add-marker', { sequenceId, clipId: third, frame: 7 });
    const candidates = snapCandidates(timeline.document, sequenceId, { except: new Set(), more: [61] });
    expect(candidates).toEqual([0, 40, 55, 60, 61, 70, 77, 110]);
    const moved = new Set([third, timeline.document.clipsOfLink.get(timeline.clip(third).linkId ?? '')?.[1] ?? '']);
    expect(snapCandidates(timeline.document, sequenceId, { except: moved })).toEqual([0, 40, 55, 60, 70]);
  });

  it('takes the nearest of all edges within reach', () => {
    const candidates = [0, 40, 55, 70];
    expect(snap(candidates, [100, 130], { by: -43, within: 5 })).toEqual({ by: -45, at: 55 });
    expect(snap(candidates, [100, 130], { by: -59, within: 5 })).toEqual({ by: -60, at: 40 });
    expect(snap(candidates, [100, 130], { by: -20, within: 5 })).toEqual({ by: -20, at: null });
    expect(snap([], [100], { by: 3, within: 5 })).toEqual({ by: 3, at: null });
  });
});

describe('operations by name', () => {
  it('a batch is one edit, each step sees the ones before, and all or none is done', () => {
    const before = canonicalJson(timeline.document);
    const edit = timeline.run('batch', {
      operations: [
        { op: 'add-track', input: { id: testId(600), sequenceId, kind: 'video' } },
        { op: 'ripple-delete', input: { clipIds: [first] } },
        { op: 'append', input: { sequenceId, source: { mediaId: photoId, duration: 5 }, videoTrackId: testId(600) } },
        { op: 'ripple-trim', input: { clipId: second, edge: 'tail', by: 5 } },
      ],
    });
    expect(timeline.layout(v1)).toBe('0-35@100 35-75@160');
    expect(timeline.layout(testId(600))).toBe('0-5@0');
    expect(canonicalJson(applyChanges(timeline.document, edit.inverse))).toBe(before);
    expect(edit.op).toBe('batch');
    const marker = (frame: number) => ({ op: 'add-marker', input: { sequenceId, frame } });
    expect(timeline.run('batch', { operations: [marker(1), marker(2)] }).op).toBe('add-marker');
    const failing = [
      { op: 'delete', input: { clipIds: [second] } },
      { op: 'delete', input: { clipIds: [second] } },
    ];
    expect(timeline.refusal('batch', { operations: failing })).toBe('not-found');
    expect(timeline.refusal('batch', { operations: [{ op: 'batch', input: { operations: failing } }] })).toBe(
      'bad-input',
    );
  });

  it.each([
    ['an operation that there is not', 'explode', {}],
    ['a name from the language', 'toString', {}],
    ['no input', 'delete', undefined],
    ['an input of another kind', 'delete', 'everything'],
    ['a missing field', 'blade', { frame: 3 }],
    ['a field too many', 'delete', { clipIds: [testId(300)], force: true }],
    ['a broken id', 'delete', { clipIds: ['300'] }],
    ['half a frame', 'blade', { sequenceId, frame: 10.5 }],
    ['a number that is none', 'slip', { clipId: testId(300), by: NaN }],
    ['a speed that is not reduced', 'set-speed', { clipId: testId(300), speed: { num: 2, den: 2 } }],
    ['a speed below zero', 'set-speed', { clipId: testId(300), speed: { num: -1, den: 1 } }],
    ['a move beyond the end of time', 'move', { clipIds: [testId(300)], by: Number.MAX_SAFE_INTEGER }],
  ])('refuses %s in words', (_, name, input) => {
    const run = () => runOperation(timeline.document, name, input, { newId: idMaker() });
    expect(run).toThrow(EditRefused);
    expect(run).toThrow(expect.objectContaining({ reason: 'bad-input', code: 'usage' }));
  });

  it('says what is wrong with a document, one line each', () => {
    expect(checkDocument(emptyDocument)).toEqual([]);
    const content = contentOf(timeline.document);
    const broken = (id: string, change: object) => {
      const clips = content.clips.map((clip) => (clip.id === id ? { ...clip, ...change } : clip));
      return checkDocument(documentOf({ ...content, clips })).join('\n');
    };
    expect(broken(first, {})).toBe('');
    expect(broken(first, { duration: 41 })).toMatch(/overlap/);
    expect(broken(third, { duration: 81 })).toMatch(/beyond the end of its source/);
    expect(broken(first, { trackId: testId(999) })).toMatch(/its track is missing/);
    expect(broken(first, { mediaId: testId(999) })).toMatch(/its media is missing/);
    expect(broken(first, { trackId: a1, start: 500 })).toMatch(/kind video on a track of kind audio/);
    expect(broken(first, { fadeIn: 41 })).toMatch(/fades are longer/);
    expect(broken(first, { linkId: testId(998) })).toMatch(/of a single clip/);
    expect(broken(first, { kind: 'still' })).toMatch(/cannot show media of kind video/);
  });
});
