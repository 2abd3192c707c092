import { allTracksOf, clipAt, clipsOf, endOf } from '../../engine/contract/timeline/document.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { nominalRate } from '../../engine/contract/timeline/timecode.ts';
import type { OperationInput, OperationName } from '../../engine/contract/timeline/operations/registry.ts';
import { clipsOfIds } from '../document/selectors.ts';
import { newId } from '../document/new-id.ts';
import { tools } from '../ui/editor.svelte.ts';
import type { Detail, Tool } from '../ui/editor.svelte.ts';
import { markerFrame, markerRoom } from './clip-markers.ts';
import { nearestCut, pickedCuts } from './cuts.ts';
import type { Stage } from './gestures/gesture.ts';
import { isWhole } from './gestures/together.ts';

type Command = (stage: Stage) => void;

const edit = <N extends OperationName>({ editor, fail }: Stage, name: N, input: OperationInput<N>): void =>
  void editor.store.edit(name, input, { ahead: true }).catch(fail);

/** Ids of the selected clips, and whether what is linked with them is edited with them. */
const picked = ({ editor }: Stage) => ({
  clipIds: [...editor.selection],
  withLinked: isWhole(editor.view.document, editor.selection),
});

const deletePicked =
  (name: 'delete' | 'ripple-delete'): Command =>
  (stage) => {
    const { detail, selection } = stage.editor;
    if (detail) edit(stage, detail.kind === 'transition' ? 'remove-transition' : 'remove-marker', { ids: [detail.id] });
    else if (selection.size > 0) edit(stage, name, picked(stage));
  };

/** Moves a marker within its room; makes a transition longer or shorter. */
const nudgeDetail = (stage: Stage, { kind, id }: Detail, by: number): void => {
  const { shown } = stage.editor.view;
  const marker = kind === 'marker' ? shown.markers.get(id) : undefined;
  const transition = kind === 'transition' ? shown.transitions.get(id) : undefined;
  if (marker) {
    const { from, to } = markerRoom(shown, marker);
    const frame = Math.min(to, Math.max(from, marker.frame + by));
    if (frame !== marker.frame) edit(stage, 'change-marker', { id, changes: { frame } });
  } else if (transition) {
    const duration = Math.max(1, transition.before + transition.after + by);
    edit(stage, 'change-transition', { id, duration, shorten: true });
  }
};

const nudge =
  (by: number): Command =>
  (stage) => {
    if (stage.editor.detail) nudgeDetail(stage, stage.editor.detail, by);
    if (stage.editor.selection.size === 0) return;
    const { clipIds, withLinked } = picked(stage);
    edit(stage, 'move', { clipIds, by, onOverlap: 'overwrite', withLinked, withGroup: withLinked });
  };

/** Cuts at the playhead: the selected clips where the playhead lies in some of them, else every track. */
const cutAtPlayhead: Command = (stage) => {
  const { editor, sequence } = stage;
  const { frame } = editor;
  const under = clipsOfIds(editor.view.document, editor.selection).filter(
    (clip) => clip.start < frame && frame < endOf(clip),
  );
  const trackIds = under.length > 0 ? [...new Set(under.map(({ trackId }) => trackId))] : null;
  edit(stage, 'blade', { sequenceId: sequence.id, frame, trackIds });
};

/**
 * A second of dissolve on the selected cuts, or as much of it as there is material for. That of the picture is selected, so that the inspector
 * shows it and the keys that move clips change its length.
 */
const dissolve: Command = (stage) => {
  const { editor, sequence } = stage;
  const { document } = editor.view;
  const chosen =
    editor.selection.size > 0
      ? pickedCuts(document, editor.selection, editor.frame)
      : nearestCut(document, sequence.id, editor.frame);
  const duration = nominalRate(sequence.frameRate);
  const added = chosen.map(({ left, right }) => ({ id: newId(), left, right }));
  const operations = added.map(({ id, left, right }) => ({
    op: 'add-transition',
    input: { id, leftClipId: left.id, rightClipId: right.id, duration, shorten: true },
  }));
  if (operations.length === 0) return;
  edit(stage, 'batch', { operations });
  const seen = added.find(({ left }) => document.tracks.get(left.trackId)?.kind === 'video') ?? added[0];
  editor.selectDetail({ kind: 'transition', id: seen.id });
};

/** To the next frame, one way or the other, at which any clip of the sequence begins or ends. */
const goToCut =
  (direction: 1 | -1): Command =>
  ({ editor, sequence, view }) => {
    const { document } = editor.view;
    // Asked once: tens of thousands of places are compared with it.
    const from = editor.frame;
    let best: number | undefined;
    for (const track of allTracksOf(document, sequence.id))
      for (const clip of clipsOf(document, track.id))
        for (const frame of [clip.start, endOf(clip)]) {
          const ahead = (frame - from) * direction;
          if (ahead > 0 && (best === undefined || ahead < (best - from) * direction)) best = frame;
        }
    if (best === undefined) return;
    editor.frame = best;
    view.follow(best);
  };

