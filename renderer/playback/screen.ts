import type { Document } from '../../engine/contract/timeline/document.ts';
import { createCompositor } from './compositor.ts';
import type { Compositor } from './compositor.ts';
import type { Size } from '../../engine/contract/compositing/placement.ts';
import { layersOf, planFrame, requestsOf } from './frame-plan.ts';
import type { FramePlan } from './frame-plan.ts';
import type { FrameLayer } from './picture.ts';
import type { Found, PictureRequest, Trouble } from './sources/picture-source.ts';
import type { PictureStore } from './sources/picture-store.ts';

export type Wanted = {
  document: Document;
  sequenceId: string;
  frame: number;
  /** Pixels that are drawn for one of the frame, across and down: above 0, at most 1. */
  scale: number;
};

/** What is on the canvas now: the very wish that it was drawn for. */
export type Shown = { wanted: Wanted; troubles: readonly Trouble[] };

/** The canvas of a monitor. What it shows stays until the next wanted frame is whole. */
export type Screen = {
  /** Shows a frame as soon as it can; a later wish overtakes those that were not begun. */
  want: (wanted: Wanted) => void;
  /** Shows a frame at once, if all of it is at hand. */
  showNow: (wanted: Wanted) => boolean;
  /** Decodes what a frame needs, and makes ready for showing it what can be. */
  prepare: (wanted: Wanted) => Promise<void>;
  atHand: (wanted: Wanted) => boolean;
  close: () => void;
};

/** After this a frame with something in trouble is tried again, milliseconds. */
const patience = 1600;

/** Frames that are decoded after the one that is shown while it stands, in the direction in which it came: where a step leads to. */
const neighbours = [1, 2, 3, -1];

/** The playhead stands when it has not moved for so long, milliseconds. */
const rest = 200;

const isFound = (answer: Found | Trouble): answer is Found => 'picture' in answer;

const shownSize = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.round(width * scale)),
  height: Math.max(1, Math.round(height * scale)),
});

const picturesOf = (layers: FrameLayer[]): unknown[] =>
  layers.flatMap((layer) =>
    layer.type === 'picture' ? [layer.drawing.picture] : [layer.from?.picture, layer.to?.picture],
  );
const withoutPictures = (layers: FrameLayer[]): string =>
  JSON.stringify(layers, (key, value: unknown) => (key === 'picture' ? undefined : value));

/** Whether drawing the one would give what the other gave. */
const alike = (one: FrameLayer[], other: FrameLayer[]): boolean => {
  const [pictures, others] = [picturesOf(one), picturesOf(other)];
  return (
    pictures.length === others.length &&
    pictures.every((picture, i) => picture === others[i]) &&
    withoutPictures(one) === withoutPictures(other)
  );
};

type Told = {
  /** After every frame that was drawn. */
  onShown: (shown: Shown) => void;
  /** What was drawn is gone; the last wish is drawn again as soon as that can be. */
  onLost: () => void;
};

