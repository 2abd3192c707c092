import { isTextField } from '../timeline/keys.ts';

type Press = { key: string; ctrlKey: boolean; altKey: boolean; shiftKey: boolean };

/** The opposite of keyName: "Ctrl+Shift+Z" as a press. */
export const pressOf = (name: string): Press => {
  const key = name.endsWith('++') ? '+' : (name.split('+').at(-1) ?? '');
  const held = name.slice(0, -key.length).split('+');
  return { key, ctrlKey: held.includes('Ctrl'), altKey: held.includes('Alt'), shiftKey: held.includes('Shift') };
};

/** What these keys do in a text, where the menu takes them before the text hears of them. */
const textCommands: Partial<Record<string, string>> = {
  'Ctrl+Z': 'undo',
  'Ctrl+Shift+Z': 'redo',
  'Ctrl+A': 'selectAll',
  Delete: 'delete',
};

/**
 * Does what a key does, for a command that was chosen from the desktop's menu. While a text is written into, what is meant for texts stays there;
 * all else goes to the editor, as if nothing had the focus.
 */
export const pressMenuKey = (name: string): void => {
  const command = isTextField(document.activeElement) ? textCommands[name] : undefined;
  if (command) document.execCommand(command);
  else document.body.dispatchEvent(new KeyboardEvent('keydown', { ...pressOf(name), bubbles: true, cancelable: true }));
};
