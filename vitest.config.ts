import { defineConfig } from 'vitest/config';

// Two cores are the smallest machine that is promised: two files at a time, each in its own process so that
// native sessions are let go of when a file is done.
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
