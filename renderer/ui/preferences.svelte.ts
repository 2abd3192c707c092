import { z } from 'zod';
import type { Preferences } from '../../engine/contract/protocol/session.ts';
import type { EngineClient } from '../document/engine-client.ts';
import { takeOrders } from '../generate/take-groups.ts';
import { languages } from './locales/languages.ts';

const pixels = z.number().min(0).max(10_000);

/** Every preference with what it may be; a value that is none any more counts as not set. */
const shape = {
  language: z.enum(languages.map(({ tag }) => tag)),
  theme: z.enum(['system', 'dark', 'light']),
  /** Whose keys the timeline has. */
  keys: z.enum(['longtake', 'premiere', 'resolve']),
  'layout.bin': pixels,
  'layout.inspector': pixels,
  'layout.timeline': pixels,
  'layout.bin-folded': z.boolean(),
  /** How media, and files to choose from, are shown. */
  'library.media': z.enum(['grid', 'list']),
  'library.files': z.enum(['grid', 'list']),
  /** The folder that was chosen from last. */
  'library.folder': z.string().min(1).max(4096),
  /** Half of the pixels across and down, for a quicker picture. */
  'viewer.quality': z.enum(['full', 'half']),
  'viewer.safe-areas': z.boolean(),
  /** How takes stand side by side. */
  'takes.order': z.enum(takeOrders),
} as const;
export type PreferenceName = keyof typeof shape;
export type PreferenceValue<N extends PreferenceName> = z.infer<(typeof shape)[N]>;

/** Kept by the engine, so that they are the same in every window and on every port. */
export type PreferenceStore = {
  /** The value, undefined where none was set; reactive. */
  get: <N extends PreferenceName>(name: N) => PreferenceValue<N> | undefined;
  set: <N extends PreferenceName>(name: N, value: PreferenceValue<N>) => void;
  /** Resolves when they were read the first time. */
  ready: Promise<void>;
};

/** How long a changing value (a dragged panel) rests before it is sent, milliseconds. */
const rest = 300;

export const createPreferences = (client: EngineClient): PreferenceStore => {
  let values = $state.raw<Preferences>({});
  let unsent: Preferences = {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = async (): Promise<void> => {
    const read = await client.call('preferences.get', {});
    values = { ...read.values, ...unsent };
  };
  const send = (): void => {
    const sending = unsent;
    unsent = {};
    // Not worth a message: the value holds in this window.
    client.call('preferences.set', { values: sending }).catch(() => undefined);
  };
  client.listen('preferences', {
    event: (event) => (values = { ...event, ...unsent }),
    missed: () => void read().catch(() => undefined),
  });

  return {
    get: (name) => {
      const parsed = shape[name].safeParse(values[name]);
      return parsed.success ? (parsed.data as never) : undefined;
    },
    set: (name, value) => {
      values = { ...values, [name]: value };
      unsent = { ...unsent, [name]: value };
      clearTimeout(timer);
      timer = setTimeout(send, rest);
    },
    ready: read().catch(() => undefined),
  };
};
