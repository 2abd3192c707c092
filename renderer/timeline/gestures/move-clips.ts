import { copyClips } from '../../../engine/contract/timeline/clipboard.ts';
import { endOf, tracksOf } from '../../../engine/contract/timeline/document.ts';
import type { Clip, Track } from '../../../engine/contract/timeline/entities.ts';
import { clipsOfIds } from '../../document/selectors.ts';
import { nearestRow } from '../rows.ts';
import { draftOf, snapped, snapTargets } from './gesture.ts';
import type { Gesture, Point, Stage } from './gesture.ts';
import { grabbedWith, isWhole, together } from './together.ts';

const unique = (frames: readonly number[]): number[] => [...new Set(frames)];

/** Drags clips in time and across tracks over what lies there; with Alt copies of them. */
export const moveClips = (stage: Stage, grabbed: Clip, from: Point): Gesture => {
  const { editor, sequence, rows } = stage;
  const { document } = editor.view;
  const picked = grabbedWith(document, grabbed, editor.selection);
  const withOthers = isWhole(document, picked);
  const ids = withOthers ? together(document, picked) : picked;
  const clips = clipsOfIds(document, ids);
  const first = Math.min(...clips.map(({ start }) => start));
  const edges = unique([first, Math.max(...clips.map(endOf)), grabbed.start, endOf(grabbed)]);
  const candidates = snapTargets(stage, ids);
  const home = document.tracks.get(grabbed.trackId);
  const draft = draftOf(stage);

  /** Orders of the tracks of a kind that the clips lie on. */
  const ordersOf = (kind: Track['kind']): number[] =>
    clips
      .map((clip) => document.tracks.get(clip.trackId))
      .flatMap((track) => (track?.kind === kind ? [track.order] : []));

  /** How many places the clips of the grabbed one's kind go up or down, as far as there are tracks. */
  const placesTo = (y: number): number => {
    const row = home && nearestRow(rows, y, home.kind);
    if (!row || !home) return 0;
    const orders = ordersOf(home.kind);
    const last = tracksOf(document, sequence.id, home.kind).length - 1;
    return Math.max(-Math.min(...orders), Math.min(last - Math.max(...orders), row.track.order - home.order));
  };

  const copyAt = (by: number, places: number): boolean => {
    const clipboard = copyClips(document, [...ids]);
    const trackOf = (kind: Track['kind']): string | null => {
      const lowest = Math.min(...ordersOf(kind)) + (kind === home?.kind ? places : 0);
      return tracksOf(document, sequence.id, kind)[lowest]?.id ?? null;
    };
    const tracks = { videoTrackId: trackOf('video'), audioTrackId: trackOf('audio') };
    return draft.show('paste', { sequenceId: sequence.id, clipboard, at: first + by, ...tracks, mode: 'overwrite' });
  };

  return {
    move: (to, { alt }) => {
      const by = snapped(stage, candidates, edges, Math.max(-first, Math.round(to.time - from.time)));
      const places = placesTo(to.y);
      if (by === 0 && places === 0) draft.nothing();
      else if (alt) copyAt(by, places);
      else {
        const input = {
          ...{ clipIds: [...ids], by, onOverlap: 'overwrite' as const },
          ...{ withLinked: withOthers, withGroup: withOthers },
        };
        const tracksBy = home?.kind === 'video' ? { videoTracksBy: places } : { audioTracksBy: places };
        // A locked track, for example, cannot be moved to, but time can go on.
        if (!draft.show('move', { ...input, ...tracksBy }) && by !== 0) draft.show('move', input);
      }
      stage.view.readout = { by, time: to.time, y: to.y };
    },
    release: () => void draft.commit(),
    cancel: draft.nothing,
  };
};
