import { describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/test.mjs';
import { describeThirdParty, licenceProblems, packagesOf } from '../../scripts/third-party.mjs';

describe('the licence check', () => {
  const lock = {
    packages: {
      '': { name: 'longtake' },
      'node_modules/shipped': { version: '1.0.0', license: 'MIT' },
      'node_modules/either': { version: '1.0.0', license: '(MIT OR GPL-3.0)' },
      'node_modules/a/node_modules/tool': { version: '2.0.0', license: 'MPL-2.0', dev: true },
      'node_modules/ffmpeg-static': { version: '5.3.0', license: 'GPL-3.0-or-later' },
    },
  };

  it('reads packages and what is shipped from the lock file', () => {
    expect(packagesOf(lock).map(({ name, shipped }) => [name, shipped])).toEqual([
      ['either', true],
      ['ffmpeg-static', true],
      ['shipped', true],
      ['tool', false],
    ]);
  });

  it('lets pass what may be used, and ffmpeg as a program of its own', () => {
    expect(licenceProblems(packagesOf(lock))).toEqual([]);
    expect(describeThirdParty(packagesOf(lock))).toContain('resources/licences/ffmpeg.md');
  });

  it.each([
    [{ version: '1.0.0', license: 'GPL-3.0' }, 'GPL-3.0'],
    [{ version: '1.0.0', license: 'MPL-2.0' }, 'MPL-2.0'],
    [{ version: '1.0.0' }, 'unknown'],
    [{ version: '1.0.0', license: 'MIT AND SSPL-1.0' }, 'SSPL'],
    [{ version: '1.0.0', license: 'LGPL-3.0-or-later' }, 'LGPL'],
    [{ version: '1.0.0', license: 'OFL-1.1' }, 'OFL'],
  ])('stops a shipped package with %j', (entry, licence) => {
    const problems = licenceProblems(packagesOf({ packages: { ...lock.packages, 'node_modules/bad': entry } }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('bad 1.0.0');
    expect(problems[0]).toContain(licence);
  });
});

describe('the licence check of libraries and fonts', () => {
  const lock = {
    packages: {
      'node_modules/@img/sharp-libvips-linux-x64': { version: '1.3.4', license: 'LGPL-3.0-or-later' },
      'node_modules/@expo-google-fonts/noto-sans': { version: '0.4.2', license: 'MIT AND OFL-1.1' },
    },
  };

  it('lets the named shared library and the fonts through, and credits both', () => {
    const packages = packagesOf(lock);
    expect(licenceProblems(packages)).toEqual([]);
    const text = describeThirdParty(packages);
    expect(text).toContain('resources/licences/libvips.md');
    expect(text).toContain('resources/licences/OFL-1.1.txt');
    expect(text.split('## Fonts')[1].split('##')[0]).toContain('noto-sans');
  });
});

describe('the count of tests', () => {
  it('counts a file that could not be loaded as a failure', () => {
    const report = JSON.stringify({
      testResults: [
        { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'skipped' }] },
        { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
      ],
    });
    expect(countTests(report)).toEqual({ passed: 2, failed: 2, skipped: 1 });
  });
});
