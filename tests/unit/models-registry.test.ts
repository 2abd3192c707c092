import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder } from '../../engine/models/folders.ts';
import { packBytes, parseManifest } from '../../engine/models/manifest.ts';
import { externalLocations } from '../../engine/models/onnx-external-data.ts';
import { findPack, importPack, listPacks, openPack, removePack } from '../../engine/models/registry.ts';
import { onnxModel } from '../support/onnx-writer.ts';
import { digest, tinyGraphs, writeManifest, writeTinyPack } from '../support/tiny-pack.ts';

let root: string;
let folders: { embedded: string; user: string };
let source: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'longtake-models-'));
  folders = { embedded: join(root, 'resources'), user: join(root, 'data', 'models') };
  source = join(root, 'a pack');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Nothing that could be taken for a pack, nor any leftover of an import. */
const userFolderIsEmpty = (): boolean => !existsSync(folders.user) || readdirSync(folders.user).length === 0;
const refused = (words: RegExp) => ({ name: 'UserFacingError', code: 'model', message: expect.stringMatching(words) });

describe('registry', () => {
  it('imports, lists, opens and removes a pack', async () => {
    const written = writeTinyPack(source, 'tiny');
    writeFileSync(join(source, 'not-listed.bin'), 'left behind');
    const pack = await importPack(source, folders);
    expect(pack).toMatchObject({ origin: 'imported', folder: join(folders.user, 'tiny') });
    expect(readdirSync(folders.user)).toEqual(['tiny']);
    expect(readdirSync(pack.folder).sort()).toEqual([
      'MODEL_CARD.md',
      'decode.onnx',
      'decode.weights',
      'denoise.onnx',
      'denoise.weights',
      'encode.onnx',
      'encode.weights',
      'manifest.json',
      'refine.onnx',
      'refine.weights',
    ]);
    const progress: number[] = [];
    const opened = await openPack('tiny', folders, (done, total) => progress.push(done / total));
    expect(opened.manifest).toEqual(parseManifest(JSON.stringify(written), 'tiny'));
    expect(progress.at(-1)).toBe(1);
    expect(packBytes(opened.manifest)).toBe(
      readdirSync(source)
        .filter((f) => !['manifest.json', 'not-listed.bin'].includes(f))
        .reduce((n, f) => n + readFileSync(join(source, f)).length, 0),
    );
    await removePack('tiny', folders);
    expect(await listPacks(folders)).toEqual([]);
    await expect(findPack('tiny', folders)).rejects.toMatchObject(refused(/no model "tiny"/));
  });

  it('keeps the embedded pack: it is neither removed nor replaced', async () => {
    writeTinyPack(join(folders.embedded, 'own'), 'own');
    writeTinyPack(source, 'own');
    await expect(importPack(source, folders)).rejects.toMatchObject(refused(/ships with Longtake/));
    await expect(removePack('own', folders)).rejects.toMatchObject(refused(/ships with Longtake/));
    expect((await openPack('own', folders)).origin).toBe('embedded');
    writeTinyPack(source, 'other');
    await importPack(source, folders);
    await expect(importPack(source, folders)).rejects.toMatchObject(refused(/already imported/));
    expect((await listPacks(folders)).map((entry) => [entry.id, entry.origin])).toEqual([
      ['own', 'embedded'],
      ['other', 'imported'],
    ]);
  });

  it('lists a broken pack with its reason and removes it', async () => {
    mkdirSync(join(folders.user, 'broken'), { recursive: true });
    writeFileSync(join(folders.user, 'broken', 'manifest.json'), '{"format": 1,');
    writeTinyPack(join(folders.user, 'renamed'), 'tiny');
    const entries = await listPacks(folders);
    expect(entries.map((entry) => entry.problem?.message)).toEqual([
      expect.stringMatching(/not valid JSON/),
      expect.stringMatching(/holds another one/),
    ]);
    await expect(openPack('broken', folders)).rejects.toMatchObject(refused(/not valid JSON/));
    await removePack('broken', folders);
    expect(readdirSync(folders.user)).toEqual(['renamed']);
  });

  it('refuses an id that is no folder name', async () => {
    writeFileSync(join(root, 'precious'), 'x');
    await expect(removePack('../../precious', folders)).rejects.toMatchObject(refused(/no model/));
    await expect(removePack('..', folders)).rejects.toMatchObject(refused(/no model/));
    expect(existsSync(join(root, 'precious'))).toBe(true);
  });

  it('honours LONGTAKE_DATA', () => {
    const before = process.env.LONGTAKE_DATA;
    process.env.LONGTAKE_DATA = join(root, 'elsewhere');
    try {
      expect(dataFolder()).toBe(join(root, 'elsewhere'));
    } finally {
      if (before === undefined) delete process.env.LONGTAKE_DATA;
      else process.env.LONGTAKE_DATA = before;
    }
  });
});

