import { describe, expect, it } from 'vitest';
import { keyMaps } from '../../renderer/timeline/key-maps.ts';
import { keyName } from '../../renderer/timeline/keys.ts';
import { pressOf } from '../../renderer/ui/menu-keys.ts';
import { viewerKeys } from '../../renderer/viewer/viewer-keys.ts';

describe("a menu's key", () => {
  const names = [viewerKeys, ...Object.values(keyMaps)].flatMap((map) => Object.keys(map));

  it.each([...new Set(names)])('%j is pressed as it is written', (name) => {
    expect(keyName({ ...pressOf(name), metaKey: false })).toBe(name);
  });
});
