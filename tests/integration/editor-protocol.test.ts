import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calls } from '../../engine/contract/protocol/calls.ts';
import type { CallName } from '../../engine/contract/protocol/calls.ts';
import type { OpenedProject } from '../../engine/contract/protocol/project.ts';
import { documentOfSnapshot } from '../../engine/contract/protocol/snapshot.ts';
import type { Snapshot } from '../../engine/contract/protocol/snapshot.ts';
import { projectTopic, versionsTopic } from '../../engine/contract/protocol/topics.ts';
import type { ProjectEvent, VersionsEvent } from '../../engine/contract/protocol/topics.ts';
import { documentUrl } from '../../engine/contract/protocol/urls.ts';
import { canonicalJson } from '../../engine/contract/timeline/canonical-json.ts';
import { plainTitle } from '../../engine/contract/timeline/plain-title.ts';
import { openProject } from '../../engine/projects/project.ts';
import { connectEngine } from '../../renderer/document/engine-client.ts';
import { EngineRefusal } from '../../renderer/document/engine-refusal.ts';
import { openProjectStore } from '../../renderer/document/project-store.ts';
import type { ProjectStore } from '../../renderer/document/project-store.ts';
import { startHost, until } from '../support/editor-host.ts';
import type { TestHost } from '../support/editor-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(async () => {
  await host.close();
  expect(host.faults).toEqual([]);
});

const readJson = async (url: string): Promise<unknown> => (await host.fetch(url)).json();

const openStore = async (
  opened?: OpenedProject,
  client = host.client(),
): Promise<{ store: ProjectStore; opened: OpenedProject; client: ReturnType<TestHost['client']> }> => {
  const own = opened ?? (await client.call('project.create', {}));
  return { store: await openProjectStore({ client, opened: own, readJson }), opened: own, client };
};

const addBin = (name: string) => ['add-bin', { name }] as const;
const binNames = (store: ProjectStore): string[] =>
  Array.from(store.get().shown.bins.values(), ({ name }) => name).sort();