/** Marks the selected clips that the playhead lies in; of picture and sound that are linked the picture. */
const markClips: Command = (stage) => {
  const { editor, sequence } = stage;
  const { frame } = editor;
  const { document } = editor.view;
  const under = clipsOfIds(document, editor.selection).filter((clip) => clip.start <= frame && frame < endOf(clip));
  const isPicture = (clip: Clip): boolean => document.tracks.get(clip.trackId)?.kind === 'video';
  const pictures = under.filter(isPicture);
  const linked = new Set(pictures.flatMap(({ linkId }) => (linkId === null ? [] : [linkId])));
  const marked = under.filter((clip) => isPicture(clip) || clip.linkId === null || !linked.has(clip.linkId));
  const operations = marked.map((clip) => ({
    op: 'add-marker',
    input: { sequenceId: sequence.id, clipId: clip.id, frame: frame - clip.start },
  }));
  if (operations.length > 0) edit(stage, 'batch', { operations });
};

/** To the next marker, one way or the other, of the sequence or of a clip; it is selected, so that the keys that move clips move it. */
const goToMarker =
  (direction: 1 | -1): Command =>
  ({ editor, sequence, view }) => {
    const { shown } = editor.view;
    const from = editor.frame;
    const selected = editor.detail?.kind === 'marker' ? editor.detail.id : '';
    const places = [...shown.markers.values()]
      .filter(({ sequenceId }) => sequenceId === sequence.id)
      .flatMap((marker) => ({ id: marker.id, frame: markerFrame(shown, marker) ?? -1 }))
      .filter(({ frame }) => frame >= 0)
      .sort((a, b) => a.frame - b.frame || (a.id < b.id ? -1 : 1));
    const at = places.findIndex(({ id, frame }) => id === selected && frame === from);
    const next =
      at >= 0
        ? places[at + direction]
        : direction === 1
          ? places.find(({ frame }) => frame >= from)
          : places.findLast(({ frame }) => frame <= from);
    if (!next) return;
    editor.selectDetail({ kind: 'marker', id: next.id });
    editor.frame = next.frame;
    view.follow(next.frame);
  };

const selectAll: Command = ({ editor, sequence }) => {
  const { document } = editor.view;
  const free = allTracksOf(document, sequence.id).filter(({ locked }) => !locked);
  editor.select(free.flatMap(({ id }) => clipsOf(document, id).map((clip) => clip.id)));
};

/** The clips under the playhead, from the top down, on tracks that may be edited. */
const selectUnderPlayhead: Command = ({ editor, sequence }) => {
  const { document } = editor.view;
  const free = allTracksOf(document, sequence.id).filter(({ locked }) => !locked);
  editor.select(free.map(({ id }) => clipAt(document, id, editor.frame)?.id).filter((id) => id !== undefined));
};

const joinOrPart =
  (join: 'link' | 'group', part: 'unlink' | 'ungroup', key: 'linkId' | 'groupId'): Command =>
  (stage) => {
    const clips = clipsOfIds(stage.editor.view.document, stage.editor.selection);
    if (clips.length === 0) return;
    const joined = clips.some((clip) => clip[key] !== null);
    edit(stage, joined ? part : join, { clipIds: clips.map(({ id }) => id) });
  };

const toggleEnabled: Command = (stage) => {
  const clips = clipsOfIds(stage.editor.view.shown, stage.editor.selection);
  if (clips.length === 0) return;
  const enabled = !clips.every((clip) => clip.enabled);
  edit(stage, 'set-clip', { clipIds: clips.map(({ id }) => id), changes: { enabled } });
};

/** The Grow panel, for what is selected: the keyboard goes there. */
const openGrow: Command = ({ grow }) => grow.reach();

const toolCommands = Object.fromEntries(
  tools.map((tool) => [`tool.${tool}`, ({ editor }: Stage) => void (editor.tool = tool)]),
) as Record<`tool.${Tool}`, Command>;

/** Everything that can be done to the timeline without pointing at a place of it; names are stable, key maps use them. */
export const timelineCommands = {
  ...toolCommands,
  grow: openGrow,
  snapping: ({ view }) => void (view.snapping = !view.snapping),
  marker: (stage) => edit(stage, 'add-marker', { sequenceId: stage.sequence.id, frame: stage.editor.frame }),
  delete: deletePicked('delete'),
  'ripple-delete': deletePicked('ripple-delete'),
  'clip-marker': markClips,
  'previous-marker': goToMarker(-1),
  'next-marker': goToMarker(1),
  'nudge-left': nudge(-1),
  'nudge-right': nudge(1),
  'nudge-left-more': nudge(-5),
  'nudge-right-more': nudge(5),
  cut: cutAtPlayhead,
  dissolve,
  'previous-cut': goToCut(-1),
  'next-cut': goToCut(1),
  'select-all': selectAll,
  'select-at-playhead': selectUnderPlayhead,
  'select-none': ({ editor }) => editor.select([]),
  link: joinOrPart('link', 'unlink', 'linkId'),
  group: joinOrPart('group', 'ungroup', 'groupId'),
  enable: toggleEnabled,
  'zoom-in': ({ view }) => view.zoom(1.5),
  'zoom-out': ({ view }) => view.zoom(1 / 1.5),
  'zoom-fit': ({ view }) => view.fit(),
} as const satisfies Record<string, Command>;
export type TimelineCommand = keyof typeof timelineCommands;
