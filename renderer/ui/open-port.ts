import type { Port } from '../../engine/contract/protocol/envelope.ts';
import { NotLetIn } from '../document/engine-refusal.ts';
import { messagePort } from '../document/message-port.ts';
import { openWebSocketPort } from '../document/websocket-port.ts';
import { enginePortMessage } from './desktop-bridge.ts';
import type { DesktopBridge } from './desktop-bridge.ts';
import { desktop } from './desktop.ts';

/** Resolves once the engine runs: while it is started anew nobody is asked again. */
const openDesktopPort = ({ requestPort }: DesktopBridge): Promise<Port> =>
  new Promise((resolve) => {
    const arrived = ({ source, data, ports }: MessageEvent): void => {
      if (source !== window || data !== enginePortMessage || ports.length !== 1) return;
      removeEventListener('message', arrived);
      resolve(messagePort(ports[0]));
    };
    addEventListener('message', arrived);
    requestPort();
  });

/** A socket says nothing of why it did not open; a page that may not be read says it. */
const isKnown = async (): Promise<boolean> => {
  const { status } = await fetch('/', { cache: 'no-store' });
  return status !== 403;
};

/**
 * A port to the engine: of the desktop shell, or of the server that this page came from.
 * @throws NotLetIn where that server is another one by now, or forgot this window
 */
export const openPort = async (): Promise<Port> => {
  if (desktop) return openDesktopPort(desktop);
  const url = new URL('/engine', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  try {
    return await openWebSocketPort(url.href);
  } catch (error) {
    if (!(await isKnown())) throw new NotLetIn();
    throw error;
  }
};

/** @throws Error when the engine answers with no JSON */
export const readJson = async (url: string): Promise<unknown> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
};
