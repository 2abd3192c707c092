import path from 'node:path';
import { defineConfig } from 'electron-vite';

const here = import.meta.dirname;
const outDir = path.join(here, 'out', 'electron');

/**
 * Main and preload of the desktop shell. The window is built by vite.config.ts, for browser and desktop alike, and the engine's process by
 * engine.vite.config.ts, since it lies outside of a package's archive.
 */
export default defineConfig({
  main: {
    build: {
      ...{ outDir, emptyOutDir: false, target: 'node24', minify: false, externalizeDeps: { exclude: ['zod'] } },
      rollupOptions: {
        input: { main: path.join(here, 'electron', 'main.ts') },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      ...{ outDir, emptyOutDir: false, minify: false },
      rollupOptions: {
        input: { preload: path.join(here, 'electron', 'preload.ts') },
        // A sandboxed preload is no module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
});
