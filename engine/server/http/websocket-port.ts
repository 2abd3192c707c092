import type { WebSocket } from 'ws';
import type { Port } from '../../contract/protocol/envelope.ts';

/** Milliseconds between two signs of life; a window that gave none is gone (a laptop that sleeps sends no goodbye). */
const beat = 30_000;
/** Bytes that a window may leave unread: one that reads so slowly is better off with a snapshot after it reconnects. */
const mostUnread = 64 * 1024 * 1024;

/** A browser's WebSocket as a port. */
export const webSocketPort = (socket: WebSocket): Port => {
  let alive = true;
  const timer = setInterval(() => {
    if (!alive) socket.terminate();
    alive = false;
    socket.ping();
  }, beat).unref();
  socket.on('pong', () => (alive = true));
  socket.on('close', () => clearInterval(timer));
  // What is too large or no WebSocket at all closes it; nothing else is to be done.
  socket.on('error', () => undefined);
  return {
    send: (text) => {
      if (socket.bufferedAmount > mostUnread) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send(text);
    },
    onMessage: (listener) => {
      socket.on('message', (data, binary) => {
        if (binary) socket.close(1003);
        else listener(data.toString());
      });
    },
    onClose: (listener) => {
      socket.on('close', listener);
    },
    close: () => socket.close(),
  };
};
