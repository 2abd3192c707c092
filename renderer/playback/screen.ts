import type { Document } from '../../engine/contract/timeline/document.ts';
import { createCompositor } from './compositor.ts';
import type { Compositor } from './compositor.ts';
import { layersOf, planFrame, requestsOf } from './frame-plan.ts';
import type { FramePlan } from './frame-plan.ts';
import type { Found, PictureRequest, Trouble } from './sources/picture-source.ts';
import type { PictureStore } from './sources/picture-store.ts';

export type Wanted = {
  document: Document;
  sequenceId: string;
  frame: number;
  /** 1: every pixel, 2: half of them across and down. */
  reduction: 1 | 2;
};

/** What is on the canvas now: the very wish that it was drawn for. */
export type Shown = { wanted: Wanted; troubles: readonly Trouble[] };

/** The canvas of a monitor. What it shows stays until the next wanted frame is whole. */
export type Screen = {
  /** Shows a frame as soon as it can; a later wish overtakes those that were not begun. */
  want: (wanted: Wanted) => void;
  /** Shows a frame at once, if all of it is at hand. */
  showNow: (wanted: Wanted) => boolean;
  /** Decodes what a frame needs. */
  prepare: (wanted: Wanted) => Promise<void>;
  atHand: (wanted: Wanted) => boolean;
  close: () => void;
};

/** After this a frame with something in trouble is tried again, milliseconds. */
const patience = 1600;

const isFound = (answer: Found | Trouble): answer is Found => 'picture' in answer;

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

  const load = async (request: PictureRequest): Promise<Found | Trouble> => {
    try {
      return await pictures.load(request);
    } catch {
      // The engine is away; asked again by itself.
      return { trouble: 'failed', mediaId: '' };
    }
  };

  const draw = (wish: Wanted, plan: FramePlan, answers: ReadonlyMap<PictureRequest, Found | Trouble>): void => {
    if (closed || away) return;
    const layers = layersOf(plan, (request) => {
      const answer = answers.get(request);
      return answer && isFound(answer) ? answer : undefined;
    });
    const { width, height } = plan.size;
    const { reduction } = wish;
    compositor.show(layers, plan.size, { width: Math.ceil(width / reduction), height: Math.ceil(height / reduction) });
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

  const pump = async (): Promise<void> => {
    busy = true;
    while (wanted && !closed) {
      const wish = wanted;
      wanted = undefined;
      const plan = planOf(wish);
      if (plan) draw(wish, plan, await loadAll(plan));
    }
    busy = false;
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
    away = false;
    if (latest) want(latest);
  };
  canvas.addEventListener('webglcontextlost', lost);
  canvas.addEventListener('webglcontextrestored', restored);

  return {
    want,
    showNow,
    prepare: async (wish) => {
      const plan = planOf(wish);
      if (plan) await loadAll(plan);
    },
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
