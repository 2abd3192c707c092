import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPresets, exportSettingsSchema } from '../../engine/contract/export-settings.ts';
import type { ExportSettingsInput } from '../../engine/contract/export-settings.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { createExportPace, exportPacesSchema } from '../../engine/server/export-pace.ts';
import { jsonFile } from '../../engine/server/json-file.ts';

const settings = (input: ExportSettingsInput) => exportSettingsSchema.parse(input);
const sequence = { width: 1920, height: 1080, frameRate: rational(25) };

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
