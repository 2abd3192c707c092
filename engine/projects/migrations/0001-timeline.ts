import type { Migration } from '../migrate.ts';

/**
 * The document's tables and the edit log.
 *
 * Where a clip lies is kept apart from what it is: `track_clip` is narrow and clustered by track, so a ripple over ten thousand clips
 * rewrites 36 pages instead of two thousand (1.6 ms against 8 ms with a table of its own and an index, measured). `edit_log` is only ever
 * added to; `undo_stack` says which of its entries undo and redo walk over. Limits of length stand here so that quick_check finds what is
 * over them before anything is read.
 */
export const timeline: Migration = {
  to: 1,
  sql: `
CREATE TABLE project (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL CHECK (octet_length(id) = 36),
  revision INTEGER NOT NULL CHECK (revision >= 0),
  undo_depth INTEGER NOT NULL CHECK (undo_depth >= 0)
) STRICT;

CREATE TABLE bin (
  id TEXT PRIMARY KEY NOT NULL CHECK (octet_length(id) = 36),
  parent_id TEXT REFERENCES bin (id) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL CHECK (octet_length(name) <= 4000),
  "order" INTEGER NOT NULL
) STRICT;

CREATE TABLE media (
  id TEXT PRIMARY KEY NOT NULL CHECK (octet_length(id) = 36),
  kind TEXT NOT NULL CHECK (octet_length(kind) <= 20),
  name TEXT NOT NULL CHECK (octet_length(name) <= 4000),
  bin_id TEXT REFERENCES bin (id) DEFERRABLE INITIALLY DEFERRED,
  path TEXT NOT NULL CHECK (octet_length(path) <= 16384),
  relative_path TEXT CHECK (octet_length(relative_path) <= 16384),
  first_number INTEGER,
  bytes INTEGER NOT NULL,
  hash TEXT NOT NULL CHECK (octet_length(hash) = 64),
  picture TEXT CHECK (octet_length(picture) <= 100000),
  sound TEXT CHECK (octet_length(sound) <= 100000),
  provenance TEXT CHECK (octet_length(provenance) <= 4000000)
) STRICT;

CREATE TABLE sequence (
  id TEXT PRIMARY KEY NOT NULL CHECK (octet_length(id) = 36),
  name TEXT NOT NULL CHECK (octet_length(name) <= 4000),
  frame_rate_num INTEGER NOT NULL,
  frame_rate_den INTEGER NOT NULL CHECK (frame_rate_den > 0),
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  start_timecode INTEGER NOT NULL,
  drop_frame INTEGER NOT NULL
) STRICT;

CREATE TABLE track (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (octet_length(id) = 36),
  sequence_id TEXT NOT NULL REFERENCES sequence (id) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL CHECK (octet_length(kind) <= 20),
  "order" INTEGER NOT NULL,
  name TEXT NOT NULL CHECK (octet_length(name) <= 4000),
  locked INTEGER NOT NULL,
  muted INTEGER NOT NULL,
  solo INTEGER NOT NULL,
  gain REAL NOT NULL,
  height INTEGER NOT NULL
) STRICT;

CREATE TABLE clip (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (octet_length(id) = 36),
  kind TEXT NOT NULL CHECK (octet_length(kind) <= 20),
  name TEXT NOT NULL CHECK (octet_length(name) <= 4000),
  media_id TEXT REFERENCES media (id) DEFERRABLE INITIALLY DEFERRED,
  duration INTEGER NOT NULL CHECK (duration > 0),
  source_in_num INTEGER NOT NULL,
  source_in_den INTEGER NOT NULL CHECK (source_in_den > 0),
  speed_num INTEGER NOT NULL,
  speed_den INTEGER NOT NULL CHECK (speed_den > 0),
  reverse INTEGER NOT NULL,
  offset_samples INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  link_id TEXT CHECK (octet_length(link_id) = 36),
  group_id TEXT CHECK (octet_length(group_id) = 36),
  placement TEXT CHECK (octet_length(placement) <= 12000000),
  gain TEXT CHECK (octet_length(gain) <= 1200000),
  fade_in INTEGER NOT NULL,
  fade_out INTEGER NOT NULL,
  title TEXT CHECK (octet_length(title) <= 100000)
) STRICT;

CREATE INDEX clip_of_media ON clip (media_id);

CREATE TABLE track_clip (
  track INTEGER NOT NULL REFERENCES track (key) DEFERRABLE INITIALLY DEFERRED,
  clip INTEGER NOT NULL UNIQUE REFERENCES clip (key) DEFERRABLE INITIALLY DEFERRED,
  start INTEGER NOT NULL,
  PRIMARY KEY (track, clip)
) STRICT, WITHOUT ROWID;

CREATE TABLE transition (
  id TEXT PRIMARY KEY NOT NULL CHECK (octet_length(id) = 36),
  track_id TEXT NOT NULL REFERENCES track (id) DEFERRABLE INITIALLY DEFERRED,
  left_clip_id TEXT REFERENCES clip (id) DEFERRABLE INITIALLY DEFERRED,
  right_clip_id TEXT REFERENCES clip (id) DEFERRABLE INITIALLY DEFERRED,
  before INTEGER NOT NULL,
  after INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (octet_length(kind) <= 20),
  colour TEXT NOT NULL CHECK (octet_length(colour) <= 20),
  direction TEXT NOT NULL CHECK (octet_length(direction) <= 20),
  softness REAL NOT NULL
) STRICT;

CREATE INDEX transition_of_left_clip ON transition (left_clip_id);
CREATE INDEX transition_of_right_clip ON transition (right_clip_id);

CREATE TABLE marker (
  id TEXT PRIMARY KEY NOT NULL CHECK (octet_length(id) = 36),
  sequence_id TEXT NOT NULL REFERENCES sequence (id) DEFERRABLE INITIALLY DEFERRED,
  clip_id TEXT REFERENCES clip (id) DEFERRABLE INITIALLY DEFERRED,
  frame INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  name TEXT NOT NULL CHECK (octet_length(name) <= 4000),
  colour TEXT NOT NULL CHECK (octet_length(colour) <= 20)
) STRICT;

CREATE INDEX marker_of_clip ON marker (clip_id);

CREATE TABLE edit_log (
  revision INTEGER PRIMARY KEY,
  op_id TEXT UNIQUE CHECK (octet_length(op_id) <= 100),
  kind TEXT NOT NULL CHECK (kind IN ('edit', 'undo', 'redo')),
  op TEXT NOT NULL CHECK (octet_length(op) <= 100),
  v INTEGER NOT NULL,
  forward TEXT CHECK (octet_length(forward) <= 64000000),
  inverse TEXT CHECK (octet_length(inverse) <= 64000000),
  target INTEGER REFERENCES edit_log (revision),
  made_at INTEGER NOT NULL,
  CHECK ((kind = 'edit') = (target IS NULL)),
  CHECK ((kind = 'edit') = (forward IS NOT NULL AND inverse IS NOT NULL))
) STRICT;

CREATE TABLE undo_stack (
  position INTEGER PRIMARY KEY CHECK (position > 0),
  revision INTEGER NOT NULL REFERENCES edit_log (revision)
) STRICT;
`,
};
