import path from 'node:path';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const here = import.meta.dirname;

/**
 * Programs of their own that the engine starts by their file (threads, child processes) become entries of the build, and their addresses
 * those of the built files.
 */
const startedFiles = (): Plugin => ({
  name: 'started-files',
  transform(code, id) {
    if (!id.endsWith('.ts')) return null;
    return code.replace(
      /new URL\(\s*(['"])(\.[^'"]+\.ts)\1,\s*import\.meta\.url,?\s*\)/g,
      (_all, _quote, relative: string) => {
        const started = path.resolve(path.dirname(id), relative);
        const fileName = `${path.relative(here, started).slice(0, -'.ts'.length).replaceAll(path.sep, '-')}.js`;
        this.emitFile({ type: 'chunk', id: started, fileName });
        // All that is built lies in one folder.
        return `new URL('./${fileName}', import.meta.url)`;
      },
    );
  },
});

/** In a package the engine lies outside of the archive, and has to say by itself that its files are modules. */
const ownPackage = (): Plugin => ({
  name: 'own-package',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "module" }\n' });
  },
});

/**
 * The engine's process of the desktop shell as JavaScript: whether Electron's Node strips types is said nowhere, and native packages stay what
 * npm brought.
 */
export default defineConfig({
  plugins: [startedFiles(), ownPackage()],
  build: {
    ...{ ssr: true, outDir: path.join(here, 'out', 'engine'), emptyOutDir: true, target: 'node24', minify: false },
    rollupOptions: {
      input: { process: path.join(here, 'electron', 'engine', 'process.ts') },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
