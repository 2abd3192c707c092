import type { App, Session, WebContents } from 'electron';
import { isEditorUrl } from './scheme.ts';

/** What the editor does itself (full screen, copying words, telling that a job is done); everything else that a page can ask for is refused. */
const granted: readonly string[] = ['fullscreen', 'clipboard-sanitized-write', 'notifications'];

/** Refuses every permission that the editor has no use for, and every download. */
export const guardSession = (session: Session): void => {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(granted.includes(permission) && isEditorUrl(requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => granted.includes(permission) && isEditorUrl(`${origin}/`),
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
};

const guardContents = (contents: WebContents): void => {
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isEditorUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
};

/** Whatever page there is and will be stays on the editor and opens no window. */
export const guardPages = (app: App): void => {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
};

type Sender = { senderFrame: { url: string; parent: unknown } | null };

/** Whether a message came from the editor itself, and not from a frame in it or another page. */
export const isFromEditor = ({ senderFrame }: Sender): boolean =>
  senderFrame !== null && senderFrame.parent === null && isEditorUrl(senderFrame.url);
