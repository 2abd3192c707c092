/**
 * What stands in for Electron within a page: the built preload runs in it as it is. It runs in the page's own world, so it proves the wiring of
 * preload and page, not that they are apart.
 */
export const pageScript = (preload: string): string => `(() => {
  if (window !== top || location.hostname !== 'editor.localhost') return;
  const ask = (message) => window.__electron(message);
  const listeners = new Map();
  const ports = new Map();
  const ipcRenderer = {
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    removeAllListeners: (channel) => listeners.delete(channel),
    send: (channel, ...args) => void ask({ type: 'send', channel, args }),
    invoke: (channel, ...args) => ask({ type: 'invoke', channel, args }),
  };
  // Ends that the preload has and is about to hand on, in their order: handed on they become other objects.
  const handed = [];
  addEventListener('message', ({ ports: arrived }) => {
    for (const end of arrived) {
      const id = handed.shift();
      const close = end.close.bind(end);
      end.close = () => {
        close();
        void ask({ type: 'port-close', id });
      };
      ports.get(id).end = end;
    }
  });
  window.__electronReceive = ({ channel, args, ports: ids }) => {
    const ends = ids.map((id) => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = ({ data }) => ask({ type: 'port', id, data });
      ports.set(id, { inner: port2 });
      handed.push(id);
      return port1;
    });
    for (const listener of listeners.get(channel) ?? []) listener({ ports: ends }, ...args);
  };
  window.__electronPort = ({ id, data, closed }) => {
    // The event that Electron adds to the web's ports.
    if (closed) ports.get(id)?.end?.dispatchEvent(new Event('close'));
    else ports.get(id)?.inner.postMessage(data);
  };
  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (name, api) => (window[name] = api) },
    // Only Chromium's own shell knows where a dropped file lies: a test says so by the file's name.
    webUtils: { getPathForFile: ({ name }) => window.__dropped?.[name] ?? '' },
  };
  const asks = (permission) => ask({ type: 'permission', permission });
  Notification.requestPermission = async () => ((await asks('notifications')) ? 'granted' : 'denied');
  navigator.geolocation.getCurrentPosition = async (found, failed) => {
    if (await asks('geolocation')) found({});
    else failed({ code: 1 });
  };
  navigator.mediaDevices.getUserMedia = async () => {
    if (!(await asks('media'))) throw new DOMException('refused', 'NotAllowedError');
  };
  void ask({ type: 'loaded' });
  ((require) => {
${preload}
  })((name) => {
    if (name === 'electron') return electron;
    throw new Error('a sandboxed preload has no ' + name);
  });
})();`;
