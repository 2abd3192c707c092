import type { Migration } from '../migrate.ts';

/** Named versions: the whole document as gzipped JSON (gzip's checksum is the only one that a page of SQLite has), in the same file. */
export const versions: Migration = {
  to: 2,
  sql: `
CREATE TABLE saved_version (
  id TEXT PRIMARY KEY NOT NULL CHECK (octet_length(id) = 36),
  name TEXT NOT NULL CHECK (octet_length(name) <= 4000),
  revision INTEGER NOT NULL,
  v INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  content BLOB NOT NULL CHECK (octet_length(content) <= 256000000)
) STRICT;
`,
};
