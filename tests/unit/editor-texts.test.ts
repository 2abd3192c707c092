import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clockOf, dayOf } from '../../renderer/library/moments.ts';
import { formatMessage } from '../../renderer/ui/locales/format-message.ts';
import { languages, nearestLanguage } from '../../renderer/ui/locales/languages.ts';
import { languageProblems, unusedKeys } from '../../scripts/check-locales.mjs';

describe('texts of the editor', () => {
  it('fill in values and plural forms as the language has them', () => {
    expect(formatMessage('Take {name} off', { name: 'A {b}' }, 'en')).toBe('Take A {b} off');
    const clips = '{count, plural, one {# clip} other {# clips}} of {total}';
    expect(formatMessage(clips, { count: 1, total: 12345 }, 'en')).toBe('1 clip of 12,345');
    expect(formatMessage(clips, { count: 0, total: 2 }, 'en')).toBe('0 clips of 2');
    const czech = '{count, plural, one {# klip} few {# klipy} many {# klipu} other {# klipů}}';
    expect([1, 3, 5].map((count) => formatMessage(czech, { count }, 'cs'))).toEqual(['1 klip', '3 klipy', '5 klipů']);
  });

  it('say what is wrong with a message', () => {
    expect(() => formatMessage('{name} is here', {}, 'en')).toThrow(RangeError);
    expect(() => formatMessage('open {brace', { brace: 1 }, 'en')).toThrow(SyntaxError);
  });

  it('are chosen by the nearest language', () => {
    expect(nearestLanguage(['xx', 'en-GB'])).toBe('en');
    expect(nearestLanguage([])).toBe('en');
    expect(['zh-TW', 'zh-HK', 'cs-CZ', 'ar-EG', 'vi'].map((tag) => nearestLanguage([tag]))).toEqual([
      'zh-Hant',
      'zh-Hant',
      'cs',
      'ar',
      'vi',
    ]);
    expect(nearestLanguage(['zh-CN'])).toBe('en');
  });

  it.each(languages.map(({ tag }) => tag))('say everything in %s, with the same values', (tag) => {
    const textsOf = (language: string): Record<string, Record<string, string>> => {
      const folder = new URL(`../../renderer/ui/locales/${language}/`, import.meta.url);
      return Object.fromEntries(
        readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]),
      );
    };
    expect(languageProblems(tag, textsOf('en'), textsOf(tag))).toEqual([]);
  });

  it('are checked for what a language lacks', () => {
    const english = { 'a.json': { 'a.one': 'One {x}', 'a.many': '{n, plural, one {#} other {#}}' } };
    expect(languageProblems('en', english, english)).toEqual([]);
    const arabic = {
      'a.json': { 'a.one': 'واحد', 'a.many': '{n, plural, one {#} other {#}}', 'a.more': 'x' },
      'b.json': {},
    };
    expect(languageProblems('ar', english, arabic)).toEqual([
      'ar/a.json: a.one takes no value instead of x',
      'ar/a.json: a.many lacks the plural form zero, two, few, many',
      'ar/a.json: a.more is in no English file',
      'ar/b.json: there is no such English file',
    ]);
    expect(languageProblems('cs', english, {})).toEqual([
      'cs/a.json: a.one is missing',
      'cs/a.json: a.many is missing',
    ]);
    expect(unusedKeys(['a.one', 'a.two', 'tool.cut'], "t('a.one'); t(`tool.${name}`)")).toEqual(['a.two']);
  });

  it('tell when and how long', () => {
    const now = new Date(2026, 10, 25, 9);
    expect(dayOf(new Date(2026, 10, 25, 1), now, 'en')).toBe('today');
    expect(dayOf(new Date(2026, 10, 24, 23), now, 'en')).toBe('yesterday');
    expect(dayOf(new Date(2026, 10, 14), now, 'en')).toBe('Nov 14');
    expect(dayOf(new Date(2025, 10, 14), now, 'en')).toBe('Nov 14, 2025');
    expect([0, 31, 124.4, 3723].map(clockOf)).toEqual(['0:00', '0:31', '2:04', '1:02:03']);
  });
});

describe('colours of the editor', () => {
  const css = readFileSync(new URL('../../renderer/ui/styles/tokens.css', import.meta.url), 'utf8');
  const block = (selector: string): Record<string, string> => {
    const at = css.indexOf(`${selector} {`);
    const body = css.slice(at, css.indexOf('}', at));
    return Object.fromEntries(
      [...body.matchAll(/(--[a-z0-9-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
    );
  };
  const dark = block(':root');
  const light = { ...dark, ...block(":root[data-theme='light']") };
  const more = block(":root[data-contrast='more']");
  const themes = {
    dark,
    light,
    'dark, more contrast': { ...dark, ...more },
    'light, more contrast': { ...light, ...more, ...block(":root[data-theme='light'][data-contrast='more']") },
  };

  /** WCAG 2.2. */
  const luminance = (colour: string): number => {
    const [r, g, b] = [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string): number => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };

  it.each(Object.entries(themes))('can be read in the %s theme', (_, colours) => {
    const panels = ['--bg-app', '--bg-panel', '--bg-raised'];
    const controls = [...panels, '--bg-control', '--bg-hover'];
    const pairs = [
      ...['--text', '--text-2'].flatMap((text) => controls.map((ground) => [text, ground, 4.5])),
      ...['--text-3', '--grown', '--good', '--warn', '--bad'].flatMap((text) =>
        panels.map((ground) => [text, ground, 4.5]),
      ),
      ['--accent-ink', '--accent', 4.5],
      ['--grown-ink', '--grown', 4.5],
      ...['video', 'still', 'audio', 'title', 'offline'].map((kind) => ['--clip-ink', `--clip-${kind}`, 4.5]),
      ...controls.map((ground) => ['--focus', ground, 3]),
      ...panels.map((ground) => ['--playhead', ground, 3]),
    ] as [string, string, number][];
    const faint = pairs.filter(([text, ground, least]) => contrast(colours[text], colours[ground]) < least);
    expect(
      faint.map(([text, ground]) => `${text} on ${ground}: ${contrast(colours[text], colours[ground]).toFixed(2)}`),
    ).toEqual([]);
  });
});
