import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Sequence } from '../../engine/contract/timeline/entities.ts';
import type { Editor } from '../ui/editor.svelte.ts';

/** What the viewer is set on: a sequence, where its playhead is, and its range. Frames of that sequence. */
export type Deck = {
  readonly document: Document;
  /** Undefined in a project without any. */
  readonly sequence: Sequence | undefined;
  frame: number;
  playing: boolean;
  /** The range from `inPoint` up to, not including, `outPoint`; null where it is not set. */
  inPoint: number | null;
  outPoint: number | null;
};

/** The sequence on the timeline. */
export const programmeDeck = (editor: Editor): Deck => ({
  get document() {
    return editor.view.shown;
  },
  get sequence() {
    return editor.sequence;
  },
  get frame() {
    return editor.frame;
  },
  set frame(frame) {
    editor.frame = frame;
  },
  get playing() {
    return editor.playing;
  },
  set playing(playing) {
    editor.playing = playing;
  },
  get inPoint() {
    return editor.inPoint;
  },
  set inPoint(frame) {
    editor.inPoint = frame;
  },
  get outPoint() {
    return editor.outPoint;
  },
  set outPoint(frame) {
    editor.outPoint = frame;
  },
});

/** Sets in at the playhead; an out that would come before it goes. */
export const setIn = (deck: Deck): void => {
  deck.inPoint = deck.frame;
  if (deck.outPoint !== null && deck.outPoint <= deck.frame) deck.outPoint = null;
};

/** Sets out behind the frame at the playhead; an in that would come after it goes. */
export const setOut = (deck: Deck): void => {
  deck.outPoint = deck.frame + 1;
  if (deck.inPoint !== null && deck.inPoint > deck.frame) deck.inPoint = null;
};

export const clearRange = (deck: Deck): void => {
  deck.inPoint = null;
  deck.outPoint = null;
};
