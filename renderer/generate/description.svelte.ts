import type { WishPlan } from '../../engine/contract/generation/plan.ts';
import { describeWish } from '../../engine/contract/generation/preview.ts';
import type { WishDescription } from '../../engine/contract/protocol/generate.ts';
import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import { ConnectionLost } from '../document/engine-refusal.ts';
import type { Editor } from '../ui/editor.svelte.ts';
import type { Services } from '../ui/services.ts';
import type { WishBody } from './grow.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';

/** What a wish would do, before it is asked for. Reactive. */
export type Description = {
  /** Which frames are known and which new; null while there is no wish, or it cannot be. */
  readonly plan: WishPlan | null;
  /** Why it cannot be, and what to do about it. */
  readonly refusal: { message: string; remedy: string } | null;
  /** What the engine says besides: time and room, words; of the wish before until it has answered. */
  readonly told: WishDescription | null;
};

/** How long a wish rests before the engine is asked about it, milliseconds. */
const rest = 150;

/** To be called while a component is set up. */
export const createDescription = (
  { client }: Services,
  editor: Editor,
  jobs: Jobs,
  body: () => WishBody | null,
): Description => {
  let told = $state.raw<WishDescription | null>(null);
  let refused = $state.raw<Description['refusal']>(null);
  const { document, project } = $derived(editor.view);

  const wish = $derived.by(() => {
    const wanted = body();
    return wanted ? (jobs.wishOf(wanted) ?? null) : null;
  });
  const worked = $derived.by((): Pick<Description, 'plan' | 'refusal'> => {
    if (!wish) return { plan: null, refusal: null };
    try {
      return { plan: describeWish(document, wish), refusal: null };
    } catch (error) {
      if (error instanceof EditRefused) return { plan: null, refusal: error };
      throw error;
    }
  });

  $effect(() => {
    const { plan } = worked;
    if (!plan || !wish) {
      refused = null;
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      client.call('generate.describe', { project, wish }, { signal: abort.signal }).then(
        (answer) => {
          told = answer;
          refused = null;
        },
        (error: { message: string; remedy?: string }) => {
          if (!abort.signal.aborted && !(error instanceof ConnectionLost))
            refused = { message: error.message, remedy: error.remedy ?? '' };
        },
      );
    }, rest);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  });

  return {
    get plan() {
      return worked.plan;
    },
    get refusal() {
      return worked.refusal ?? refused;
    },
    get told() {
      return told;
    },
  };
};
