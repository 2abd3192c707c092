import type { Port } from '../../engine/contract/protocol/envelope.ts';

/**
 * A port to the engine over a WebSocket.
 * @param url with ws: or wss:
 * @throws Error when nobody answers there
 */
export const openWebSocketPort = (url: string): Promise<Port> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const closed = new Set<() => void>();
    socket.addEventListener('open', () =>
      resolve({
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
        onMessage: (listener) =>
          socket.addEventListener('message', ({ data }) => {
            if (typeof data === 'string') listener(data);
          }),
        onClose: (listener) => closed.add(listener),
        close: () => socket.close(),
      }),
    );
    socket.addEventListener('close', () => {
      reject(new Error('the engine cannot be reached'));
      for (const listener of closed) listener();
    });
  });
