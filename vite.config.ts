import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const renderer = path.join(import.meta.dirname, 'renderer');

export default defineConfig({
  root: renderer,
  // Served from the root of an http origin or of a scheme of the desktop shell.
  base: './',
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  build: {
    outDir: path.join(import.meta.dirname, 'out', 'renderer'),
    emptyOutDir: true,
    // Electron 45 and every browser with WebCodecs as we use it.
    target: 'chrome140',
    // The content security policy knows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
