import { app, dialog } from 'electron';
import type { EngineClient } from '../renderer/document/engine-client.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import type { Translate } from './texts.ts';

export type Ending = {
  /** Ends the program when the last window is closed, except on a Mac. @returns whether the window must stay until that is settled */
  lastWindow: () => boolean;
  /** Ends the program without asking. */
  now: () => void;
};

/** How long the engine may take to say what it is doing before the program ends without it, milliseconds. */
const patience = 3000;

/** Asks before the program ends while something is being made, and lets the engine close its projects first. */
export const guardEnding = (client: EngineClient, engine: EngineSupervisor, texts: () => Translate): Ending => {
  /** Nothing needs to be asked any more, or somebody has answered. */
  let settled = false;
  let asking = false;
  let engineGone = false;

  const mayEnd = async (): Promise<boolean> => {
    const signal = AbortSignal.timeout(patience);
    const { works } = await client.call('session.running', {}, { signal }).catch(() => ({ works: [] }));
    if (works.length === 0) return true;
    const t = texts();
    const { response } = await dialog.showMessageBox({
      ...{ type: 'question', title: 'Longtake', message: t('desktop.ending.question', { count: works.length }) },
      detail: t('desktop.ending.text', { names: works.map(({ subject, kind }) => subject ?? kind).join(', ') }),
      ...{ buttons: [t('desktop.ending.stay'), t('desktop.ending.stop')], defaultId: 0, cancelId: 0, noLink: true },
    });
    return response === 1;
  };
  const now = (): void => {
    settled = true;
    app.quit();
  };

  app.on('before-quit', (event) => {
    if (settled) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    void mayEnd().then((may) => {
      asking = false;
      if (may) now();
    });
  });
  app.on('will-quit', (event) => {
    if (engineGone) return;
    event.preventDefault();
    client.close();
    void engine.stop().then(() => {
      engineGone = true;
      app.quit();
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  return {
    now,
    lastWindow: () => {
      if (settled || process.platform === 'darwin') return false;
      app.quit();
      return true;
    },
  };
};
