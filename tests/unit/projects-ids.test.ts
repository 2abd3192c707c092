import { describe, expect, it, vi } from 'vitest';
import { idSchema } from '../../engine/contract/timeline/media.ts';
import { newId } from '../../engine/projects/ids.ts';

describe('ids', () => {
  it('are UUIDv7, distinct and in the order of their making, many within a millisecond', () => {
    const ids = Array.from({ length: 20_000 }, newId);
    expect(ids.every((id) => idSchema.safeParse(id).success)).toBe(true);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('go on in order when the clock is set back', () => {
    const before = newId();
    vi.useFakeTimers({ now: Date.now() - 3_600_000 });
    try {
      expect(newId() > before).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('start with the time', () => {
    vi.useFakeTimers({ now: Date.now() + 1_000_000 });
    try {
      const id = newId();
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.now());
    } finally {
      vi.useRealTimers();
    }
  });
});
