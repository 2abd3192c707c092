import { readFileSync } from 'node:fs';

/** Of Longtake, for example 0.1.0. */
export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
