import { createContext } from 'svelte';
import type { EngineClient } from '../document/engine-client.ts';
import type { PreferenceStore } from './preferences.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** What every component may ask for. */
export type Services = { client: EngineClient; preferences: PreferenceStore; toasts: Toasts };

export const [useServices, provideServices] = createContext<Services>();
