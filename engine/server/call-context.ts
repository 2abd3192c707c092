import type { CallName, CallResult, ParsedInput } from '../contract/protocol/calls.ts';
import type { Connection } from './connection.ts';

export type CallContext = {
  connection: Connection;
  /** Fires when the call is cancelled or its window has gone. */
  signal: AbortSignal;
};

/** One function per call. Inputs have been parsed; results will be. */
export type Handlers<N extends CallName> = {
  [K in N]: (input: ParsedInput<K>, context: CallContext) => CallResult<K> | Promise<CallResult<K>>;
};