describe('a window and the engine', () => {
  it('greets, answers, and refuses what is no call', async () => {
    const client = host.client();
    expect(await client.call('session.info', {})).toMatchObject({ host: 'browser', version: '0.0.0', demo: false });
    await expect(client.call('project.nothing' as never, {} as never)).rejects.toMatchObject({
      message: 'There is no call "project.nothing".',
    });
  });

  it('sends a window of another version away in words', async () => {
    const port = await host.openPort();
    const said: string[] = [];
    port.onMessage((text) => said.push(text));
    const closed = new Promise<void>((resolve) => port.onClose(resolve));
    port.send(JSON.stringify({ hello: 'old window', protocol: 99 }));
    await closed;
    expect(JSON.parse(said[0]).error.message).toContain('version 99 of the protocol');
  });

  it('tells the client why it is refused, and does not try again', async () => {
    let opened = 0;
    const client = connectEngine({
      openPort: async () => {
        opened += 1;
        const port = await host.openPort();
        return { ...port, send: (text) => port.send(text.replace('"protocol":1', '"protocol":2')) };
      },
      delay: () => 1,
    });
    await expect(client.call('session.info', {})).rejects.toThrow(EngineRefusal);
    expect([client.status(), opened]).toEqual(['refused', 1]);
    client.close();
  });

  it.each([
    'nonsense',
    '[]',
    'null',
    '{"id":1}',
    '{"id":-1,"call":"x","input":{}}',
    '{"id":1,"call":"session.info","input":{}}',
  ])('ends the connection on %s', async (text) => {
    const port = await host.openPort();
    const said: string[] = [];
    port.onMessage((each) => said.push(each));
    const closed = new Promise<void>((resolve) => port.onClose(resolve));
    port.send(text);
    await closed;
    expect(JSON.parse(said[0]).error.code).toBe('usage');
  });

  it('ends the connection on a message of more than 1 MiB', async () => {
    const port = await host.openPort();
    const closed = new Promise<void>((resolve) => port.onClose(resolve));
    port.send(JSON.stringify({ hello: 'x', protocol: 1, much: 'x'.repeat(1024 * 1024) }));
    await closed;
  });

  it.each(Object.keys(calls) as CallName[])('refuses malformed input of %s and goes on', async (name) => {
    const client = host.client();
    const bad: unknown[] = [null, 7, 'text', [], { surprise: true }, { project: '../../etc/passwd' }];
    bad.push({ project: 'A'.repeat(22), path: 'a\0b', surprise: {} }, { path: 5, project: {}, values: [] });
    for (const input of bad) {
      await expect(client.call(name, input as never)).rejects.toMatchObject({ code: 'usage' });
    }
    expect(await client.call('session.recent', {})).toHaveProperty('projects');
    client.close();
    expect(host.faults).toEqual([]);
  });

  it('cancels a call', async () => {
    const client = host.client();
    const abort = new AbortController();
    const asked = client.call('session.doctor', {}, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('a project in a window', () => {
  it('is made, edited, undone and redone, and every window sees it', async () => {
    const { store, opened } = await openStore();
    const other = await openStore(
      await host
        .client()
        .call('project.open', { path: opened.path })
        .then((result) => (result.outcome === 'opened' ? result.opened : opened)),
    );
    expect(other.opened.project).toBe(opened.project);
    // The first sequence is what the project begins with: undo does not take it away.
    expect([store.get().document.sequences.size, store.get().state]).toEqual([
      1,
      { revision: 0, undo: null, redo: null },
    ]);
    await store.edit(...addBin('Day one'));
    expect([binNames(store), store.get().state.undo]).toEqual([['Day one'], 'add-bin']);
    await until(() => binNames(other.store).length === 1, 'the event in the other window');
    await other.store.undo();
    expect(binNames(other.store)).toEqual([]);
    await until(() => binNames(store).length === 0, 'the undo in the first window');
    await store.redo();
    expect(binNames(store)).toEqual(['Day one']);
    expect(canonicalJson(store.get().document)).toBe(
      canonicalJson(documentOfSnapshot((await readJson(documentUrl(opened.project))) as Snapshot)),
    );
    await store.close();
    await other.store.close();
    const onDisk = await openProject(opened.path, { mode: 'read' });
    expect(canonicalJson(onDisk.document())).toBe(canonicalJson(store.get().document));
    await onDisk.close();
  });

  it('shows a gesture without asking, and takes it back', async () => {
    const { store, opened, client } = await openStore();
    store.preview(...addBin('On its way'));
    expect([binNames(store), store.get().document.bins.size]).toEqual([['On its way'], 0]);
    expect((await client.call('project.state', { project: opened.project })).revision).toBe(opened.state.revision);
    store.endPreview();
    expect(binNames(store)).toEqual([]);
    store.preview(...addBin('Dropped'));
    const seen: number[] = [];
    const stop = store.subscribe((view) => seen.push(view.shown.bins.size));
    await store.edit(...addBin('Dropped'));
    stop();
    // Never a moment without it between the gesture and the engine's own.
    expect(new Set(seen)).toEqual(new Set([1]));
    expect(() => store.preview('rename-bin', { id: 'nobody', name: 'x' } as never)).toThrow();
  });

  it('shows edits ahead of the engine, in their order, and takes back the one that is refused', async () => {
    const client = host.client();
    let refusing = false;
    const refused = new EngineRefusal({ code: 'usage', message: 'It may not be.', remedy: 'Leave it.' });
    const call: typeof client.call = (name, ...words) =>
      refusing && name === 'project.edit' ? Promise.reject(refused) : client.call(name, ...words);
    const { store } = await openStore(undefined, { ...client, call });
    const made = store.edit(...addBin('First'), { ahead: true });
    // Its id is the engine's to give.
    expect(binNames(store)).toEqual([]);
    await made;
    const [{ id }] = store.get().document.bins.values();
    const rename = (name: string): Promise<void> => store.edit('rename-bin', { id, name }, { ahead: true });
    const seen: string[][] = [];
    const stop = store.subscribe(() => seen.push(binNames(store)));
    const renamed = [rename('Second'), rename('Third')];
    expect([binNames(store), store.get().document.bins.get(id)?.name]).toEqual([['Third'], 'First']);
    await Promise.all(renamed);
    stop();
    expect([...new Set(seen.map(([name]) => name))]).toEqual(['First', 'Second', 'Third']);
    expect(store.get().shown).toBe(store.get().document);
    refusing = true;
    const vain = rename('Never');
    expect(binNames(store)).toEqual(['Never']);
    await expect(vain).rejects.toBe(refused);
    expect(binNames(store)).toEqual(['Third']);
    expect(store.get().shown).toBe(store.get().document);
    // What cannot be here either is not shown, and the engine says why.
    refusing = false;
    const nobody = store.edit('rename-bin', { id: crypto.randomUUID(), name: 'x' }, { ahead: true });
    expect(store.get().shown).toBe(store.get().document);
    await expect(nobody).rejects.toThrow(EngineRefusal);
  });

  it('refuses what cannot be in the words of the operation, and stays as it was', async () => {
    const { store } = await openStore();
    const before = store.get().document;
    await expect(store.edit('blade', { clipIds: [] } as never)).rejects.toMatchObject({ reason: 'bad-input' });
    await expect(store.edit('nothing' as never, {} as never)).rejects.toThrow(EngineRefusal);
    expect(store.get().document).toBe(before);
    expect(store.get().pending).toBe(0);
  });

  it('answers a repeated edit once, also for another connection', async () => {
    const { client, opened } = await openStore();
    const edit = {
      ...{ project: opened.project, opId: 'once', name: 'add-bin', input: { name: 'One' } },
      baseRevision: opened.state.revision,
    };
    const first = await client.call('project.edit', edit);
    expect(await host.client().call('project.edit', edit)).toEqual(first);
    expect((await client.call('project.history', { project: opened.project })).steps).toHaveLength(1);
  });

  it('keeps versions, restores them as an undo step and saves copies', async () => {
    const { store, client, opened } = await openStore();
    const { project } = opened;
    const saved = await client.call('project.saveVersion', { project, name: 'Rough cut' });
    await store.edit(...addBin('Later'));
    await client.call('project.restoreVersion', { project, version: saved.id, opId: 'restore' });
    await until(() => binNames(store).length === 0, 'the restored document');
    expect((await client.call('project.versions', { project })).versions.map(({ name }) => name)).toContain(
      'Rough cut',
    );
    await store.undo();
    expect(binNames(store)).toEqual(['Later']);
    await client.call('project.removeVersion', { project, version: saved.id });
    const path = opened.path.replace('.longtake', ' copy.longtake');
    await client.call('project.saveCopy', { project, path });
    const copy = await client.call('project.open', { path, readOnly: true });
    expect(copy.outcome === 'opened' && copy.opened.readOnly).toBeTruthy();
  });

  it('tells other windows that a version was saved or removed', async () => {
    const { client, opened } = await openStore();
    const { project } = opened;
    const other = host.client();
    await other.call('project.state', { project });
    const told: VersionsEvent[] = [];
    other.listen(versionsTopic(project), { event: (event: VersionsEvent) => told.push(event) });
    const { id } = await other.call('project.saveVersion', { project, name: 'Mine' });
    await until(() => told.length === 1, 'the first word');
    await client.call('project.removeVersion', { project, version: id });
    await until(() => told.length === 2, 'the second word');
    expect(told).toEqual([
      { version: id, was: 'saved' },
      { version: id, was: 'removed' },
    ]);
  });

  it('takes a project away that nothing was done with, and no other', async () => {
    const { client, opened } = await openStore();
    const { project, path } = opened;
    mkdirSync(path.replace('.longtake', ' media'));
    const other = host.client();
    await other.call('project.state', { project });
    await expect(client.call('project.discard', { project })).rejects.toMatchObject({ code: 'usage' });
    await other.call('project.close', { project });
    await client.call('project.discard', { project });
    await until(() => !existsSync(dirname(path)), 'the end of its folder');
    const { projects } = await client.call('session.recent', {});
    expect(projects.map((recent) => recent.path)).not.toContain(path);

    const used = await openStore();
    await used.client.call('generate.list', { project: used.opened.project });
    const { sequences, tracks } = used.store.get().document;
    const [sequenceId] = sequences.keys();
    const [track] = [...tracks.values()].filter(({ kind }) => kind === 'video');
    const title = plainTitle('Words');
    await used.store.edit('append', {
      ...{ sequenceId, source: { title, duration: 10 }, videoTrackId: track.id, audioTrackId: null },
    });
    await expect(used.client.call('project.discard', { project: used.opened.project })).rejects.toMatchObject({
      code: 'usage',
    });
    // Nor one that was put where somebody wanted it.
    const chosen = await client.call('project.create', { path: join(host.root, 'wanted.longtake') });
    await expect(client.call('project.discard', { project: chosen.project })).rejects.toMatchObject({ code: 'usage' });
    expect([existsSync(used.opened.path), existsSync(chosen.path)]).toEqual([true, true]);
  });

  it('tells an edit that fills more than a message by a snapshot', async () => {
    const { store, client, opened } = await openStore();
    const { project } = opened;
    const heard: string[] = [];
    const { client: other } = await openStore(opened);
    other.listen(projectTopic(project), { event: (event: ProjectEvent) => heard.push(event.type) });
    const operations = Array.from({ length: 1500 }, (_, i) => ({
      op: 'add-bin',
      input: { name: `${i} ${'x'.repeat(400)}` },
    }));
    await store.edit('batch', { operations });
    await store.edit('batch', { operations });
    const full = await client.call('project.saveVersion', { project, name: 'Full' });
    await store.undo();
    await store.undo();
    await client.call('project.restoreVersion', { project, version: full.id, opId: 'all' });
    await until(() => store.get().shown.bins.size === 3000, 'the snapshot');
    expect(heard).toEqual(['changed', 'changed', 'changed', 'changed', 'replaced']);
    await expect(store.edit('batch', { operations: [...operations, ...operations] })).rejects.toMatchObject({
      message: 'This is too much for one step.',
    });
  });
});

describe('a connection that breaks', () => {
  it('goes on where it was: nothing is missed and nothing told twice', async () => {
    let drop = (): void => undefined;
    const client = connectEngine({
      openPort: async () => {
        const port = await host.openPort();
        drop = port.drop;
        return port;
      },
      delay: () => 50,
    });
    const { store, opened } = await openStore(undefined, client);
    const { store: other } = await openStore(opened);
    const revisions: number[] = [];
    store.subscribe(({ state }) => {
      if (revisions.at(-1) !== state.revision) revisions.push(state.revision);
    });
    await other.edit(...addBin('Before'));
    await until(() => binNames(store).length === 1, 'the first event');
    drop();
    await other.edit(...addBin('Meanwhile'));
    await until(() => binNames(store).length === 2, 'the event after the reconnect');
    await until(() => !store.get().stale, 'the connection');
    const { revision } = opened.state;
    expect(revisions).toEqual([revision, revision + 1, revision + 2]);
    client.close();
  });

  it('makes an edit once when its answer is lost', async () => {
    let swallow = false;
    const client = connectEngine({
      openPort: async () => {
        const port = await host.openPort();
        return {
          ...port,
          onMessage: (listener) =>
            port.onMessage((text) => {
              if (!swallow) return listener(text);
              swallow = false;
              port.drop();
            }),
        };
      },
      delay: () => 20,
    });
    const { store } = await openStore(undefined, client);
    swallow = true;
    await store.edit(...addBin('Once'));
    expect(binNames(store)).toEqual(['Once']);
    client.close();
  });

  it('finds its project again after the engine was started anew', async () => {
    const { store, opened } = await openStore();
    await store.edit(...addBin('Kept'));
    await host.restart();
    await store.edit(...addBin('Afterwards'));
    expect(binNames(store)).toEqual(['Afterwards', 'Kept']);
    expect(store.get().project).not.toBe(opened.project);
    await store.undo();
    await store.undo();
    expect(binNames(store)).toEqual([]);
  });
});
