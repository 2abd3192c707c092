import { UserFacingError } from '../errors.ts';

/** Why an edit cannot be; stable, so that the window can act on it. */
export type EditRefusal =
  | 'not-found'
  | 'overlap'
  | 'no-handles'
  | 'outside-source'
  | 'locked-track'
  | 'wrong-track'
  | 'wrong-kind'
  | 'not-adjacent'
  | 'in-use'
  | 'too-short'
  | 'negative-time'
  | 'rate-fixed'
  | 'bad-input'
  | 'nothing-to-do'
  /** Asked for from an older revision, and what has come since touches the same. */
  | 'stale-revision';

/** An edit that cannot be made; the document is as it was. */
export class EditRefused extends UserFacingError {
  readonly reason: EditRefusal;

  constructor(reason: EditRefusal, message: string, remedy: string) {
    super('usage', message, remedy);
    this.name = 'EditRefused';
    this.reason = reason;
  }
}
