import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { clipsOf, endOf } from '../../engine/contract/timeline/document.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { newId } from '../../renderer/document/new-id.ts';
import { tracksFromTop } from '../../renderer/document/selectors.ts';
import type { Grow, WishBody } from '../../renderer/generate/grow.svelte.ts';
import type { Stage } from '../../renderer/timeline/gestures/gesture.ts';
import { growInGap, growOnClip, growthUnder } from '../../renderer/timeline/gestures/grow-clips.ts';
import { hitAt } from '../../renderer/timeline/hit.ts';
import { rowsOf } from '../../renderer/timeline/rows.ts';
import type { TimelineView } from '../../renderer/timeline/timeline-view.svelte.ts';
import { appendFilm, newTimeline, photoId, sequenceId, v1 } from '../support/timeline.ts';

const scale = 10;

/** Two clips of two seconds, a gap of one, a third clip at the very end of its film; and what the gestures see of the window. */
const staged = () => {
  const timeline = newTimeline();
  const [a] = appendFilm(timeline, 500, 0, 48);
  const [b] = appendFilm(timeline, 510, 24, 72);
  const [gap] = appendFilm(timeline, 520, 0, 24);
  const [c] = appendFilm(timeline, 530, 200, 240);
  timeline.run('delete', { clipIds: [gap] });
  const asked: WishBody[] = [];
  const grow = { edge: 'tail', frames: null, damaged: null, task: 'extend', open: false } as unknown as Grow;
  grow.show = (task) => Object.assign(grow, { task, open: true });
  const view = { time: { left: 0, scale }, snapping: false, snapAt: null, growth: null } as unknown as TimelineView;
  let shown = timeline.document;
  const editor = {
    ...{ tool: 'grow', frame: 0, inPoint: null, outPoint: null, selection: new Set<string>() },
    select: (ids: Iterable<string>) => (editor.selection = new Set(ids)),
    get view() {
      return { document: timeline.document, shown, readOnly: null };
    },
    store: {
      preview: (name: string, input: unknown) => {
        shown = applyChanges(timeline.document, runOperation(timeline.document, name, input, { newId }).forward);
      },
      endPreview: () => (shown = timeline.document),
      edit: async (name: never, input: never) => {
        timeline.run(name, input);
        shown = timeline.document;
      },
    },
  };
  const sequence = timeline.document.sequences.get(sequenceId);
  if (!sequence) throw new Error('no sequence');
  const rows = rowsOf(tracksFromTop(timeline.document, sequenceId));
  const stage = {
    ...{ editor, view, sequence, rows, grow },
    ask: (wish: WishBody) => asked.push(wish),
    fail: (error: unknown) => {
      throw error;
    },
  } as unknown as Stage;
  const row = rows.find(({ track }) => track.id === v1);
  if (!row) throw new Error('no row');
  const point = (frame: number, low = false) => ({ time: frame, y: low ? row.y + row.height - 8 : row.y + 6 });
  const hit = (frame: number, low = false) =>
    hitAt(
      { document: shown, rows, time: { left: 0, scale }, selection: new Set() },
      frame * scale,
      point(frame, low).y,
    );
  const press = (frame: number, low = false) => {
    const under = hit(frame, low);
    return under.kind === 'clip' ? growOnClip(stage, under, point(frame, low)) : growInGap(stage, under, point(frame));
  };
  const none = { shift: false, ctrl: false, alt: false };
  const layout = (): string => timeline.layout(v1);
  return { timeline, stage, view, grow, asked, press, point, none, hit, layout, clips: { a, b, c } };
};
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('the Grow tool', () => {
  it('grows an edge that has no handle, and shows it while it is drawn', () => {
    const { press, point, none, view, asked, clips, grow, layout } = staged();
    const before = layout();
    const gesture = press(159.5);
    gesture?.move(point(171.5), none);
    expect(view.growth).toEqual({ kind: 'extend', trackId: v1, from: 160, to: 172, drawn: true });
    gesture?.move(point(165.5), none);
    expect(view.growth).toMatchObject({ from: 160, to: 166 });
    gesture?.cancel();
    expect([view.growth, asked, layout()]).toEqual([null, [], before]);
    expect([grow.task, grow.open, grow.edge]).toEqual(['extend', true, 'tail']);
    const again = press(159.5);
    again?.move(point(171.5), none);
    again?.release();
    return settled().then(() => {
      expect(asked).toEqual([{ task: 'extend', clipId: clips.c, edge: 'tail', frames: 12 }]);
      expect(layout()).toBe(before);
    });
  });

  it('takes the handle first: into the gap, then on by moving what comes later', async () => {
    const { press, point, none, view, asked, clips, layout, timeline } = staged();
    // Behind the first clip's start there is no film; behind the second clip's there is.
    const gesture = press(48.3);
    gesture?.move(point(48.3 - 30), none);
    expect(view.growth).toMatchObject({ kind: 'extend' });
    expect((view.growth?.to ?? 0) - (view.growth?.from ?? 0)).toBe(6);
    gesture?.release();
    await settled();
    expect(asked).toEqual([{ task: 'extend', clipId: clips.b, edge: 'head', frames: 6 }]);
    const b = timeline.clip(clips.b);
    expect([b.duration, b.sourceIn.num]).toEqual([72, 0]);
    expect(layout()).toMatch(/^0-48@0 48-120@0 /);
  });

  it('fills the gap that it is clicked into, and offers it before', () => {
    const { press, hit, point, stage, asked, view } = staged();
    expect(growthUnder(stage, hit(110), point(110))).toEqual({
      ...{ kind: 'fill', trackId: v1, from: 96, to: 120, drawn: false },
    });
    press(110)?.release();
    expect(asked).toEqual([{ task: 'fill-gap', sequenceId, trackId: v1, start: 96, duration: 24 }]);
    expect(view.growth).toBeNull();
    expect(press(300)).toBeNull();
  });

  it('draws a blend out of the lower half of a cut; a click asks for none', () => {
    const { press, hit, point, none, stage, asked, clips, grow } = staged();
    expect(growthUnder(stage, hit(48.2, true), point(48.2, true))).toMatchObject({ kind: 'blend', from: 36, to: 60 });
    press(48.2, true)?.release();
    expect(asked).toEqual([]);
    const gesture = press(47.8, true);
    gesture?.move(point(57, true), none);
    gesture?.release();
    expect(asked).toEqual([{ task: 'blend', leftClipId: clips.a, rightClipId: clips.b, frames: 18 }]);
    expect(grow.task).toBe('blend');
  });

  it('marks damaged frames by a drag, and joins what touches', () => {
    const { press, point, none, grow, clips } = staged();
    const mark = (from: number, to: number): void => {
      const gesture = press(from);
      gesture?.move(point(to), none);
      gesture?.release();
    };
    mark(10.5, 12.2);
    mark(30.5, 28.1);
    mark(13.5, 15.5);
    expect(grow.damaged).toEqual({
      clipId: clips.a,
      ranges: [
        { first: 10, last: 15, chosen: true },
        { first: 28, last: 30, chosen: true },
      ],
    });
    expect(grow.task).toBe('fill');
  });

  it('has nothing to grow of a still', () => {
    const { timeline, stage, point, hit } = staged();
    timeline.run('overwrite', {
      ...{ sequenceId, at: 200, source: { mediaId: photoId, duration: 24 }, videoTrackId: v1, audioTrackId: null },
    });
    stage.editor.store.endPreview();
    const under = hit(212);
    expect(under.kind === 'clip' ? growOnClip(stage, under, point(212)) : undefined).toBeNull();
    const [still] = clipsOf(timeline.document, v1).filter(({ kind }) => kind === 'still');
    expect(endOf(still)).toBe(224);
  });
});
