import { defineConfig } from 'vitest/config';

// Two cores are the smallest machine that is promised: two files at a time, each in its own process so that
// native sessions are let go of when a file is done.
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/support/own-data-folder.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A limit for what hangs, not a measure: a busy machine takes minutes for what an idle one does in seconds.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
