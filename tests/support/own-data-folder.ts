/**
 * Every test file has a data folder of its own: two files run at once, and jobs of one user's data folder wait for each other. What a person
 * has there is neither read nor changed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'longtake-test-data-'));
process.env.LONGTAKE_DATA = folder;
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
