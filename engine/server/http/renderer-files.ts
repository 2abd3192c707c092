import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Resource } from '../resources.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** The built editor. Its files are listed once, so that no request can name anything else. */
export const rendererFiles = (folder: string): Map<string, Resource> => {
  const files = new Map<string, Resource>();
  // By names alone: of an archive of the desktop shell entries do not say in which folder they lie.
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = types[path.extname(name)];
    if (type === undefined) continue;
    const url = `/${name.split(path.sep).join('/')}`;
    // The bundler puts a hash of its content into the name of everything below assets/.
    files.set(url, { file: path.join(folder, name), type, fixed: url.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
};
