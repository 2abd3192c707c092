import type { MessagePortMain } from 'electron';
import type { Port } from '../engine/contract/protocol/envelope.ts';
import { portOver } from '../engine/contract/protocol/port-over.ts';

/** A channel's end in main or in the engine's process as a port of the protocol. */
export const mainPort = (end: MessagePortMain): Port =>
  portOver({
    send: (text) => end.postMessage(text),
    onMessage: (listener) => end.on('message', ({ data }) => listener(data)),
    onClose: (listener) => end.on('close', listener),
    start: () => end.start(),
    close: () => end.close(),
  });
