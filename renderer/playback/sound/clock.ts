/**
 * The time by which all plays, seconds: that of the sound as it is heard; the system's where sound does not run (no device, not allowed yet).
 */
export type Clock = {
  /** Undefined where there is no sound. */
  readonly context: AudioContext | undefined;
  now: () => number;
  /** A time of `now` on the context's own clock, for scheduling. */
  toContext: (time: number) => number;
};

/** How long a context may take to begin, milliseconds. */
const patience = 400;

/** Asks the context to run; it needs a key or a click before. */
export const startClock = async (context: AudioContext): Promise<Clock> => {
  const before = context.currentTime;
  await Promise.race([
    context.resume().catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, patience)),
  ]);
  const until = performance.now() + patience;
  while (context.state === 'running' && context.currentTime === before && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 5));
  if (context.state !== 'running' || context.currentTime === before)
    return { context: undefined, now: () => performance.now() / 1000, toContext: (time) => time };
  const latency = context.outputLatency || context.baseLatency || 0;
  return {
    context,
    // currentTime moves by whole blocks of sound, a few milliseconds each.
    now: () => context.currentTime - latency,
    toContext: (time) => time + latency,
  };
};
