import type { z } from 'zod';
import { derivedCalls } from './derived.ts';
import { exportCalls } from './export.ts';
import { generateCalls } from './generate.ts';
import { mediaCalls } from './media.ts';
import { modelCalls } from './models.ts';
import { projectCalls } from './project.ts';
import { sessionCalls } from './session.ts';

/** Every call that a window can make of the engine. */
export const calls = {
  ...sessionCalls,
  ...modelCalls,
  ...projectCalls,
  ...mediaCalls,
  ...derivedCalls,
  ...exportCalls,
  ...generateCalls,
} as const;

export type CallName = keyof typeof calls;
/** As a client writes it: values with a default may be left out. */
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
/** As the engine's handlers get it. */
export type ParsedInput<N extends CallName> = z.output<(typeof calls)[N]['input']>;
export type CallResult<N extends CallName> = z.output<(typeof calls)[N]['result']>;

export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name);
