import path from 'node:path';

/** A name that every system can write, without a way out of the folder. */
export const safeName = (given: string): string => {
  const base = given.split(/[/\\]/).at(-1) ?? '';
  const plain = base
    .toWellFormed()
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  const { name, ext } = path.parse(plain);
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(name) ? `_${name}` : name;
  return `${[...reserved].slice(0, 120).join('') || 'file'}${[...ext].slice(0, 16).join('')}`;
};
