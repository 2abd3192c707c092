import type { Port } from '../../engine/contract/protocol/envelope.ts';

/** A channel's end as a port to the engine. It closes when the engine's process ends. */
export const messagePort = (end: MessagePort): Port => {
  const closed = new Set<() => void>();
  let open = true;
  const hasClosed = (): void => {
    if (!open) return;
    open = false;
    for (const listener of closed) listener();
  };
  end.addEventListener('close', hasClosed);
  return {
    send: (text) => {
      if (open) end.postMessage(text);
    },
    onMessage: (listener) => {
      end.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') listener(data);
      });
      end.start();
    },
    onClose: (listener) => closed.add(listener),
    close: () => {
      end.close();
      // The end that closes hears nothing of it.
      hasClosed();
    },
  };
};
