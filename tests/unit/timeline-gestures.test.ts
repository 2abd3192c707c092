import { describe, expect, it } from 'vitest';
import { endOf, sequenceEnd, tracksOf } from '../../engine/contract/timeline/document.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { newId } from '../../renderer/document/new-id.ts';
import { tracksFromTop } from '../../renderer/document/selectors.ts';
import { walk } from '../../renderer/timeline/clip-walk.ts';
import { isWhole, together } from '../../renderer/timeline/gestures/together.ts';
import { hitAt, leftOfCut } from '../../renderer/timeline/hit.ts';
import { placeMedia } from '../../renderer/timeline/place-media.ts';
import { rowsOf } from '../../renderer/timeline/rows.ts';
import {
  a1,
  filmId,
  musicId,
  newTimeline,
  photoId,
  sequenceId,
  testId,
  threeClips,
  v1,
  v2,
} from '../support/timeline.ts';

const clipOf = (document: ReturnType<typeof threeClips>['timeline']['document'], id: string) => {
  const clip = document.clips.get(id);
  if (!clip) throw new Error('the clip is not there');
  return clip;
};

describe('what lies at a place', () => {
  const { timeline, first, second } = threeClips();
  const { document } = timeline;
  const rows = rowsOf(tracksFromTop(document, sequenceId));
  const selection = new Set<string>();
  const time = { left: 0, scale: 10 };
  const y = (trackId: string): number => (rows.find(({ track }) => track.id === trackId)?.y ?? 0) + 5;
  const at = (x: number, trackId: string) => hitAt({ document, rows, time, selection }, x, y(trackId));

  it('is a clip with its head, body and tail, to the pixel of a cut', () => {
    expect(at(399, v1)).toMatchObject({ kind: 'clip', clip: { id: first }, part: 'tail' });
    expect(at(400, v1)).toMatchObject({ kind: 'clip', clip: { id: second }, part: 'head' });
    expect(at(200, v1)).toMatchObject({ kind: 'clip', clip: { id: first }, part: 'body' });
    expect(at(1103, v1)).toMatchObject({ kind: 'clip', part: 'tail' });
    expect(at(1110, v1)).toMatchObject({ kind: 'row' });
    expect(at(200, v2)).toMatchObject({ kind: 'row', row: { track: { id: v2 } } });
    expect(hitAt({ document, rows, time, selection }, 200, 10_000)).toEqual({ kind: 'nothing' });
  });

  it('is a transition in its band, and the keys of a selected clip', () => {
    timeline.run('add-transition', { id: testId(900), leftClipId: first, rightClipId: second, duration: 10 });
    timeline.run('set-keyframe', { clipId: first, property: 'opacity', frame: 20, value: 0.5 });
    const row = rows.find(({ track }) => track.id === v1);
    if (!row) throw new Error('no row');
    const scene = { document: timeline.document, rows, time, selection: new Set([first]) };
    const low = row.y + row.height - 12;
    expect(hitAt(scene, 400, low)).toMatchObject({ kind: 'transition', transition: { id: testId(900) }, part: 'body' });
    expect(hitAt(scene, 352, low)).toMatchObject({ kind: 'transition', part: 'head' });
    expect(hitAt(scene, 400, row.y + 5)).toMatchObject({ kind: 'clip', clip: { id: second } });
    expect(hitAt(scene, 201, low)).toMatchObject({ kind: 'key', clip: { id: first }, frame: 20 });
    expect(hitAt({ ...scene, selection }, 201, low)).toMatchObject({ kind: 'clip' });
  });

  it('knows the clip before a cut', () => {
    expect(leftOfCut(document, clipOf(document, second), 'head')?.id).toBe(first);
    expect(leftOfCut(document, clipOf(document, first), 'tail')?.id).toBe(first);
    expect(leftOfCut(document, clipOf(document, first), 'head')).toBeUndefined();
  });

  it('is walked through by arrow keys, and ends at the ends', () => {
    const go = (from: string, step: Parameters<typeof walk>[3]): string =>
      walk(document, rows, clipOf(document, from), step).id;
    expect(go(first, 'right')).toBe(second);
    expect(go(first, 'left')).toBe(first);
    expect(go(second, 'first')).toBe(first);
    expect(clipOf(document, go(second, 'down')).trackId).toBe(a1);
    expect(go(second, 'up')).toBe(second);
  });
});

