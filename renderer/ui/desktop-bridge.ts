import type { ChooseRequest, SaveRequest } from '../../engine/contract/desktop.ts';

/** The `data` of the message event that brings a window its port to the engine. */
export const enginePortMessage = 'longtake: a port to the engine';

/** What the desktop shell's preload gives its window: a port to the engine, and the few things that only the system can do. */
export type DesktopBridge = {
  /** Asks for a port to the engine; it comes as a message event (enginePortMessage) once the engine runs. */
  requestPort: () => void;
  /** Opens the system's own dialog. @returns absolute paths; none when it was cancelled */
  choose: (request: ChooseRequest) => Promise<string[]>;
  /** Opens the system's own dialog for a file to be written. @returns its absolute path; null when it was cancelled */
  save: (request: SaveRequest) => Promise<string | null>;
  /** Where a dropped file lies; '' for one that lies nowhere, as a picture dragged out of a web page. */
  pathOf: (file: File) => string;
  /** Shows a file in the system's file manager. */
  reveal: (path: string) => void;
  /** A command of the menu was chosen: the key that does the same, as key maps write it. One listener. */
  onKey: (listener: (key: string) => void) => void;
};
