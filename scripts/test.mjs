/**
 * Everything that a change must pass, on a fresh checkout too: set-up, style, boundaries, types, licences, tests.
 * Each check counts as one; the last line is `N passed, M failed`.
 *
 *   npm test                 everything
 *   npm test -- tests/unit   only the tests below these paths (the checks run all the same)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { localNode, root, setUp } from './setup.mjs';

const bin = (/** @type {string[]} */ ...parts) => path.join(root, 'node_modules', ...parts);

/** @param {string[]} args of the Node that npm brought @returns {boolean} */
const run = (args) => spawnSync(localNode, args, { cwd: root, stdio: 'inherit' }).status === 0;

const checks = /** @type {[string, string[]][]} */ ([
  ['eslint', [bin('eslint', 'bin', 'eslint.js'), '.']],
  ['prettier', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.']],
  ['boundaries', [path.join(root, 'scripts', 'check-boundaries.mjs')]],
  ['types', [bin('typescript', 'bin', 'tsc'), '--noEmit']],
  // Once more without the browser's types, which the tests of the window need and the engine must not lean on.
  ['engine types', [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', path.join(root, 'engine')]],
  [
    'editor types',
    [
      bin('svelte-check', 'bin', 'svelte-check'),
      '--tsconfig',
      'renderer/tsconfig.json',
      '--fail-on-warnings',
      '--threshold',
      'warning',
    ],
  ],
  ['locales', [path.join(root, 'scripts', 'check-locales.mjs')]],
  ['licences', [path.join(root, 'scripts', 'third-party.mjs'), '--check']],
]);

/**
 * @param {string} report vitest's JSON
 * @returns {{ passed: number, failed: number, skipped: number }} a file that could not be loaded counts as one failure
 */
export const countTests = (report) => {
  const { testResults } = JSON.parse(report);
  let [passed, failed, skipped] = [0, 0, 0];
  for (const { status, assertionResults } of testResults) {
    const of = (/** @type {string} */ wanted) =>
      assertionResults.filter((/** @type {any} */ test) => test.status === wanted).length;
    passed += of('passed');
    failed += of('failed');
    skipped += of('skipped') + of('pending') + of('todo');
    if (status === 'failed' && of('failed') === 0) failed += 1;
  }
  return { passed, failed, skipped };
};

const main = async () => {
  if (!(await setUp({ tests: true }))) {
    console.log('0 passed, 1 failed');
    return false;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, args] of checks) {
    console.log(`check: ${name}`);
    if (run(args)) counts.passed += 1;
    else {
      console.log(`check: ${name} FAILED`);
      counts.failed += 1;
    }
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'longtake-test-'));
  try {
    const file = path.join(folder, 'report.json');
    const vitest = [
      bin('vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ];
    const ok = run([...vitest, ...process.argv.slice(2)]);
    const tests = countTests(readFileSync(file, 'utf8'));
    counts.passed += tests.passed;
    counts.failed += tests.failed;
    counts.skipped += tests.skipped;
    // Errors outside any test fail the run without failing a test.
    if (!ok && tests.failed === 0) counts.failed += 1;
  } catch (error) {
    console.error(error);
    counts.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0;
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  process.exitCode = (await main()) ? 0 : 1;
}