describe('what is refused, on import and when opened, with nothing left behind', () => {
  type Manifest = ReturnType<typeof writeTinyPack>;
  const cases: [string, RegExp, (manifest: Manifest) => void][] = [
    [
      'a changed byte',
      /changed or damaged: denoise\.weights/,
      () => {
        const path = join(source, 'denoise.weights');
        const bytes = readFileSync(path);
        bytes[5] ^= 1;
        writeFileSync(path, bytes);
      },
    ],
    [
      'a half-copied file',
      /not complete: encode\.weights has \d+ bytes instead of \d+/,
      () => truncateSync(join(source, 'encode.weights'), 100),
    ],
    ['a missing file', /not complete: refine\.onnx is missing/, () => rmSync(join(source, 'refine.onnx'))],
    ['a missing manifest', /manifest\.json is missing/, () => rmSync(join(source, 'manifest.json'))],
    ['an unknown family', /family "wan"/, (m) => writeManifest(source, { ...m, family: 'wan' })],
    ['a newer format', /pack format 2/, (m) => writeManifest(source, { ...m, format: 2 })],
    [
      'an unknown required feature',
      /"tiled-attention"/,
      (m) => writeManifest(source, { ...m, features: { required: ['tiled-attention'] } }),
    ],
    ['a missing field', /wrong at latent/, (m) => writeManifest(source, { ...m, latent: undefined })],
    [
      'another latent shape',
      /wrong at latent\.channels/,
      (m) => writeManifest(source, { ...m, latent: { ...m.latent, channels: 16 } }),
    ],
    [
      'a schedule that rises',
      /wrong at schedule/,
      (m) => writeManifest(source, { ...m, schedule: { presets: { '4': [1, 0.2, 0.5, 0.1] }, temperature: 1 } }),
    ],
    [
      'a path that leaves the folder',
      /wrong at files\.0\.file/,
      (m) => writeManifest(source, { ...m, files: [{ ...m.files[0], file: '../outside' }] }),
    ],
    [
      'an absolute path',
      /wrong at files\.0\.file/,
      (m) => writeManifest(source, { ...m, files: [{ ...m.files[0], file: '/etc/hostname' }] }),
    ],
    [
      'a path of another system',
      /wrong at files\.0\.file/,
      (m) => writeManifest(source, { ...m, files: [{ ...m.files[0], file: '..\\outside' }] }),
    ],
    [
      'a link that leaves the folder',
      /outside its own folder/,
      () => {
        const card = readFileSync(join(source, 'MODEL_CARD.md'));
        writeFileSync(join(root, 'card'), card);
        rmSync(join(source, 'MODEL_CARD.md'));
        symlinkSync(join(root, 'card'), join(source, 'MODEL_CARD.md'));
      },
    ],
    [
      'a tensor outside its file',
      /tensor "gain" does not fit/,
      (m) => {
        m.graphs.denoise.weights.tensors[0].bytes = 4000;
        writeManifest(source, m);
      },
    ],
    [
      'a file listed twice with different contents',
      /listed twice/,
      (m) => {
        m.files.push({ file: 'Encode.onnx', sha256: '0'.repeat(64), bytes: 3 });
        writeManifest(source, m);
      },
    ],
    ['an id that is no folder name', /wrong at id/, (m) => writeManifest(source, { ...m, id: 'Tiny/..' })],
    [
      'a graph that reads a file which is not listed',
      /does not list: "secret\.bin" in encode\.onnx/,
      (m) => {
        const onnx = onnxModel({
          nodes: [{ op: 'Identity', inputs: ['w'], outputs: ['latents'] }],
          initialisers: [
            {
              name: 'w',
              type: 'float32',
              dims: [1],
              data: new Uint8Array(4),
              external: { location: 'secret.bin', offset: 0 },
            },
          ],
          inputs: [],
          outputs: [{ name: 'latents', type: 'float32', dims: [1] }],
        });
        writeFileSync(join(source, 'encode.onnx'), onnx);
        Object.assign(m.graphs.encode, digest(onnx));
        writeManifest(source, m);
      },
    ],
    [
      'a graph that is none',
      /refine\.onnx is not an ONNX graph/,
      (m) => {
        const text = Buffer.from('this is text, not a graph');
        writeFileSync(join(source, 'refine.onnx'), text);
        Object.assign(m.graphs.refine, digest(text));
        writeManifest(source, m);
      },
    ],
  ];

  it.each(cases)('%s', async (_name, words, spoil) => {
    spoil(writeTinyPack(source, 'tiny'));
    const failure = await importPack(source, folders).catch((error: unknown) => error);
    expect(failure).toMatchObject(refused(words));
    expect((failure as { remedy: string }).remedy.length).toBeGreaterThan(10);
    expect(userFolderIsEmpty()).toBe(true);
    cpSync(source, join(folders.user, 'tiny'), { recursive: true, verbatimSymlinks: true });
    await expect(openPack('tiny', folders)).rejects.toMatchObject({ name: 'UserFacingError', code: 'model' });
  });
});

describe('externalLocations', () => {
  it('finds the files that a graph reads, none in one that holds its weights itself', () => {
    expect([...externalLocations(tinyGraphs().denoise.onnx)]).toEqual(['denoise.weights']);
    const inline = onnxModel({
      nodes: [{ op: 'Identity', inputs: ['w'], outputs: ['y'] }],
      initialisers: [{ name: 'w', type: 'float32', dims: [2], data: new Uint8Array(8) }],
      inputs: [],
      outputs: [{ name: 'y', type: 'float32', dims: [2] }],
    });
    expect([...externalLocations(inline)]).toEqual([]);
    expect(() => externalLocations(inline.subarray(0, inline.length - 3))).toThrow();
  });
});
