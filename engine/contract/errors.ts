/** Families of failure that a user can meet; each has one exit code (docs: the command line's public interface). */
export const exitCodes = {
  bug: 1,
  usage: 2,
  input: 3,
  model: 4,
  policy: 5,
  room: 6,
  interrupted: 130,
} as const;

export type ErrorCode = keyof typeof exitCodes;

/** A failure told to the user: one sentence that a filmmaker understands, and what to do about it. Everything else is a bug. */
export class UserFacingError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, remedy: string) {
    super(message);
    this.name = 'UserFacingError';
    this.code = code;
    this.remedy = remedy;
  }
}
