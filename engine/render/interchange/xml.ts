export type Xml = { name: string; attributes: Record<string, string | undefined>; children: (Xml | string)[] };

/** An element; attributes that are undefined are left out. */
export const element = (
  name: string,
  attributes: Record<string, string | undefined> = {},
  children: (Xml | string)[] = [],
): Xml => ({ name, attributes, children });

/** What no XML 1.0 text may hold, not even escaped: control characters and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex -- these are exactly the characters that are looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
};

const escaped = (text: string): string => text.replace(forbidden, '').replace(/[&<>"\n\t\r]/g, (sign) => escapes[sign]);

const lines = ({ name, attributes, children }: Xml, indent: string): string => {
  const words = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escaped(value)}"`,
  );
  const open = `${indent}<${name}${words.join('')}`;
  if (children.length === 0) return `${open}/>\n`;
  // Text stands close to its tags: white space would belong to it.
  if (children.every((child) => typeof child === 'string'))
    return `${open}>${children.map(escaped).join('')}</${name}>\n`;
  const inner = children.map((child) => (typeof child === 'string' ? escaped(child) : lines(child, `${indent}  `)));
  return `${open}>\n${inner.join('')}${indent}</${name}>\n`;
};

/** @param doctype the name of the document's type */
export const xmlText = (root: Xml, doctype: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ${doctype}>\n${lines(root, '')}`;
