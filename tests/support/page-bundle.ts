import path from 'node:path';
import { build } from 'vite';

/** A module of tests/support/ with all that it imports, as a script that sets the global `name`. */
export const pageBundle = async (file: string, name: string): Promise<string> => {
  const result = await build({
    ...{ configFile: false, logLevel: 'error', root: path.join(import.meta.dirname, '..', '..') },
    build: {
      ...{ write: false, minify: false, target: 'chrome140' },
      lib: { entry: path.join(import.meta.dirname, file), formats: ['iife'], name, fileName: name },
    },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (!('output' in bundle)) throw new Error('no bundle');
  return bundle.output[0].code;
};
