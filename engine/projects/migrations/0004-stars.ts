import type { Migration } from '../migrate.ts';

/** A star on media. What was logged or saved before has none, as the contract says of a media without a word about it. */
export const stars: Migration = {
  to: 4,
  sql: 'ALTER TABLE media ADD COLUMN starred INTEGER NOT NULL DEFAULT 0',
};
