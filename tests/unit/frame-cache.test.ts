import { describe, expect, it } from 'vitest';
import type { Picture } from '../../renderer/playback/picture.ts';
import { createFrameCache } from '../../renderer/playback/sources/frame-cache.ts';

const picture = (bytes: number): Picture => ({
  ...{ width: 1, height: 1, bytes },
  pixels: { kind: 'rgba', data: new Uint8Array(4), premultiplied: true },
});

describe("the preview's frames", () => {
  it('are found from their time up to the next frame’s', () => {
    const cache = createFrameCache(100);
    const first = picture(1);
    const last = picture(1);
    cache.add('a', { from: 0, to: 0.04, picture: first });
    cache.add('a', { from: 0.04, to: Infinity, picture: last });
    expect(cache.find('a', 0)).toBe(first);
    expect(cache.find('a', 0.039)).toBe(first);
    expect(cache.find('a', 0.04)).toBe(last);
    expect(cache.find('a', 99)).toBe(last);
    expect(cache.find('a', -1)).toBeUndefined();
    expect(cache.find('b', 0)).toBeUndefined();
  });

  it('never take more than they may; what was used last stays', () => {
    const cache = createFrameCache(30);
    for (let i = 0; i < 3; i++) cache.add('a', { from: i, to: i + 1, picture: picture(10) });
    cache.find('a', 0);
    cache.add('a', { from: 3, to: 4, picture: picture(10) });
    expect(cache.bytes).toBe(30);
    expect(cache.find('a', 0)).toBeDefined();
    expect(cache.find('a', 1)).toBeUndefined();
    cache.add('b', { from: 0, to: 1, picture: picture(500) });
    expect(cache.find('b', 0)).toBeDefined();
    cache.forget('b');
    expect(cache.bytes).toBe(0);
  });
});
