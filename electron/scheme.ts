/** The scheme that windows are loaded from, and the only place they may be. */
export const scheme = 'longtake';
const host = 'editor';

export const isEditorUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === `${scheme}:` && url.host === host;
};

/**
 * A window's address.
 * @param project the path of the project to open; the first screen without it
 * @param time another number makes it another page, so that a window that stands there is loaded anew
 */
export const editorUrl = (project?: string, time?: number): string =>
  `${scheme}://${host}/${time === undefined ? '' : `?${time}`}${project === undefined ? '' : `#${encodeURIComponent(project)}`}`;

/** The project that a window shows: the editor writes its path into the address. Undefined on the first screen. */
export const projectOfUrl = (text: string): string | undefined => {
  if (!isEditorUrl(text)) return undefined;
  try {
    return decodeURIComponent(new URL(text).hash.slice(1)) || undefined;
  } catch {
    return undefined;
  }
};
