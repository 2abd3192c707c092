import { BrowserWindow, screen } from 'electron';
import type { WebContents } from 'electron';
import { editorUrl, projectOfUrl } from './scheme.ts';
import { keepWindowPlace, placeOnScreens, readWindowPlace } from './window-place.ts';

export type Windows = {
  /** A new window, on a project or on the first screen. */
  open: (project?: string) => BrowserWindow;
  /** Shows a project: in the window that has it open, else in one that shows the first screen, else in a new one. */
  show: (project: string) => void;
  /** Brings the last one to the front; opens one where there is none. */
  focus: () => void;
};

export type WindowOptions = {
  preload: string;
  /** The file that keeps where the last window was. */
  placeFile: string;
  /** Painted until the page is, so that nothing flashes: #rrggbb. */
  background: () => string;
  developing: boolean;
  /** A window shows another project, or none any more. */
  onProject: (project: string | undefined) => void;
  /** A text that is written into, or words that are marked, were clicked with the other button. */
  onText: (window: BrowserWindow, editable: boolean) => void;
  /** The last window is about to be closed. @returns whether it must stay for now */
  onLast: () => boolean;
};

/** Below this the editor is of no use. */
const least = { minWidth: 960, minHeight: 600 };
/** A page that dies again within this time is left alone, milliseconds. */
const calm = 10_000;

/** What died is loaded again: what it showed is in the engine, and its project in its address. */
const reloadWhenGone = (contents: WebContents): void => {
  let last = -Infinity;
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || performance.now() - last < calm) return;
    last = performance.now();
    contents.reload();
  });
};

export const createWindows = (options: WindowOptions): Windows => {
  const { preload, placeFile, background, developing, onProject, onText, onLast } = options;
  /** The project of each window, by the window's id; of one that is loading, the one that it will show. */
  const projects = new Map<number, string | undefined>();
  /** Makes the address of a window that is loaded anew another one. */
  let times = 0;

  const open = (project?: string): BrowserWindow => {
    // Another window goes where the system likes to put it.
    const first = BrowserWindow.getAllWindows().length === 0;
    const last = readWindowPlace(placeFile);
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
    const { width, height, ...at } = placeOnScreens(last, areas);
    const window = new BrowserWindow({
      ...{ width, height, ...(first && at), ...least, show: false, title: 'Longtake', backgroundColor: background() },
      webPreferences: {
        ...{ preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true },
        ...{ webviewTag: false, navigateOnDragDrop: false, spellcheck: false, devTools: developing },
        // Playing goes on while another window lies over this one.
        backgroundThrottling: false,
      },
    });
    const { id } = window;
    projects.set(id, project);
    window.once('ready-to-show', () => {
      if (first && last?.maximised) window.maximize();
      window.show();
    });
    window.once('closed', () => projects.delete(id));
    window.on('close', (event) => {
      keepWindowPlace(placeFile, { bounds: window.getNormalBounds(), maximised: window.isMaximized() });
      if (BrowserWindow.getAllWindows().length === 1 && onLast()) event.preventDefault();
    });
    window.webContents.on('did-navigate-in-page', (_event, url) => {
      const shown = projectOfUrl(url);
      projects.set(id, shown);
      if (process.platform === 'darwin') window.setRepresentedFilename(shown ?? '');
      onProject(shown);
    });
    // The editor's own menus keep this event to themselves.
    window.webContents.on('context-menu', (_event, { isEditable, selectionText }) => {
      if (isEditable || selectionText !== '') onText(window, isEditable);
    });
    reloadWhenGone(window.webContents);
    void window.loadURL(editorUrl(project));
    return window;
  };

  const toFront = (window: BrowserWindow): void => {
    if (window.isMinimized()) window.restore();
    window.focus();
  };

  return {
    open,
    show: (project) => {
      const all = BrowserWindow.getAllWindows();
      const there = all.find(({ id }) => projects.get(id) === project);
      const empty = all.find(({ id }) => projects.get(id) === undefined);
      if (!there && empty) {
        projects.set(empty.id, project);
        void empty.loadURL(editorUrl(project, (times += 1)));
      }
      const window = there ?? empty;
      if (window) toFront(window);
      else open(project);
    },
    focus: () => {
      const [last] = BrowserWindow.getAllWindows();
      if (last) toFront(last);
      else open();
    },
  };
};