/** @throws Error where nothing can be drawn */
export const createScreen = (canvas: HTMLCanvasElement, pictures: PictureStore, { onShown, onLost }: Told): Screen => {
  let compositor: Compositor = createCompositor(canvas);
  let wanted: Wanted | undefined;
  let latest: Wanted | undefined;
  let busy = false;
  let closed = false;
  /** The graphics card was taken away (driver restarted, machine slept): until it is back, nothing that is drawn is shown. */
  let away = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  /** What is on the canvas: a still is drawn once, however long it is played. */
  let drawn: { layers: FrameLayer[]; shown: Size } | undefined;
  /** The last wish of `want` that was begun, and which way it lay from the one before. */
  let begun: Wanted | undefined;
  let direction: 1 | -1 = 1;

  const load = async (request: PictureRequest): Promise<Found | Trouble> => {
    try {
      return await pictures.load(request);
    } catch {
      // The engine is away; asked again by itself.
      return { trouble: 'failed', mediaId: '' };
    }
  };

  const layersIn = (plan: FramePlan, answers: ReadonlyMap<PictureRequest, Found | Trouble>): FrameLayer[] =>
    layersOf(plan, (request) => {
      const answer = answers.get(request);
      return answer && isFound(answer) ? answer : undefined;
    });

  const draw = (wish: Wanted, plan: FramePlan, answers: ReadonlyMap<PictureRequest, Found | Trouble>): void => {
    if (closed || away) return;
    const layers = layersIn(plan, answers);
    const shown = shownSize(plan.size, wish.scale);
    const there =
      drawn?.shown.width === shown.width && drawn.shown.height === shown.height && alike(drawn.layers, layers);
    if (!there) compositor.show(layers, plan.size, shown);
    drawn = { layers, shown };
    const troubles = [...answers.values()].filter((answer): answer is Trouble => !isFound(answer));
    onShown({ wanted: wish, troubles });
    clearTimeout(again);
    if (troubles.length > 0) again = setTimeout(() => latest && want(latest), patience);
  };

  const peekAll = (plan: FramePlan): Map<PictureRequest, Found | Trouble> | undefined => {
    const answers = new Map<PictureRequest, Found | Trouble>();
    for (const request of requestsOf(plan)) {
      const answer = pictures.peek(request);
      if (!answer) return undefined;
      answers.set(request, answer);
    }
    return answers;
  };

  const planOf = ({ document, sequenceId, frame }: Wanted): FramePlan | undefined =>
    document.sequences.has(sequenceId) ? planFrame(document, sequenceId, frame) : undefined;

  const loadAll = async (plan: FramePlan): Promise<Map<PictureRequest, Found | Trouble>> =>
    new Map(
      await Promise.all(
        requestsOf(plan).map(async (request): Promise<[PictureRequest, Found | Trouble]> => [
          request,
          await load(request),
        ]),
      ),
    );

  const showNow = (wish: Wanted): boolean => {
    const plan = planOf(wish);
    const answers = plan && peekAll(plan);
    if (!plan || !answers) return false;
    latest = wish;
    draw(wish, plan, answers);
    return true;
  };

  const prepare = async (wish: Wanted): Promise<void> => {
    const plan = planOf(wish);
    if (!plan) return;
    const answers = await loadAll(plan);
    if (!closed && !away) compositor.prepare(layersIn(plan, answers), plan.size, shownSize(plan.size, wish.scale));
  };

  const readAhead = async (wish: Wanted): Promise<void> => {
    // What was drawn is seen first: converting a frame takes the time that painting it needs.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    for (const step of neighbours) {
      // The way back begins with a group of frames, which whoever still drags the playhead would have to wait for.
      if (step < 0) await new Promise((resolve) => setTimeout(resolve, rest));
      if (closed || busy || latest !== wish) return;
      const frame = wish.frame + step * direction;
      if (frame >= 0) await prepare({ ...wish, frame });
    }
  };

  const pump = async (): Promise<void> => {
    busy = true;
    let moved = false;
    while (wanted && !closed) {
      const wish = wanted;
      wanted = undefined;
      // While something is dragged on the timeline its own frame is all that is wanted.
      moved = !begun || (begun.document === wish.document && begun.frame !== wish.frame);
      if (moved && begun) direction = wish.frame > begun.frame ? 1 : -1;
      begun = wish;
      const plan = planOf(wish);
      if (plan) draw(wish, plan, await loadAll(plan));
    }
    busy = false;
    if (moved && latest) void readAhead(latest);
  };

  const want = (wish: Wanted): void => {
    latest = wanted = wish;
    if (!busy) void pump();
  };

  const lost = (event: Event): void => {
    // Else it would not come back.
    event.preventDefault();
    away = true;
    onLost();
  };
  const restored = (): void => {
    compositor = createCompositor(canvas);
    drawn = undefined;
    away = false;
    if (latest) want(latest);
  };
  canvas.addEventListener('webglcontextlost', lost);
  canvas.addEventListener('webglcontextrestored', restored);

  return {
    want,
    showNow,
    prepare,
    atHand: (wish) => {
      const plan = planOf(wish);
      return plan !== undefined && peekAll(plan) !== undefined;
    },
    close: () => {
      closed = true;
      clearTimeout(again);
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
    },
  };
};
