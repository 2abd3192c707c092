import type { Port } from './envelope.ts';

/** One end of a channel, of whatever make: the browser's, or that of the desktop shell's processes. */
export type ChannelEnd = {
  send: (text: string) => void;
  onMessage: (listener: (data: unknown) => void) => void;
  onClose: (listener: () => void) => void;
  /** What waits is delivered from now on. */
  start: () => void;
  close: () => void;
};

/** A channel's end as a port of the protocol. It closes when the other side's process ends. */
export const portOver = (end: ChannelEnd): Port => {
  const closed = new Set<() => void>();
  let open = true;
  const hasClosed = (): void => {
    if (!open) return;
    open = false;
    for (const listener of closed) listener();
  };
  end.onClose(hasClosed);
  return {
    send: (text) => {
      if (open) end.send(text);
    },
    onMessage: (listener) => {
      end.onMessage((data) => {
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
