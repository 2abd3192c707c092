import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keyMaps } from '../../renderer/timeline/key-maps.ts';

const docs = path.join(import.meta.dirname, '..', '..', 'docs');
const manual = readFileSync(path.join(docs, 'manual.md'), 'utf8');

it('the manual has every picture that it shows, and shows every picture that it has', () => {
  const shown = [...manual.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file]) => file);
  expect(shown.filter((file) => !existsSync(path.join(docs, file)))).toEqual([]);
  const there = readdirSync(path.join(docs, 'pictures', 'manual')).map((name) => `pictures/manual/${name}`);
  expect(there.filter((file) => !shown.includes(file))).toEqual([]);
});

it('the manual names the keys that the tools have', () => {
  const keys = [...manual.matchAll(/^\| (\w+) \| ([A-Z]) \|/gm)].map(([, tool, key]) => [tool.toLowerCase(), key]);
  expect(keys).toHaveLength(7);
  const map: Readonly<Record<string, string>> = keyMaps.longtake;
  for (const [tool, key] of keys) expect(map[key], key).toBe(`tool.${tool}`);
});
