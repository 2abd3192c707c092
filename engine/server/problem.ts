import { UserFacingError } from '../contract/errors.ts';
import type { Problem } from '../contract/protocol/values.ts';
import { EditRefused } from '../contract/timeline/edit-refused.ts';

/** A handle that names no open project: of an engine that is gone, or closed since. */
export class ProjectNotOpen extends UserFacingError {
  readonly reason = 'not-open';

  constructor() {
    super('input', 'This project is not open any more.', 'Open it again.');
    this.name = 'ProjectNotOpen';
  }
}

/** What a user is told of a failure; of a bug, that it is one and nothing of its inside. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof EditRefused || error instanceof ProjectNotOpen)
    return { code: error.code, message: error.message, remedy: error.remedy, reason: error.reason };
  if (error instanceof UserFacingError) return { code: error.code, message: error.message, remedy: error.remedy };
  return {
    code: 'bug',
    message: 'Longtake met a fault of its own.',
    remedy: 'Nothing was lost. Please report it together with the log.',
  };
};

export const cancelledCall = (): UserFacingError =>
  new UserFacingError('interrupted', 'It was cancelled.', 'Start it again when you like.');
