/** The Models screen's calls, with the pack that ships and copies of it. */
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import { checkout } from '../e2e/command-line.ts';
import { startHost } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

const embedded = path.join(checkout, 'resources/models/longtake-embedded');
let host: TestHost;
let client: EngineClient;

/** The pack under another id, below the folder that the host may read. */
const copyAs = (id: string): string => {
  const folder = path.join(host.root, id);
  cpSync(embedded, folder, { recursive: true });
  const file = path.join(folder, 'manifest.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), id }));
  return folder;
};

beforeAll(async () => {
  host = await startHost();
  client = host.client();
});
afterAll(async () => {
  await host.close();
  expect(host.faults).toEqual([]);
});

describe('models', () => {
  it('are listed with what they can do and what they need', async () => {
    const { models, broken } = await client.call('models.list', {});
    expect(broken).toEqual([]);
    expect(models).toMatchObject([
      { id: 'longtake-embedded', origin: 'embedded', tasks: ['animate', 'extend', 'fill', 'blend', 'inpaint'] },
    ]);
    expect(models[0].bytes).toBeLessThan(30e6);
    expect(models[0].steps).toContain(4);
    const { card, licence } = await client.call('models.papers', { id: 'longtake-embedded' });
    expect(card).toContain('#');
    // The pack names the licence of the whole program.
    expect(licence).toBe(readFileSync(path.join(checkout, 'LICENSE'), 'utf8'));
  });

  it('are imported, verified and removed', async () => {
    const source = copyAs('my-copy');
    const model = await client.call('models.import', { path: source });
    expect(model).toMatchObject({ id: 'my-copy', origin: 'imported' });
    expect((await client.call('models.verify', { id: 'my-copy' })).bytes).toBe(model.bytes);
    await expect(client.call('models.import', { path: source })).rejects.toMatchObject({ code: 'model' });
    await client.call('models.remove', { id: 'my-copy' });
    expect((await client.call('models.list', {})).models).toHaveLength(1);
  });

  it('that are damaged, foreign, out of reach or not theirs to remove are refused in words', async () => {
    const damaged = copyAs('damaged');
    appendFileSync(path.join(damaged, 'denoise.weights'), 'x');
    await expect(client.call('models.import', { path: damaged })).rejects.toMatchObject({ code: 'model' });
    await expect(client.call('models.import', { path: host.root })).rejects.toMatchObject({ code: 'model' });
    await expect(client.call('models.import', { path: embedded })).rejects.toMatchObject({ code: 'usage' });
    await expect(client.call('models.remove', { id: 'longtake-embedded' })).rejects.toMatchObject({ code: 'model' });
    await expect(client.call('models.papers', { id: '../longtake-embedded' })).rejects.toMatchObject({ code: 'model' });
    expect((await client.call('models.list', {})).models).toHaveLength(1);
  });

  it('are measured by really making frames, which can be cancelled', async () => {
    const speed = await client.call('models.measure', { id: 'longtake-embedded' });
    expect(speed.secondsPerFrame).toBeGreaterThan(0);
    expect(speed.peakMb).toBeGreaterThan(100);
    const abort = new AbortController();
    const cancelled = client.call('models.measure', { id: 'longtake-embedded' }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 500);
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });
});
