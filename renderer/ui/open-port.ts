import type { Port } from '../../engine/contract/protocol/envelope.ts';
import { openWebSocketPort } from '../document/websocket-port.ts';

/** A port to the engine that served this page. */
export const openPort = (): Promise<Port> => {
  const url = new URL('/engine', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return openWebSocketPort(url.href);
};

/** @throws Error when the engine answers with no JSON */
export const readJson = async (url: string): Promise<unknown> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
};
