import { createContext } from 'svelte';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { emptyDocument } from '../../engine/contract/timeline/document.ts';
import type { Editor } from '../ui/editor.svelte.ts';
import type { Deck } from './deck.ts';
import { sourceSequence, stretchOf } from './source-sequence.ts';
import type { Stretch } from './source-sequence.ts';

/** The source monitor: a media of the bin with a playhead and a range of its own, which every media keeps while the window is open. */
export type Source = {
  /** Null before one was opened, and when it is gone. */
  readonly media: Media | null;
  /** Counts how often one was opened: keys are the monitor's from then on. */
  readonly opened: number;
  /** Whether the viewer shows it instead of the programme. */
  shown: boolean;
  readonly deck: Deck;
  /** What lies between in and out; the whole where neither is set. */
  stretch: () => Stretch;
  /** Shows a media, where its playhead was. */
  open: (mediaId: string) => void;
};

export const [useSource, provideSource] = createContext<Source>();

type Place = { frame: number; inPoint: number | null; outPoint: number | null };
const atStart: Place = { frame: 0, inPoint: null, outPoint: null };

/** Frames a second for what has none, in a project without a sequence. */
const usualRate = rational(24);

/** To be called while a component is set up. */
export const createSource = (editor: Editor): Source => {
  let mediaId = $state<string | null>(null);
  let wanted = $state(false);
  let opened = $state(0);
  let playing = $state(false);
  let places = $state.raw<Readonly<Record<string, Place>>>({});

  const media = $derived(mediaId === null ? null : (editor.view.shown.media.get(mediaId) ?? null));
  const rate = $derived(editor.sequence?.frameRate ?? usualRate);
  const made = $derived(media && sourceSequence(media, rate));
  const place = $derived(mediaId === null ? atStart : (places[mediaId] ?? atStart));
  const change = (next: Partial<Place>): void => {
    if (mediaId !== null) places = { ...places, [mediaId]: { ...place, ...next } };
  };

  const deck: Deck = {
    get document() {
      return made?.document ?? emptyDocument;
    },
    get sequence() {
      return made?.sequence;
    },
    get frame() {
      return place.frame;
    },
    set frame(frame) {
      change({ frame: Math.max(0, Math.round(frame)) });
    },
    get playing() {
      return playing;
    },
    set playing(on) {
      playing = on;
    },
    get inPoint() {
      return place.inPoint;
    },
    set inPoint(inPoint) {
      change({ inPoint });
    },
    get outPoint() {
      return place.outPoint;
    },
    set outPoint(outPoint) {
      change({ outPoint });
    },
  };

  return {
    deck,
    get media() {
      return media;
    },
    get opened() {
      return opened;
    },
    get shown() {
      return wanted && media !== null;
    },
    set shown(show) {
      playing = false;
      editor.playing = false;
      wanted = show;
    },
    stretch: () => (media && made ? stretchOf(media, made.sequence, place) : {}),
    open: (id) => {
      playing = false;
      editor.playing = false;
      mediaId = id;
      wanted = true;
      opened += 1;
    },
  };
};
