import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { factsOf } from './clips.ts';
import { checkout } from './command-line.ts';

describe.skipIf(process.platform === 'win32')('docs/projects.md', () => {
  it('has a script that runs as it stands and makes the film that is promised', async () => {
    const text = readFileSync(path.join(checkout, 'docs/projects.md'), 'utf8');
    const [, script = ''] = /```sh\n(set -e\n[\s\S]*?)```/.exec(text) ?? [];
    const frames = Number(/The result has (\d+) frames/.exec(text)?.[1]);
    const folder = mkdtempSync(path.join(tmpdir(), 'longtake-docs-'));
    try {
      // Only the checkout's place is filled in, so that nothing is written there.
      const placed = script
        .replaceAll('./longtake', `"${checkout}/longtake"`)
        .replaceAll('resources/demo', `${checkout}/resources/demo`);
      const { stdout } = await promisify(execFile)('sh', ['-c', placed], { cwd: folder });
      expect(stdout).toContain(`sequence "film"  960x540, 24 fps, ${frames} frames`);
      expect(factsOf(path.join(folder, 'film.mp4')).frames).toBe(frames);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
