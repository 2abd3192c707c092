import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPresets, exportSettingsSchema } from '../../engine/contract/export-settings.ts';
import type { ExportPreset, ExportSettingsInput } from '../../engine/contract/export-settings.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { createExportPace, exportPacesSchema } from '../../engine/server/export-pace.ts';
import { estimateBytes } from '../../engine/server/export-size.ts';
import { jsonFile } from '../../engine/server/json-file.ts';

const settings = (input: ExportSettingsInput) => exportSettingsSchema.parse(input);
const sequence = { width: 1920, height: 1080, frameRate: rational(25) };

/** Bytes that exports of the demo's three clips (1080p, 25 frames a second) came to, and of how many frames. */
const measured: Record<ExportPreset, [frames: number, bytes: number][]> = {
  web: [
    [113, 5_778_851],
    [113, 3_679_744],
    [113, 5_139_287],
  ],
  archive: [
    [113, 11_728_477],
    [113, 6_541_716],
    [48, 4_256_507],
  ],
  social: [
    [113, 4_152_631],
    [113, 3_777_809],
    [48, 1_199_798],
  ],
  draft: [
    [113, 1_869_285],
    [113, 1_539_161],
    [48, 692_566],
  ],
  editing: [
    [113, 110_633_570],
    [113, 110_193_282],
    [48, 45_296_466],
  ],
  same: [
    [113, 10_265_502],
    [113, 6_331_240],
    [48, 3_601_454],
  ],
};

describe('how large an export will be', () => {
  it.each(Object.keys(exportPresets) as ExportPreset[])('is near to what the demo’s clips came to as %s', (preset) => {
    const ratios = measured[preset].map(
      ([frames, bytes]) => estimateBytes(sequence, settings(exportPresets[preset]), frames) / bytes,
    );
    for (const ratio of ratios) expect(Math.abs(Math.log2(ratio))).toBeLessThan(Math.log2(1.6));
    const mean = 2 ** (ratios.reduce((sum, ratio) => sum + Math.log2(ratio), 0) / ratios.length);
    expect(Math.abs(Math.log2(mean))).toBeLessThan(Math.log2(1.2));
  });

  it('grows with length and quality, and is never nothing', () => {
    const size = (quality: number, frames: number) =>
      estimateBytes(sequence, settings({ codec: 'h264', quality }), frames);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 1e6 }), (quality, frames) => {
        expect(size(quality, frames)).toBeGreaterThan(size(quality + 1, frames));
        expect(size(quality, frames + 1)).toBeGreaterThan(size(quality, frames));
        expect(size(quality, frames)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('how long an export will take', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'longtake-pace-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const open = () => createExportPace(jsonFile(path.join(folder, 'pace.json'), exportPacesSchema, {}));
  const web = settings(exportPresets.web);

  it('is not known before a film was written, and then in proportion, also by another engine', async () => {
    const pace = open();
    expect(await pace.secondsFor(sequence, web, 100)).toBeNull();
    await pace.learn(sequence, web, { frames: 100, seconds: 20 });
    expect(await pace.secondsFor(sequence, web, 50)).toBeCloseTo(10, 6);
    const small = { ...web, size: { width: 960, height: 540 } };
    expect(await open().secondsFor(sequence, small, 100)).toBeCloseTo(5, 6);
    expect(await pace.secondsFor(sequence, settings(exportPresets.draft), 100)).toBeNull();
  });

  it('follows what is measured, but not the first busy moment', async () => {
    const pace = open();
    await pace.learn(sequence, web, { frames: 100, seconds: 60 });
    expect(await pace.secondsFor(sequence, web, 100)).toBeCloseTo(34, 6);
    // Too short to say anything, and what is copied says nothing of encoding.
    await pace.learn(sequence, web, { frames: 1, seconds: 1 });
    await pace.learn(sequence, { ...web, copyUntouched: true }, { frames: 100, seconds: 3 });
    expect(await pace.secondsFor(sequence, web, 100)).toBeCloseTo(34, 6);
    expect(await pace.secondsFor(sequence, { ...web, copyUntouched: true }, 100)).toBeNull();
  });
});