describe('clips that belong together', () => {
  it('are picture and sound, and what is grouped with either', () => {
    const { timeline, first, second } = threeClips();
    expect(together(timeline.document, [first]).size).toBe(2);
    expect(isWhole(timeline.document, new Set([first]))).toBe(false);
    timeline.run('group', { clipIds: [first, second] });
    const all = together(timeline.document, [first]);
    expect(all.size).toBe(4);
    expect(isWhole(timeline.document, all)).toBe(true);
    expect(together(timeline.document, ['gone']).size).toBe(0);
  });
});

describe('media put on the timeline', () => {
  const place = (options: Partial<Parameters<typeof placeMedia>[1]> = {}) => {
    const { document } = newTimeline();
    const sequence = document.sequences.get(sequenceId);
    if (!sequence) throw new Error('no sequence');
    const placing = placeMedia(document, { sequence, mediaIds: [filmId], at: 12, mode: 'overwrite', ...options });
    const edit = runOperation(document, 'batch', { operations: placing.operations }, { newId });
    return { placing, document: applyChanges(document, edit.forward) };
  };

  it('lie one after the other, picture above its sound, under ids known before', () => {
    const { placing, document } = place({ mediaIds: [filmId, photoId] });
    const clips = placing.clipIds.map((id) => clipOf(document, id));
    expect(clips.map(({ kind, start, trackId }) => [kind, start, trackId])).toEqual([
      ['video', 12, v1],
      ['audio', 12, a1],
      ['still', 252, v1],
    ]);
    expect(placing).toMatchObject({ from: 12, to: endOf(clips[2]), trackIds: [v1, a1] });
    expect(sequenceEnd(document, sequenceId)).toBe(placing.to);
  });

  it('go to the track that is aimed at, with the other part on the track of the same number', () => {
    const { document: empty } = newTimeline();
    const { document, placing } = place({ track: empty.tracks.get(v2) });
    const numbers = placing.clipIds.map((id) => document.tracks.get(clipOf(document, id).trackId)?.order);
    expect(numbers).toEqual([1, 1]);
  });

  it('are picture alone or sound alone when that is wanted; music aimed at a picture track is heard all the same', () => {
    expect(place({ parts: 'picture' }).placing.clipIds).toHaveLength(1);
    const sound = place({ parts: 'sound' });
    expect(clipOf(sound.document, sound.placing.clipIds[0]).kind).toBe('audio');
    const { document: empty } = newTimeline();
    const music = place({ mediaIds: [musicId], track: empty.tracks.get(v1) });
    expect(clipOf(music.document, music.placing.clipIds[0]).trackId).toBe(a1);
  });

  it('give an empty sequence the size and rate of the first film', () => {
    const { document } = place();
    const film = document.media.get(filmId)?.picture;
    const sequence = document.sequences.get(sequenceId);
    expect([sequence?.width, sequence?.height]).toEqual([film?.width, film?.height]);
  });

  it('leave out media that are gone, and are refused where every track is locked', () => {
    expect(place({ mediaIds: ['gone', filmId] }).placing.clipIds).toHaveLength(2);
    const timeline = newTimeline();
    for (const track of tracksOf(timeline.document, sequenceId, 'video'))
      timeline.run('change-track', { id: track.id, changes: { locked: true } });
    const sequence = timeline.document.sequences.get(sequenceId);
    if (!sequence) throw new Error('no sequence');
    const options = { sequence, mediaIds: [photoId], at: 0, mode: 'insert' as const };
    expect(() => placeMedia(timeline.document, options)).toThrow(/nothing for that track/);
  });
});
