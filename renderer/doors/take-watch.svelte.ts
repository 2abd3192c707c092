import { untrack } from 'svelte';
import { takeSettingsOf } from '../../engine/contract/generation/takes.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';

/** Tells the first take of every job when it comes. To be called while a component is set up; what is there then is no news. */
export const createTakeWatch = (takes: () => readonly Media[], onfirst: (take: Media) => void): void => {
  const jobOf = (take: Media): string => takeSettingsOf(take)?.jobId ?? take.id;
  const known = new Set(untrack(takes).map(jobOf));
  $effect(() => {
    for (const take of takes()) {
      if (known.has(jobOf(take))) continue;
      known.add(jobOf(take));
      untrack(() => onfirst(take));
    }
  });
};
