import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import { listBackups } from './backups.ts';
import type { Backup } from './backups.ts';
import { Damage, openFile } from './open-file.ts';
import { checkCompanions, companions, placeFile, privateCopy } from './project-files.ts';

/** What to go on with when a project is damaged: its newest good backup, or nothing. Either way the damaged file is kept. */
export type RecoveryChoice = { use: 'backup'; path: string } | { use: 'nothing' };

/** A project that cannot be opened, with the ways out; `recoverProject` takes one of `choices`, the first being the best. */
export class ProjectDamaged extends UserFacingError {
  /** What is wrong, in words that help whoever looks into the file. */
  readonly damage: string;
  /** The newest backup that opens; null when there is none. */
  readonly backup: Backup | null;
  readonly choices: RecoveryChoice[];

  constructor(file: string, damage: string, backup: Backup | null) {
    super(
      'input',
      `The project ${file} is damaged: ${damage}.`,
      backup
        ? `Go on with the backup of ${backup.madeAt.toLocaleString()}, or start without it; the damaged file is kept aside.`
        : 'There is no good backup; start without it: the damaged file is kept aside.',
    );
    this.name = 'ProjectDamaged';
    this.damage = damage;
    this.backup = backup;
    this.choices = [...(backup ? [{ use: 'backup' as const, path: backup.path }] : []), { use: 'nothing' }];
  }
}

const opens = (file: string): boolean => {
  const copy = privateCopy(file);
  try {
    checkCompanions(copy.path);
    openFile(copy.path, false).db.close();
    return true;
  } catch (error) {
    if (error instanceof Damage || error instanceof UserFacingError) return false;
    throw error;
  } finally {
    copy.remove();
  }
};

/** The newest backup that passes every check that a project passes. */
export const newestGoodBackup = (file: string): Backup | null =>
  listBackups(file).find((backup) => opens(backup.path)) ?? null;

/** A name beside the project that nothing has: film.damaged.longtake, film.damaged-2.longtake … */
const asideOf = (file: string): string => {
  const { dir, name, ext } = path.parse(file);
  for (let n = 1; ; n++) {
    const aside = path.join(dir, `${name}.damaged${n === 1 ? '' : `-${n}`}${ext}`);
    if (['', ...companions].every((suffix) => !existsSync(aside + suffix))) return aside;
  }
};

/**
 * Puts the chosen content in the place of a damaged project, whose file goes aside with everything that SQLite keeps with it.
 * @param makeEmpty writes an empty project to a path
 * @returns where the damaged file is now
 */
export const replaceDamaged = (file: string, choice: RecoveryChoice, makeEmpty: (file: string) => void): string => {
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  if (choice.use === 'backup') copyFileSync(choice.path, partial);
  else makeEmpty(partial);
  const aside = asideOf(file);
  for (const suffix of ['', ...companions]) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  placeFile(partial, file);
  return aside;
};
