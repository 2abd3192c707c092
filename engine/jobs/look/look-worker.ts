/* A thread that looks at pictures for a window: it decodes and computes for seconds, and the engine's own thread stays free meanwhile. */
import { parentPort } from 'node:worker_threads';
import { UserFacingError } from '../../contract/errors.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { findDamaged } from '../../tasks/find-damaged.ts';
import { outlinesOf } from '../../tasks/mask-outline.ts';
import type { Outline } from '../../tasks/mask-outline.ts';
import { followedMask } from '../../tasks/track-mask.ts';
import type { KnownWays } from '../../tasks/track-mask.ts';
import { openSource } from '../queue/cut-source.ts';
import type { OpenedSource } from '../queue/cut-source.ts';
import type { DamagedPlaces, LookAnswer, LookMessage, LookWish } from './look-messages.ts';

type Context = { signal: AbortSignal; onFrame: (done: number, total: number) => void };

/** One looks at a mask frame after frame: the file is read about once, and what was found for the last frame leads to the next. */
let opened: { of: string; source: Promise<OpenedSource> } | undefined;
let ways: { of: string; known: KnownWays } = { of: '', known: new Map() };

const keyOf = ({ path, hash }: Media): string => JSON.stringify([path, hash]);

const sourceOf = (media: Media): Promise<OpenedSource> => {
  const of = keyOf(media);
  if (opened?.of !== of) {
    const source = openSource(media, media.path);
    const entry = { of, source };
    opened = entry;
    // What could not be read is tried again.
    source.catch(() => {
      if (opened === entry) opened = undefined;
    });
  }
  return opened.source;
};

const waysFrom = (media: Media, from: number): KnownWays => {
  const of = `${keyOf(media)} ${from}`;
  if (ways.of !== of) ways = { of, known: new Map() };
  return ways.known;
};

const damagedPlaces = async (
  { media, times }: Extract<LookWish, { look: 'damaged' }>,
  { signal, onFrame }: Context,
): Promise<DamagedPlaces> => {
  const { info, frameAt } = await sourceOf(media);
  const numbers = Array.from(times, frameAt);
  const [from, to] = [numbers[0], numbers[numbers.length - 1]].sort((a, b) => a - b);
  const damage = await findDamaged({ info, from, to, signal, onFrame });
  return damage.flatMap(({ from: low, to: high, kind }) => {
    const inside = (number: number): boolean => number >= low && number <= high;
    const first = numbers.findIndex(inside);
    return first < 0 ? [] : [{ first, last: numbers.findLastIndex(inside), kind }];
  });
};

const maskOutlines = async (
  { media, shapes, from, to }: Extract<LookWish, { look: 'mask' }>,
  { signal }: Context,
): Promise<Outline[]> => {
  const { info, frameAt } = await sourceOf(media);
  const start = frameAt(from);
  const mask = await followedMask({
    ...{ info, shapes, from: start, to: frameAt(to), known: waysFrom(media, start), signal },
  });
  return outlinesOf(mask, { width: info.width, height: info.height });
};

const underWay = new Map<number, AbortController>();
const tell = (answer: LookAnswer): void => parentPort?.postMessage(answer);

const answer = async (id: number, wish: LookWish): Promise<void> => {
  const abort = new AbortController();
  underWay.set(id, abort);
  const context = { signal: abort.signal, onFrame: (done: number, total: number) => tell({ id, done, total }) };
  try {
    const result = await (wish.look === 'damaged' ? damagedPlaces(wish, context) : maskOutlines(wish, context));
    tell({ id, result });
  } catch (error) {
    if (error instanceof UserFacingError) {
      const { code, message, remedy } = error;
      tell({ id, problem: { code, message, remedy } });
    } else tell({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    underWay.delete(id);
  }
};

parentPort?.on('message', (message: LookMessage) => {
  if ('cancel' in message) underWay.get(message.id)?.abort();
  else void answer(message.id, message.wish);
});
