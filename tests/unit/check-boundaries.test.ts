import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { brokenRule, checkBoundaries, importsOf } from '../../scripts/check-boundaries.mjs';

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true, force: true })));

const houseWith = (files: Record<string, string>): string => {
  const root = mkdtempSync(path.join(tmpdir(), 'longtake-boundaries-'));
  roots.push(root);
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), source);
  }
  return root;
};

describe('the boundary script', () => {
  it('finds imports of every form', () => {
    const source = [
      "import { a } from './a.ts';",
      "import type { B } from '../frames/b.ts';",
      "import 'zod';",
      'import {\n  c,\n  d,\n} from "node:fs";',
      "export { e } from './e.ts';",
      "const f = await import('onnxruntime-node');",
      "const g = require('sharp');",
    ].join('\n');
    expect(importsOf(source)).toEqual([
      './a.ts',
      '../frames/b.ts',
      'zod',
      'node:fs',
      './e.ts',
      'onnxruntime-node',
      'sharp',
    ]);
  });

  it.each([
    ['engine/frames/warp.ts', '../contract/errors.ts'],
    ['engine/frames/warp.ts', './image.ts'],
    ['engine/media/sound/grow-sound.ts', '../probe.ts'],
    ['engine/tasks/extend.ts', '../diffusion/sampler.ts'],
    ['engine/runtime/sessions.ts', 'onnxruntime-node'],
    ['engine/contract/progress.ts', 'zod'],
    ['renderer/app.ts', '../engine/contract/progress.ts'],
    ['electron/main.ts', 'electron'],
    ['electron/texts.ts', '../renderer/ui/locales/cs/desktop.json'],
    ['electron/engine/process.ts', '../../engine/server/engine-host.ts'],
  ])('lets %s import %s', (file, specifier) => {
    expect(brokenRule(file, specifier)).toBeUndefined();
  });

  it.each([
    ['engine/frames/warp.ts', '../media/probe.ts', 'frames may import contract'],
    ['engine/contract/errors.ts', '../frames/image.ts', 'contract may import no other room'],
    ['engine/contract/errors.ts', 'node:fs', 'no Node'],
    ['engine/models/registry.ts', 'onnxruntime-node', 'only runtime'],
    ['engine/cli/extend.ts', '../tasks/extend.ts', 'cli may import'],
    ['engine/media/probe.ts', 'electron', 'not a package'],
    ['engine/attic/old.ts', './x.ts', 'not a room'],
    ['engine/media/probe.ts', '../../scripts/setup.mjs', 'nothing outside engine/'],
    ['renderer/app.ts', '../engine/media/probe.ts', 'only contract'],
    ['renderer/app.ts', 'node:fs', 'neither Node nor Electron'],
    ['electron/main.ts', '../engine/server/engine-host.ts', 'thin'],
    ['electron/main.ts', '../renderer/ui/toasts.svelte.ts', 'thin'],
    ['electron/main.ts', 'better-sqlite3', 'may import electron, zod'],
  ])('stops %s from importing %s', (file, specifier, rule) => {
    expect(brokenRule(file, specifier)).toContain(rule);
  });

  it('names the file, the import and the rule, and refuses files that grew too big', () => {
    const root = houseWith({
      'engine/frames/warp.ts': "import { probe } from '../media/probe.ts';\n",
      'engine/media/probe.ts': `export const probe = 1;\n// ${'x'.repeat(16_000)}\n`,
    });
    const { problems, files } = checkBoundaries(root);
    expect(files).toBe(2);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toBe('engine/frames/warp.ts: import "../media/probe.ts": frames may import contract');
    expect(problems[1]).toMatch(/^engine\/media\/probe\.ts: \d+ bytes/);
  });

  it('finds nothing to say about this checkout', () => {
    expect(checkBoundaries(path.resolve(import.meta.dirname, '../..')).problems).toEqual([]);
  });
});
