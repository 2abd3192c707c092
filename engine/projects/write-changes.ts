import type { Database, Statement } from 'better-sqlite3';
import type { Change } from '../contract/timeline/change.ts';
import type { Clip, EntityKind, EntityOf } from '../contract/timeline/entities.ts';
import { entityKinds } from '../contract/timeline/entities.ts';
import { cellsOf, columnsOf } from './tables.ts';

const upsertSql = (kind: EntityKind): string => {
  const columns = columnsOf(kind);
  const updates = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  return (
    `INSERT INTO "${kind}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ` +
    `ON CONFLICT (id) DO UPDATE SET ${updates.join(', ')}`
  );
};

/** Writes changes into the tables; statements are prepared once. Must be called inside a transaction. */
export type ChangeWriter = (changes: readonly Change[]) => void;

export const changeWriter = (db: Database): ChangeWriter => {
  const prepared = (sql: (kind: EntityKind) => string): Record<EntityKind, Statement> =>
    Object.fromEntries(entityKinds.map((kind) => [kind, db.prepare(sql(kind))])) as Record<EntityKind, Statement>;
  const upsert = prepared(upsertSql);
  const remove = prepared((kind) => `DELETE FROM "${kind}" WHERE id = ?`);
  const keyOfTrack = db.prepare('SELECT key FROM track WHERE id = ?').pluck();
  const keyOfClip = db.prepare('SELECT key FROM clip WHERE id = ?').pluck();
  const leaveTrack = db.prepare('DELETE FROM track_clip WHERE clip = ? AND track <> ?');
  const leaveAll = db.prepare('DELETE FROM track_clip WHERE clip = ?');
  const enterTrack = db.prepare(
    'INSERT INTO track_clip (track, clip, start) VALUES (?, ?, ?) ON CONFLICT (track, clip) DO UPDATE SET start = excluded.start',
  );
  const shift = db.prepare('UPDATE track_clip SET start = start + ? WHERE track = ? AND start >= ?');

  const putClip = (clip: Clip): void => {
    upsert.clip.run(cellsOf('clip', clip));
    const key = keyOfClip.get(clip.id);
    const track = keyOfTrack.get(clip.trackId);
    leaveTrack.run(key, track);
    enterTrack.run(track, key, clip.start);
  };

  const put = <K extends EntityKind>(kind: K, value: EntityOf<K>): void => {
    if (kind === 'clip') putClip(value as Clip);
    else upsert[kind].run(cellsOf(kind, value));
  };

  return (changes) => {
    for (const change of changes) {
      switch (change.type) {
        case 'put':
          put(change.entity, change.value);
          break;
        case 'remove':
          if (change.entity === 'clip') leaveAll.run(keyOfClip.get(change.id));
          remove[change.entity].run(change.id);
          break;
        case 'shift':
          shift.run(change.by, keyOfTrack.get(change.trackId), change.from);
          break;
      }
    }
  };
};
