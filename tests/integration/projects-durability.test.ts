import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../support/folders.ts';
import { killAgainAndAgain } from '../support/kills.ts';

const newFolder = temporaryFolders();

describe('a process killed while it edits', () => {
  it('loses no edit that it had acknowledged, 50 times', async () => {
    const report = await killAgainAndAgain(newFolder(), 50, 1);
    expect(report.problems).toEqual([]);
    expect(report.kills).toBe(50);
    expect(report.acknowledged).toBeGreaterThan(500);
  });
});
