import { describe, expect, it } from 'vitest';
import { fileUrl, pathOfUrl } from '../../engine/render/interchange/file-url.ts';

describe('file URLs', () => {
  it.each([
    ['/films/a b/é#%.mov', 'file:///films/a%20b/%C3%A9%23%25.mov', '/films/a b/é#%.mov'],
    ['C:\\films\\a b.mov', 'file:///C:/films/a%20b.mov', 'C:/films/a b.mov'],
    ['/odd\\name.mov', 'file:///odd%5Cname.mov', '/odd\\name.mov'],
  ])('%s is written and read', (file, url, again) => {
    expect(fileUrl(file)).toBe(url);
    expect(pathOfUrl(url)).toBe(again);
  });

  it.each([
    ['file://localhost/a%20b.mov', '/a b.mov'],
    ['file:/a.mov', '/a.mov'],
    ['clips/a%20b.mov', 'clips/a b.mov'],
    ['clips/100%.mov', 'clips/100%.mov'],
    ['C:/a.mov', 'C:/a.mov'],
    ['a%00b.mov', 'a%00b.mov'],
  ])('%s of another program is read', (url, file) => expect(pathOfUrl(url)).toBe(file));

  it.each(['', 'http://x/a.mov', 'file://server/a.mov', 'concat:a|b', 'data:,a', 'a\0b'])('%j is no path here', (url) =>
    expect(pathOfUrl(url)).toBeNull(),
  );
});
