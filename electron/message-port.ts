import type { MessagePortMain } from 'electron';
import type { Port } from '../engine/contract/protocol/envelope.ts';

/** A channel's end in main or in the engine's process as a port of the protocol. */
export const mainPort = (end: MessagePortMain): Port => {
  const closed = new Set<() => void>();
  let open = true;
  const hasClosed = (): void => {
    if (!open) return;
    open = false;
    for (const listener of closed) listener();
  };
  end.on('close', hasClosed);
  return {
    send: (text) => {
      if (open) end.postMessage(text);
    },
    onMessage: (listener) => {
      end.on('message', ({ data }) => {
        if (typeof data === 'string') listener(data);
      });
      end.start();
    },
    onClose: (listener) => closed.add(listener),
    close: () => {
      end.close();
      hasClosed();
    },
  };
};
