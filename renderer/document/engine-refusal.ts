import { UserFacingError } from '../../engine/contract/errors.ts';
import type { Problem } from '../../engine/contract/protocol/values.ts';

/** What the engine answered instead of a result; `reason` says why an edit was refused (EditRefusal). */
export class EngineRefusal extends UserFacingError {
  readonly reason: string | undefined;

  constructor({ code, message, remedy, reason }: Problem) {
    super(code, message, remedy);
    this.name = 'EngineRefusal';
    this.reason = reason;
  }
}

/** Whoever asks is not known to the engine: it is another one than the one that let this window in. */
export class NotLetIn extends Error {}

/** The engine went away before it answered: whether the call was carried out is not known. */
export class ConnectionLost extends UserFacingError {
  constructor() {
    super('interrupted', 'The connection to the engine was lost.', 'Longtake is trying to reach it again.');
    this.name = 'ConnectionLost';
  }
}
