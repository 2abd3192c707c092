import { gunzipSync, gzipSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { UserFacingError } from '../contract/errors.ts';
import { applyChanges } from '../contract/timeline/apply-changes.ts';
import { checkDocument } from '../contract/timeline/check-document.ts';
import { emptyDocument } from '../contract/timeline/document.ts';
import type { Document } from '../contract/timeline/document.ts';
import { idSchema, nameSchema } from '../contract/timeline/media.ts';
import { contentOf } from './difference.ts';
import { newId } from './ids.ts';
import { latestVersion } from './migrate.ts';
import { parseChanges } from './stored-changes.ts';

/** A named state of the document that is kept until it is removed. */
export type SavedVersion = { id: string; name: string; revision: number; madeAt: Date };

/** Bytes of a version's JSON; a compressed blob that grows beyond it is not read. */
const maxVersionBytes = 512_000_000;

const listedRow = z.object({ id: idSchema, name: nameSchema, revision: z.number().int(), made_at: z.number() });
const contentRow = z.object({ v: z.number().int(), content: z.instanceof(Uint8Array) });

const versionOf = (row: unknown): SavedVersion => {
  const { id, name, revision, made_at: madeAt } = listedRow.parse(row);
  return { id, name, revision, madeAt: new Date(madeAt) };
};

const nameInput = nameSchema.refine((name) => name.trim() !== '');

const gone = (): UserFacingError =>
  new UserFacingError('usage', 'There is no such version.', 'Choose one from the list of versions.');

/** The named versions of a file. Writing must happen inside a transaction. */
export const savedVersions = (db: Database) => {
  const insert = db.prepare(
    'INSERT INTO saved_version (id, name, revision, v, made_at, content) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const all = db.prepare('SELECT id, name, revision, made_at FROM saved_version ORDER BY id');
  const content = db.prepare('SELECT id, name, revision, made_at, v, content FROM saved_version WHERE id = ?');
  const remove = db.prepare('DELETE FROM saved_version WHERE id = ?');

  return {
    /** @throws UserFacingError usage on an empty name or one of more than 1000 letters */
    save: (name: string, document: Document, revision: number): SavedVersion => {
      if (!nameInput.safeParse(name).success) {
        throw new UserFacingError('usage', 'A version needs a name of 1 to 1000 letters.', 'Give it one.');
      }
      const version = { id: newId(), name: name.toWellFormed(), revision, madeAt: new Date() };
      // Level 1: a fifth of the time of the default for a tenth more bytes.
      const bytes = gzipSync(JSON.stringify(contentOf(document)), { level: 1 });
      insert.run(version.id, version.name, revision, latestVersion(), version.madeAt.getTime(), bytes);
      return version;
    },
    /** Oldest first. */
    list: (): SavedVersion[] => all.all().map(versionOf),
    /** @throws UserFacingError usage when there is no such version; input when what was kept is damaged */
    read: (id: string): { document: Document; version: SavedVersion } => {
      const row = content.get(id);
      if (row === undefined) throw gone();
      try {
        const { v, content: bytes } = contentRow.parse(row);
        const text = gunzipSync(bytes, { maxOutputLength: maxVersionBytes }).toString('utf8');
        const document = applyChanges(emptyDocument, parseChanges(text, v));
        const [unsound] = checkDocument(document);
        if (unsound) throw new Error(unsound);
        return { document, version: versionOf(row) };
      } catch {
        throw new UserFacingError(
          'input',
          'This version is damaged.',
          'Open a backup of the project that has it, or restore another version.',
        );
      }
    },
    /** @throws UserFacingError usage when there is no such version */
    remove: (id: string): void => {
      if (remove.run(id).changes === 0) throw gone();
    },
  };
};
export type SavedVersions = ReturnType<typeof savedVersions>;
