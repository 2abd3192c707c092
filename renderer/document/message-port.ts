import type { Port } from '../../engine/contract/protocol/envelope.ts';
import { portOver } from '../../engine/contract/protocol/port-over.ts';

/** A channel's end as a port to the engine. */
export const messagePort = (end: MessagePort): Port =>
  portOver({
    send: (text) => end.postMessage(text),
    onMessage: (listener) => end.addEventListener('message', ({ data }) => listener(data)),
    onClose: (listener) => end.addEventListener('close', listener),
    start: () => end.start(),
    close: () => end.close(),
  });
