import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCache } from '../../engine/media/library/cache.ts';
import { readDamaged } from '../support/damaged-media.ts';

describe('450 damaged files of nine containers', () => {
  it('are facts or a sentence, in time, and leave nothing where it does not belong', async () => {
    const cache = openCache({ folder: mkdtempSync(join(tmpdir(), 'longtake-cache-')) });
    const here = readdirSync('.').length;
    try {
      const report = await readDamaged(cache, { each: 50, derived: 12, parallel: 4 });
      expect(report.problems).toEqual([]);
      expect(report.files).toBe(450);
      expect(report.accepted).toBeGreaterThan(50);
      expect(report.accepted).toBeLessThan(400);
      expect(report.refused).toBe(450 - report.accepted);
      // ffprobe has 20 s, however busy the machine is; what is derived is bounded by silence instead.
      expect(report.slowestLook.seconds).toBeLessThan(30);
      expect(report.slowestDerived.seconds).toBeLessThan(200);
      expect(readdirSync(join(cache.folder, 'unfinished'))).toEqual([]);
      expect(readdirSync('.')).toHaveLength(here);
    } finally {
      rmSync(cache.folder, { recursive: true, force: true });
    }
  });
});
