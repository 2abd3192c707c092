import { derivedPlaybackHost } from './playback-host.ts';
import { lengthOf } from '../document/selectors.ts';
import type { EngineClient } from '../document/engine-client.ts';
import { createPlayer } from '../playback/player.ts';
import type { Player, Programme } from '../playback/player.ts';
import { createScreen } from '../playback/screen.ts';
import type { Screen, Shown } from '../playback/screen.ts';
import { createMixer } from '../playback/sound/mixer.ts';
import type { Trouble } from '../playback/sources/picture-source.ts';
import { createPictureStore } from '../playback/sources/picture-store.ts';
import type { Editor } from '../ui/editor.svelte.ts';
import type { PreferenceStore } from '../ui/preferences.svelte.ts';

/** Fastest playing, times. */
const fastest = 8;

/** The program monitor: what is on its canvas, and what a person can do to it. Reactive. */
export type Monitor = {
  /** For the canvas: `{@attach monitor.screen}`. */
  screen: (canvas: HTMLCanvasElement) => () => void;
  /** The frame on the canvas; null before the first. */
  readonly shown: number | null;
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

type Needs = { editor: Editor; client: EngineClient; preferences: PreferenceStore };

/** To be called while a component is set up. */
export const createMonitor = ({ editor, client, preferences }: Needs): Monitor => {
  let shown = $state.raw<Shown | null>(null);
  let screen = $state.raw<Screen | null>(null);
  let player: Player | undefined;
  let speed = $state(0);
  let loop = $state(false);
  let broken = $state(false);
  /** Where playing put the playhead; another place is a person's doing. */
  let played = -1;

  const project = $derived(editor.view.project);
  const document = $derived(editor.view.shown);
  const sequenceId = $derived(editor.sequence?.id);
  const length = $derived(sequenceId === undefined ? 0 : lengthOf(document, sequenceId));
  const reduction = $derived(preferences.get('viewer.quality') === 'half' ? 2 : 1);

  const programme = (): Programme | undefined => {
    if (sequenceId === undefined) return undefined;
    const to = Math.min(length, editor.outPoint ?? length);
    const from = Math.min(editor.inPoint ?? 0, Math.max(0, to - 1));
    const range = loop ? { from, to } : { from: 0, to: length };
    return { document, sequenceId, reduction, loop, ...range };
  };

  const stop = (): void => {
    speed = 0;
    editor.playing = false;
  };

  const play = (wanted: number): void => {
    if (length === 0 || !player) return;
    speed = wanted;
    played = editor.frame;
    editor.playing = true;
    player.play(editor.frame, wanted);
  };

  const attach = (canvas: HTMLCanvasElement): (() => void) => {
    const pictures = createPictureStore(derivedPlaybackHost(client, project));
    const mixer = createMixer(pictures.files);
    let made: Screen;
    try {
      made = createScreen(canvas, pictures, (now) => (shown = now));
    } catch {
      broken = true;
      return () => pictures.close();
    }
    screen = made;
    const ownPlayer = createPlayer(
      { screen: made, mixer, programme },
      {
        onFrame: (frame) => {
          played = frame;
          editor.frame = frame;
        },
        onEnd: (frame) => {
          editor.frame = frame;
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

  // Someone stopped it, or took the playhead elsewhere.
  $effect(() => {
    if (editor.playing && editor.frame !== played) stop();
    if (!editor.playing) {
      player?.stop();
      speed = 0;
    }
  });

  $effect(() => {
    if (editor.playing || !screen || sequenceId === undefined) return;
    screen.want({ document, sequenceId, frame: editor.frame, reduction });
  });

  let heard = -1;
  $effect(() => {
    const { frame, playing } = editor;
    if (!playing && heard >= 0 && frame !== heard && frame !== played) player?.hear(frame);
    heard = frame;
  });

  return {
    screen: attach,
    get shown() {
      return shown?.frame ?? null;
    },
    get troubles() {
      return shown?.troubles ?? [];
    },
    get length() {
      return length;
    },
    get speed() {
      return editor.playing ? speed : 0;
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
    toggle: () => (editor.playing ? stop() : play(1)),
    faster: (direction) => {
      const goesOn = editor.playing && Math.sign(speed) === direction;
      play(goesOn ? direction * Math.min(fastest, Math.abs(speed) * 2) : direction);
    },
    goTo: (frame) => {
      stop();
      editor.frame = Math.max(0, Math.min(frame, Math.max(0, length - 1)));
    },
  };
};
