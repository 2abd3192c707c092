/**
 * Makes what the preview needs of media, in the background: thumbnails and peaks two at a time, proxies one at a time, so that a laptop
 * stays usable while a shoot is taken in. Nothing here outlives the process: what is missing is asked for again when a project is opened.
 */
import { UserFacingError } from '../../contract/errors.ts';
import type { Cache } from './cache.ts';
import { frameTimes } from './frame-times.ts';
import { peaksFile } from './peaks.ts';
import { proxyFile } from './proxy.ts';
import { longestGroup, proxyNeeded } from './proxy-needed.ts';
import type { SourceMedia } from './source-input.ts';
import { thumbnailStrip } from './thumbnails.ts';

export type DerivedKind = 'thumbnails' | 'peaks' | 'frame-times' | 'proxy';

export type DerivedEvent = {
  hash: string;
  kind: DerivedKind;
  /** `unneeded`: the file itself serves, for example a clip that plays without a proxy. */
  state: 'waiting' | 'running' | 'done' | 'unneeded' | 'failed' | 'cancelled';
  /** 0..1. */
  share: number;
  /** What is done: the file. */
  path?: string;
  /** Why a proxy is made, or why something failed. */
  reasons?: string[];
};

export type DeriveQueue = {
  /**
   * Asks for what is derived from a media file; what is asked for already keeps the higher of both priorities.
   * @param priority higher first; what a person is looking at comes before what was only imported
   */
  add: (media: SourceMedia, kinds: readonly DerivedKind[], priority?: number) => void;
  /** Stops and forgets what is made of a media file, or everything. */
  cancel: (hash?: string) => void;
  /** Resolves when nothing waits or runs. */
  idle: () => Promise<void>;
};

type Job = { media: SourceMedia; kind: DerivedKind; priority: number; order: number; stop: AbortController };

/** Proxies have a lane of their own, so that a long one holds up no thumbnail. */
const lanes = [
  { kinds: new Set<DerivedKind>(['thumbnails', 'peaks', 'frame-times']), width: 2 },
  { kinds: new Set<DerivedKind>(['proxy']), width: 1 },
];

type Made = Pick<DerivedEvent, 'path' | 'reasons'> & { unneeded?: boolean };

const unneeded: Made = { unneeded: true };

const makeProxy = async (
  cache: Cache,
  { media, stop: { signal } }: Job,
  onProgress: (share: number) => void,
): Promise<Made> => {
  // The look at the key frames is only taken where nothing else decides.
  const known = proxyNeeded(media);
  const reasons = known.length > 0 ? known : proxyNeeded(media, await longestGroup(media, { signal }));
  if (reasons.length === 0) return unneeded;
  return { path: await proxyFile(cache, media, { signal, onProgress }), reasons };
};

const make = async (cache: Cache, job: Job, onProgress: (share: number) => void): Promise<Made> => {
  const { media, stop } = job;
  const { signal } = stop;
  switch (job.kind) {
    case 'thumbnails':
      return media.picture === null ? unneeded : { path: (await thumbnailStrip(cache, media, { signal })).path };
    case 'peaks':
      return media.sound === null ? unneeded : { path: await peaksFile(cache, media, { signal, onProgress }) };
    case 'frame-times':
      if (media.picture?.variableRate !== true) return unneeded;
      await frameTimes(cache, media, signal);
      return {};
    case 'proxy':
      return makeProxy(cache, job, onProgress);
  }
};

/** @param onEvent told of every change of a job's state and of its progress */
export const createDeriveQueue = (
  cache: Cache,
  onEvent: (event: DerivedEvent) => void = () => undefined,
): DeriveQueue => {
  const waiting = new Map<string, Job>();
  const running = new Map<string, Job>();
  let onIdle: (() => void)[] = [];
  let order = 0;
  const keyOf = (hash: string, kind: DerivedKind): string => `${hash}/${kind}`;
  const tell = (
    { media, kind }: Job,
    state: DerivedEvent['state'],
    share: number,
    more: Partial<DerivedEvent> = {},
  ): void => onEvent({ hash: media.hash, kind, state, share, ...more });

  const run = async (job: Job): Promise<void> => {
    const { signal } = job.stop;
    tell(job, 'running', 0);
    try {
      const { unneeded: not, ...made } = await make(cache, job, (share) => {
        if (!signal.aborted) tell(job, 'running', share);
      });
      tell(job, not === true ? 'unneeded' : 'done', 1, made);
    } catch (error) {
      if (signal.aborted) tell(job, 'cancelled', 0);
      else {
        const { message, remedy } =
          error instanceof UserFacingError ? error : { message: String(error), remedy: undefined };
        tell(job, 'failed', 0, { reasons: remedy === undefined ? [message] : [message, remedy] });
      }
    }
  };

  const start = (): void => {
    for (const { kinds, width } of lanes) {
      const busy = [...running.values()].filter((job) => kinds.has(job.kind)).length;
      const next = [...waiting.values()]
        // A cancelled job of the same kind is waited for: its file is still being taken away.
        .filter((job) => kinds.has(job.kind) && !running.has(keyOf(job.media.hash, job.kind)))
        .sort((a, b) => b.priority - a.priority || a.order - b.order)
        .slice(0, Math.max(0, width - busy));
      for (const job of next) {
        const key = keyOf(job.media.hash, job.kind);
        waiting.delete(key);
        running.set(key, job);
        void run(job).finally(() => {
          running.delete(key);
          start();
        });
      }
    }
    if (waiting.size + running.size > 0) return;
    const told = onIdle;
    onIdle = [];
    for (const one of told) one();
  };

  return {
    add: (media, kinds, priority = 0) => {
      for (const kind of kinds) {
        const key = keyOf(media.hash, kind);
        const there = waiting.get(key);
        if (there !== undefined) there.priority = Math.max(there.priority, priority);
        else if (!running.has(key) || running.get(key)?.stop.signal.aborted === true) {
          const job = { media, kind, priority, order: order++, stop: new AbortController() };
          waiting.set(key, job);
          tell(job, 'waiting', 0);
        }
      }
      start();
    },
    cancel: (hash) => {
      for (const [key, job] of waiting) {
        if (hash !== undefined && job.media.hash !== hash) continue;
        waiting.delete(key);
        tell(job, 'cancelled', 0);
      }
      for (const job of running.values()) if (hash === undefined || job.media.hash === hash) job.stop.abort();
      start();
    },
    idle: () => (waiting.size + running.size === 0 ? Promise.resolve() : new Promise((done) => onIdle.push(done))),
  };
};
