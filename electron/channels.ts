/** Between preload and main: everything that a window can ask of the shell. */
export const channels = {
  /** From the window: a port is wanted. To the window: here it is. */
  port: 'engine-port',
  choose: 'choose',
  save: 'save',
  reveal: 'reveal',
  /** To the window: a command of the menu, by its key. */
  key: 'menu-key',
} as const;
