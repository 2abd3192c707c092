import { createContext } from 'svelte';
import { fromStore } from 'svelte/store';
import type { ProjectStore, ProjectView } from '../document/project-store.ts';
import { sequenceOrFirst } from '../document/selectors.ts';
import type { Sequence } from '../../engine/contract/timeline/entities.ts';

export const tools = ['select', 'blade', 'ripple', 'roll', 'slip', 'slide', 'grow'] as const;
export type Tool = (typeof tools)[number];

/** By which door the project was entered; says what the empty editor asks for. */
export type Intent = 'edit' | 'animate' | 'transition';

/** Something on the timeline that is no clip. */
export type Detail = { kind: 'transition' | 'marker'; id: string };

/** What all surfaces of the editor share about the open project. Reactive throughout; what is the project's own is in `view`. */
export type Editor = {
  readonly store: ProjectStore;
  /** The project, its document and what is to be drawn (`view.shown`). */
  readonly view: ProjectView;
  readonly intent: Intent;
  /** The sequence on the timeline; undefined in a project without any. */
  readonly sequence: Sequence | undefined;
  openSequence: (id: string) => void;
  /** The frame of the sequence under the playhead. While it plays, the clock of renderer/playback writes it. */
  frame: number;
  playing: boolean;
  /** Ids of selected clips; those that are gone with an edit are no longer among them. */
  readonly selection: ReadonlySet<string>;
  /** Selecting clips lets go of a selected transition or marker. */
  select: (ids: Iterable<string>) => void;
  /** A transition or marker that is selected instead of clips; its id, null when there is none or it is gone. */
  readonly detail: Detail | null;
  selectDetail: (detail: Detail | null) => void;
  tool: Tool;
  /** The range between in and out, frames of the sequence: from `inPoint` up to, not including, `outPoint`; null where it is not set. */
  inPoint: number | null;
  outPoint: number | null;
};

export const [useEditor, provideEditor] = createContext<Editor>();

export const createEditor = (store: ProjectStore, intent: Intent): Editor => {
  const view = fromStore(store);
  let sequenceId = $state<string | null>(null);
  let selected = $state.raw<ReadonlySet<string>>(new Set());
  let detail = $state.raw<Detail | null>(null);
  const state = $state({
    ...{ frame: 0, playing: false, tool: 'select' as Tool },
    ...{ inPoint: null as number | null, outPoint: null as number | null },
  });
  return {
    store,
    intent,
    get view() {
      return view.current;
    },
    get sequence() {
      return sequenceOrFirst(view.current.shown, sequenceId);
    },
    openSequence: (id) => {
      sequenceId = id;
      selected = new Set();
      detail = null;
      state.frame = 0;
      state.inPoint = null;
      state.outPoint = null;
    },
    get frame() {
      return state.frame;
    },
    set frame(frame) {
      state.frame = Math.max(0, Math.round(frame));
    },
    get playing() {
      return state.playing;
    },
    set playing(playing) {
      state.playing = playing;
    },
    get selection() {
      const { clips } = view.current.shown;
      const gone = [...selected].some((id) => !clips.has(id));
      return gone ? new Set([...selected].filter((id) => clips.has(id))) : selected;
    },
    select: (ids) => {
      selected = new Set(ids);
      detail = null;
    },
    get detail() {
      if (!detail) return null;
      const { transitions, markers } = view.current.shown;
      return (detail.kind === 'transition' ? transitions : markers).has(detail.id) ? detail : null;
    },
    selectDetail: (next) => {
      selected = new Set();
      detail = next;
    },
    get inPoint() {
      return state.inPoint;
    },
    set inPoint(frame) {
      state.inPoint = frame;
    },
    get outPoint() {
      return state.outPoint;
    },
    set outPoint(frame) {
      state.outPoint = frame;
    },
    get tool() {
      return state.tool;
    },
    set tool(tool) {
      state.tool = tool;
    },
  };
};
