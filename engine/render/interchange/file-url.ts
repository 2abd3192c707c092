/** `file:` URLs of absolute paths of either kind of system, without asking which system this is. */
export const fileUrl = (file: string): string => {
  const slashed = file.replaceAll('\\', '/');
  const path = /^[A-Za-z]:\//.test(slashed) ? `/${slashed}` : file.startsWith('/') ? file : slashed;
  // A colon is legal in a path; encoded, it would hide a drive letter from other programs.
  return `file://${path.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':')}`;
};

/**
 * The path that a reference names: of a `file:` URL on this machine, or a bare path. Percent signs that decode to nothing are taken as
 * they stand, since several programs write paths unescaped.
 *
 * @returns null for other machines, other protocols and what is no path
 */
export const pathOfUrl = (url: string): string | null => {
  if (url === '' || url.includes('\0')) return null;
  const file = /^file:(.*)$/is.exec(url);
  if (!file) return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(url) ? null : decoded(url);
  const host = /^\/\/([^/]*)(\/.*)$/s.exec(file[1]);
  if (host && host[1] !== '' && host[1].toLowerCase() !== 'localhost') return null;
  const path = decoded(host ? host[2] : file[1]);
  if (path === '') return null;
  return /^\/[A-Za-z]:[\\/]/.test(path) ? path.slice(1) : path;
};

const decoded = (text: string): string => {
  try {
    const plain = decodeURIComponent(text);
    return plain.includes('\0') ? text : plain;
  } catch {
    return text;
  }
};
