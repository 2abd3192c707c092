/**
 * Every language says everything that English says, with the same values in it and all plural forms that it has; every English text is used.
 * One line per problem.
 *
 *   node scripts/check-locales.mjs
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pluralForms } from '../renderer/ui/locales/format-message.ts';
import { languages } from '../renderer/ui/locales/languages.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @typedef {Record<string, Record<string, string>>} Texts texts by key, by file */

/** @param {string} folder @returns {Texts} */
const readTexts = (folder) =>
  existsSync(folder)
    ? Object.fromEntries(
        readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(path.join(folder, name), 'utf8'))]),
      )
    : {};

/** @param {string} text @returns {{ name: string, forms: string[] | null }[]} the values that a message takes, plural forms of each */
const valuesOf = (text) => {
  const values = [];
  let depth = 0;
  let open = 0;
  for (const [at, letter] of [...text].entries()) {
    if (letter === '{' && depth++ === 0) open = at;
    if (letter !== '}' || --depth !== 0) continue;
    const [name = '', kind, ...rest] = [...text]
      .slice(open + 1, at)
      .join('')
      .split(',');
    const forms = kind?.trim() === 'plural' ? pluralForms(rest.join(',')) : null;
    values.push({ name: name.trim(), forms: forms && [...forms.keys()] });
  }
  return values;
};

/**
 * @param {string} tag @param {Texts} english @param {Texts} own
 * @returns {string[]} what a language lacks or has too much
 */
export const languageProblems = (tag, english, own) => {
  const problems = [];
  const categories = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
  for (const [file, texts] of Object.entries(english)) {
    const theirs = own[file] ?? {};
    for (const [key, text] of Object.entries(texts)) {
      const translated = theirs[key];
      if (typeof translated !== 'string' || translated.trim() === '') {
        problems.push(`${tag}/${file}: ${key} is missing`);
        continue;
      }
      const names = (/** @type {string} */ of) => [...new Set(valuesOf(of).map(({ name }) => name))].sort().join(', ');
      if (names(text) !== names(translated))
        problems.push(
          `${tag}/${file}: ${key} takes ${names(translated) || 'no value'} instead of ${names(text) || 'none'}`,
        );
      for (const { forms } of valuesOf(translated)) {
        const lacking = forms ? categories.filter((category) => !forms.includes(category)) : [];
        if (lacking.length > 0) problems.push(`${tag}/${file}: ${key} lacks the plural form ${lacking.join(', ')}`);
      }
    }
    for (const key of Object.keys(theirs))
      if (!(key in texts)) problems.push(`${tag}/${file}: ${key} is in no English file`);
  }
  for (const file of Object.keys(own))
    if (!english[file]) problems.push(`${tag}/${file}: there is no such English file`);
  return problems;
};

/**
 * @param {string[]} keys @param {string} sources all of the window's and the desktop shell's code as one text
 * @returns {string[]} keys that no code names, neither whole nor as a template: `tool.${name}` names all that begin with tool.
 */
export const unusedKeys = (keys, sources) => {
  const templates = [...sources.matchAll(/`([a-z][a-z0-9.-]*)\$\{[^`]*`/g)].map((match) => match[1] ?? '');
  return keys.filter(
    (key) =>
      !sources.includes(`'${key}'`) &&
      !sources.includes(`"${key}"`) &&
      !templates.some((template) => template.includes('.') && key.startsWith(template)),
  );
};

/** @returns {string[]} */
const checkLocales = () => {
  const folder = path.join(root, 'renderer', 'ui', 'locales');
  const english = readTexts(path.join(folder, 'en'));
  const keys = Object.values(english).flatMap((texts) => Object.keys(texts));
  const twice = keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `en: ${key} stands in two files`);
  const codeOf = (/** @type {string} */ house) =>
    readdirSync(path.join(root, house), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|svelte)$/.test(name))
      .map((name) => readFileSync(path.join(root, house, name), 'utf8'));
  const code = ['renderer', 'electron'].flatMap(codeOf).join('\n');
  return [
    ...twice,
    ...languages.flatMap(({ tag }) => languageProblems(tag, english, readTexts(path.join(folder, tag)))),
    ...unusedKeys(keys, code).map((key) => `en: ${key} is used nowhere`),
  ];
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const problems = checkLocales();
  for (const problem of problems) console.error(problem);
  console.log(`locales: ${languages.length} languages, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
