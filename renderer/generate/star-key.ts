/** 0, by its place on the keyboard as the numbers of takes are: stars a take, or takes its star away. */
export const isStarKey = ({ code, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  (code === 'Digit0' || code === 'Numpad0') && !shiftKey && !ctrlKey && !metaKey && !altKey;
