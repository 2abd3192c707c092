import type { Job } from '../../engine/contract/generation/job.ts';
import type { EngineClient } from '../document/engine-client.ts';
import { queueSeconds } from './job-progress.ts';

/** So many jobs that wait are asked about; a longer queue is reckoned from them. */
const most = 24;

/**
 * How long the queue still takes: what runs says so itself, what waits is asked about once.
 * To be called while a component is set up. @returns reads it, reactive; null as long as nothing is known
 */
export const createQueueTime = (
  client: EngineClient,
  project: () => string,
  active: () => readonly Job[],
): (() => number | null) => {
  let guesses = $state.raw<ReadonlyMap<string, number>>(new Map());
  const asked = new Set<string>();

  $effect(() => {
    const waiting = active().filter(({ state, id }) => state === 'queued' && !asked.has(id));
    for (const { id, wish } of waiting.slice(0, Math.max(0, most - asked.size))) {
      asked.add(id);
      client.call('generate.describe', { project: project(), wish }).then(
        ({ seconds }) => {
          if (seconds !== null) guesses = new Map(guesses).set(id, seconds);
        },
        // The timeline has changed since; it is reckoned from the others.
        () => undefined,
      );
    }
  });

  return () => queueSeconds(active().map(({ id, secondsLeft }) => secondsLeft ?? guesses.get(id) ?? null));
};
