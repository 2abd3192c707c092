import type { Migration } from '../migrate.ts';

/**
 * The queue of generation: what was asked for, what that meant when it was asked (`plan`, with the wish in it), and how far it is. Jobs are
 * no edits: undo passes them by. What they make is, as media of kind `take` in the document.
 */
export const jobs: Migration = {
  to: 3,
  sql: `
CREATE TABLE job (
  id TEXT PRIMARY KEY NOT NULL CHECK (octet_length(id) = 36),
  state TEXT NOT NULL CHECK (octet_length(state) <= 20),
  "order" REAL NOT NULL,
  plan TEXT NOT NULL CHECK (octet_length(plan) <= 4000000),
  replaces TEXT CHECK (octet_length(replaces) = 36),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  takes_done INTEGER NOT NULL,
  take_media_ids TEXT NOT NULL CHECK (octet_length(take_media_ids) <= 10000),
  problem TEXT CHECK (octet_length(problem) <= 100000),
  notes TEXT NOT NULL CHECK (octet_length(notes) <= 1000000)
) STRICT;
`,
};
