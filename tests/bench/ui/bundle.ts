import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { builtEditor } from '../../support/browser.ts';

/** Kilobytes of 1000 bytes, gzipped. */
export type BundleSize = {
  /** Every script, style and page, whatever language is used. */
  all: number;
  /** What a window loads before it shows anything. */
  start: number;
};

const isCode = (name: string): boolean => /\.(js|css|html)$/.test(name);

export const measureBundle = (): BundleSize => {
  const folder = builtEditor();
  const kilobytes = (file: string): number =>
    gzipSync(readFileSync(path.join(folder, file)), { level: 9 }).length / 1000;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isCode);
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const first = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => file).filter(isCode);
  const sum = (names: string[]): number => names.reduce((total, name) => total + kilobytes(name), 0);
  return { all: sum(files), start: sum(['index.html', ...first]) };
};
