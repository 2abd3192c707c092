import { EventEmitter } from 'node:events';
import type { MessageChannelMain as ElectronChannel, UtilityProcess } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { superviseEngine } from '../../electron/engine-supervisor.ts';
import { MessageChannelMain } from '../support/electron-double/ports.ts';

/** A process that does what the test says; a real one is in tests/integration/package-files.test.ts. */
class Child extends EventEmitter {
  told: { say: string }[] = [];
  postMessage = (message: { say: string }): void => void this.told.push(message);
  kill = (): boolean => this.emit('exit', 1);
}
const socket = { path: '/run/engine.sock', secret: 'x' };

describe("the engine's supervisor", () => {
  let children: Child[];
  const onGivenUp = vi.fn<(why: string | undefined) => void>();
  const supervise = () =>
    superviseEngine({
      fork: () => {
        const child = new Child();
        children.push(child);
        return child as unknown as UtilityProcess;
      },
      channel: () => new MessageChannelMain() as unknown as ElectronChannel,
      ...{ start: { version: '1', resources: '/r' }, onGivenUp },
    });
  const said = (child: Child | undefined): string[] => (child?.told ?? []).map(({ say }) => say);

  beforeEach(() => {
    vi.useFakeTimers();
    children = [];
    onGivenUp.mockClear();
  });
  afterEach(() => void vi.useRealTimers());

  it('gives a window its end of a channel once the engine is ready', async () => {
    const engine = supervise();
    const port = engine.connect();
    children[0].emit('spawn');
    expect(said(children[0])).toEqual(['start']);
    expect(engine.socket()).toBeUndefined();
    children[0].emit('message', { say: 'ready', socket });
    expect(await port).toBeDefined();
    expect(said(children[0])).toEqual(['start', 'connect']);
    expect(engine.socket()).toEqual(socket);
  });

  it('lets a window wait for the next engine when one dies', async () => {
    const engine = supervise();
    const port = engine.connect();
    children[0].emit('exit', 139);
    await vi.advanceTimersByTimeAsync(0);
    expect(children).toHaveLength(2);
    children[1].emit('message', { say: 'ready', socket });
    await port;
    expect(said(children[1])).toEqual(['connect']);
    children[1].emit('exit', 1);
    expect(engine.socket()).toBeUndefined();
  });

  it('says why when it gives up, and tries again when it is told to', async () => {
    const engine = supervise();
    for (let n = 0; n < 5; n += 1) {
      children.at(-1)?.emit('message', { say: 'failed', why: 'The disk is full.' });
      children.at(-1)?.emit('exit', 1);
      await vi.advanceTimersByTimeAsync(6000);
    }
    expect(children).toHaveLength(5);
    expect(onGivenUp.mock.calls).toEqual([['The disk is full.']]);
    engine.again();
    expect(children).toHaveLength(6);
  });

  it('asks it to stop, ends it when that takes too long, and starts no other', async () => {
    const engine = supervise();
    const stopped = engine.stop();
    expect(said(children[0])).toEqual(['stop']);
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(children).toHaveLength(1);
    expect(onGivenUp).not.toHaveBeenCalled();
    await engine.stop();
  });
});
