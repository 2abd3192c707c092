/**
 * Hands the window its port to the engine and what only the system can do (DesktopBridge). Runs sandboxed, in a world of its own; a port cannot
 * cross by the context bridge, so it goes as a message of the window to itself.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { enginePortMessage } from '../renderer/ui/desktop-bridge.ts';
import type { DesktopBridge } from '../renderer/ui/desktop-bridge.ts';
import { channels } from './channels.ts';

ipcRenderer.on(channels.port, ({ ports }) => window.postMessage(enginePortMessage, location.origin, ports));

const bridge: DesktopBridge = {
  requestPort: () => ipcRenderer.send(channels.port),
  choose: (request) => ipcRenderer.invoke(channels.choose, request),
  save: (request) => ipcRenderer.invoke(channels.save, request),
  pathOf: (file) => webUtils.getPathForFile(file),
  reveal: (path) => ipcRenderer.send(channels.reveal, path),
  onKey: (listener) => {
    ipcRenderer.removeAllListeners(channels.key);
    ipcRenderer.on(channels.key, (_event, key: string) => listener(key));
  },
};
contextBridge.exposeInMainWorld('longtake', bridge);
