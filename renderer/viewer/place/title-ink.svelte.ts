import { SvelteMap } from 'svelte/reactivity';
import type { Rect, Size } from '../../../engine/contract/compositing/placement.ts';
import type { Clip, Title } from '../../../engine/contract/timeline/entities.ts';
import type { EngineClient } from '../../document/engine-client.ts';

/** Where the ink of titles lies, as the engine draws them. Reactive. */
export type TitleInk = {
  /** At placement 0, 0, pixels of the frame; as it was, or about, while the newest is on its way; undefined before. */
  of: (clip: Clip) => Rect | undefined;
  /** Asks for what is not known of these. */
  want: (clips: readonly Clip[]) => void;
};

/** Clips whose ink is remembered. */
const most = 100;

type Ink = { title: Title; frame: Size; box: Rect };

/** A title without any ink is taken hold of where its text would begin: a box of three letters. */
const emptyBox = ({ size }: Title, frame: Size): Rect => {
  const em = size * frame.height;
  const [x, y] = [frame.width / 2, frame.height / 2];
  return { left: x - 1.5 * em, top: y - em / 2, right: x + 1.5 * em, bottom: y + em / 2 };
};

/** About the middle of the frame, which is the middle of the text. */
const grown = ({ left, top, right, bottom }: Rect, times: number, { width, height }: Size): Rect => {
  const across = (x: number): number => width / 2 + (x - width / 2) * times;
  const down = (y: number): number => height / 2 + (y - height / 2) * times;
  return { left: across(left), top: down(top), right: across(right), bottom: down(bottom) };
};

/** @param size of the sequence */
export const createTitleInk = (client: EngineClient, size: () => Size): TitleInk => {
  const known = new SvelteMap<string, Ink>();
  let asking = false;
  /** What is to be asked for once the question before is answered: the latest alone. */
  let next: readonly Clip[] = [];

  const isKnown = ({ id, title }: Clip, frame: Size): boolean => {
    const ink = known.get(id);
    return ink?.title === title && ink?.frame.width === frame.width && ink?.frame.height === frame.height;
  };
  const ask = async (clips: readonly Clip[]): Promise<void> => {
    const frame = size();
    for (const clip of clips) {
      const { id, title } = clip;
      if (!title || isKnown(clip, frame)) continue;
      const { x, y, width, height } = await client.call('titles.bitmap', { title, ...frame });
      const box = { left: x, top: y, right: x + width, bottom: y + height };
      known.set(id, { title, frame, box: width * height > 1 ? box : emptyBox(title, frame) });
    }
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
  };
  const askOn = async (): Promise<void> => {
    asking = true;
    while (next.length > 0) {
      const clips = next;
      next = [];
      // A title that is too large to be drawn has no place to take hold of; the picture says so.
      await ask(clips).catch(() => undefined);
    }
    asking = false;
  };

  return {
    of: ({ id, title }) => {
      const ink = known.get(id);
      if (!ink || !title) return undefined;
      return ink.title.size === title.size ? ink.box : grown(ink.box, title.size / ink.title.size, ink.frame);
    },
    want: (clips) => {
      next = clips;
      if (!asking) void askOn();
    },
  };
};
