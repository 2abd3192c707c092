export type MessageValues = Readonly<Record<string, string | number>>;

/** The end of the part in braces that begins at `open`. */
const closing = (text: string, open: number): number => {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  throw new SyntaxError(`message: a brace is open in "${text}"`);
};

/** `one {# clip} other {# clips}` by its category. */
export const pluralForms = (text: string): Map<string, string> => {
  const forms = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open < 0) break;
    const close = closing(text, open);
    forms.set(text.slice(at, open).trim(), text.slice(open + 1, close));
    at = close + 1;
  }
  return forms;
};

/**
 * A message with its values: `{name}` and `{count, plural, one {# clip} other {# clips}}`, where # is the number; categories are those of
 * the language (CLDR). Numbers are written as the language does.
 * @throws SyntaxError on a message that is none, RangeError when a value is missing
 */
export const formatMessage = (message: string, values: MessageValues, language: string): string => {
  let result = '';
  let at = 0;
  for (;;) {
    const open = message.indexOf('{', at);
    if (open < 0) return result + message.slice(at);
    const close = closing(message, open);
    const [name, kind, ...rest] = message.slice(open + 1, close).split(',');
    const value = values[name.trim()];
    if (value === undefined) throw new RangeError(`message: no value for ${name} in "${message}"`);
    const text = typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
    result += message.slice(at, open);
    if (kind?.trim() === 'plural') {
      const forms = pluralForms(rest.join(','));
      const form = forms.get(new Intl.PluralRules(language).select(Number(value))) ?? forms.get('other') ?? '';
      result += formatMessage(form.replaceAll('#', text), values, language);
    } else result += text;
    at = close + 1;
  }
};
