import { derivedPlaybackHost } from './playback-host.ts';
import type { Deck } from './deck.ts';
import { lengthOf } from '../document/selectors.ts';
import type { EngineClient } from '../document/engine-client.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import { createPlayer } from '../playback/player.ts';
import type { Player, Programme } from '../playback/player.ts';
import { createScreen } from '../playback/screen.ts';
import type { Screen, Shown, Wanted } from '../playback/screen.ts';
import { createMixer } from '../playback/sound/mixer.ts';
import type { Trouble } from '../playback/sources/picture-source.ts';
import { createPictureStore } from '../playback/sources/picture-store.ts';

/** Fastest playing, times. */
const fastest = 8;
/** While it plays, a picture that is older than this is said to be, seconds. */
const tooLate = 0.5;

/** The picture of a deck: what is on its canvas, and what a person can do to it. Reactive. */
export type Monitor = {
  /** For the canvas: `{@attach monitor.screen}`. */
  screen: (canvas: HTMLCanvasElement) => () => void;
  /** The frame on the canvas; null before the first, and while the graphics card is away. */
  readonly shown: number | null;
  /** Whether the canvas does not show what is at the playhead: another frame, or the same before an edit. While playing, by half a second. */
  readonly behind: boolean;
  readonly troubles: readonly Trouble[];
  /** Frames of the sequence. */
  readonly length: number;
  /** 0 while it stands, negative backwards. */
  readonly speed: number;
  /** Why nothing can be drawn here at all. */
  readonly broken: boolean;
  loop: boolean;
  toggle: () => void;
  stop: () => void;
  /** Plays in a direction; faster when it does so already, 1 to 8 times. */
  faster: (direction: 1 | -1) => void;
  goTo: (frame: number) => void;
};

type Needs = {
  /** What it is set on now. Whoever sets it on another one stops both before. */
  deck: () => Deck;
  project: () => string;
  client: EngineClient;
  /** Pixels to draw for one of the frame, at most 1; 0 while nobody can see it. */
  scale: () => number;
};

/** To be called while a component is set up. */
export const createMonitor = ({ deck: current, project: handle, client, scale: wantedScale }: Needs): Monitor => {
  let shown = $state.raw<Shown | null>(null);
  let screen = $state.raw<Screen | null>(null);
  let player: Player | undefined;
  let speed = $state(0);
  let loop = $state(false);
  let broken = $state(false);
  /** Where playing put the playhead, and of which sequence; another place is a person's doing. */
  let played = { frame: -1, sequenceId: '' };

  const deck = $derived(current());
  const project = $derived(handle());
  const document = $derived(deck.document);
  const sequenceId = $derived(deck.sequence?.id);
  const length = $derived(sequenceId === undefined ? 0 : lengthOf(document, sequenceId));
  const scale = $derived(wantedScale());

  const programme = (): Programme | undefined => {
    if (sequenceId === undefined || scale <= 0) return undefined;
    const to = Math.min(length, deck.outPoint ?? length);
    const from = Math.min(deck.inPoint ?? 0, Math.max(0, to - 1));
    const range = loop ? { from, to } : { from: 0, to: length };
    return { document, sequenceId, scale, loop, ...range };
  };

  const stop = (): void => {
    speed = 0;
    deck.playing = false;
  };

  const putPlayhead = (frame: number): void => {
    played = { frame, sequenceId: sequenceId ?? '' };
    deck.frame = frame;
  };

  const play = (wanted: number): void => {
    if (length === 0 || !player) return;
    speed = wanted;
    putPlayhead(deck.frame);
    deck.playing = true;
    player.play(deck.frame, wanted);
  };

  const attach = (canvas: HTMLCanvasElement): (() => void) => {
    const pictures = createPictureStore(derivedPlaybackHost(client, project));
    const mixer = createMixer(pictures.files);
    let made: Screen;
    try {
      made = createScreen(canvas, pictures, { onShown: (now) => (shown = now), onLost: () => (shown = null) });
    } catch {
      broken = true;
      return () => pictures.close();
    }
    screen = made;
    const ownPlayer = createPlayer(
      { screen: made, mixer, programme },
      {
        onFrame: putPlayhead,
        onEnd: (frame) => {
          putPlayhead(frame);
          stop();
        },
      },
    );
    player = ownPlayer;
    return () => {
      ownPlayer.close();
      made.close();
      mixer.close();
      pictures.close();
      screen = null;
      player = undefined;
    };
  };

  const isPlayed = (): boolean => deck.frame === played.frame && sequenceId === played.sequenceId;

  // Someone stopped it, or took the playhead elsewhere.
  $effect(() => {
    if (deck.playing && !isPlayed()) stop();
    if (!deck.playing) {
      player?.stop();
      speed = 0;
    }
  });

  const wish = $derived<Wanted | null>(
    sequenceId === undefined || scale <= 0 ? null : { document, sequenceId, frame: deck.frame, scale },
  );
  $effect(() => {
    if (!deck.playing && screen && wish) screen.want(wish);
  });

  const behind = $derived.by(() => {
    if (!wish || length === 0 || broken) return false;
    if (!deck.playing) return shown?.wanted !== wish;
    const late = tooLate * toNumber(deck.sequence?.frameRate ?? { num: 24, den: 1 }) * Math.max(1, Math.abs(speed));
    return !shown || shown.wanted.sequenceId !== sequenceId || Math.abs(shown.wanted.frame - wish.frame) > late;
  });

  // The sound of a playhead that a person drags.
  let heard: { deck: Deck; frame: number } | undefined;
  $effect(() => {
    const { frame, playing } = deck;
    if (!playing && heard?.deck === deck && heard.frame !== frame && !isPlayed()) player?.hear(frame);
    heard = { deck, frame };
  });

  return {
    screen: attach,
    get shown() {
      return shown?.wanted.frame ?? null;
    },
    get behind() {
      return behind;
    },
    get troubles() {
      return shown?.troubles ?? [];
    },
    get length() {
      return length;
    },
    get speed() {
      return deck.playing ? speed : 0;
    },
    get broken() {
      return broken;
    },
    get loop() {
      return loop;
    },
    set loop(value) {
      loop = value;
    },
    stop,
    toggle: () => (deck.playing ? stop() : play(1)),
    faster: (direction) => {
      const goesOn = deck.playing && Math.sign(speed) === direction;
      play(goesOn ? direction * Math.min(fastest, Math.abs(speed) * 2) : direction);
    },
    goTo: (frame) => {
      stop();
      deck.frame = Math.max(0, Math.min(frame, Math.max(0, length - 1)));
    },
  };
};
