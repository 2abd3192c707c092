import { describe, expect, it } from 'vitest';
import { createLimit } from '../../engine/server/limit.ts';
import { hostName, isLoopback } from '../../engine/server/http/access.ts';
import { parseRange } from '../../engine/server/http/ranges.ts';
import { createTopicHub } from '../../engine/server/topic-hub.ts';
import { createWorkReports } from '../../engine/server/work-reports.ts';

describe('a topic', () => {
  const listen = (hub: ReturnType<typeof createTopicHub>, since?: number) => {
    const heard: unknown[] = [];
    let answer: unknown;
    const stop = hub.subscribe(
      't',
      since,
      (text) => heard.push(JSON.parse(text).event),
      (seq, missed) => (answer = { seq, missed }),
    );
    return { heard, answer: () => answer, stop };
  };

  it('tells what comes from now on, and to who comes back what they missed', () => {
    const hub = createTopicHub();
    const first = listen(hub);
    for (const event of ['a', 'b', 'c']) hub.publish('t', event);
    first.stop();
    hub.publish('t', 'd');
    expect([first.heard, first.answer()]).toEqual([['a', 'b', 'c'], { seq: 0, missed: false }]);
    const again = listen(hub, 2);
    hub.publish('t', 'e');
    expect([again.heard, again.answer()]).toEqual([['c', 'd', 'e'], { seq: 2, missed: false }]);
  });

  it('says when it cannot tell any more, or never could', () => {
    const hub = createTopicHub();
    for (let i = 1; i <= 600; i += 1) hub.publish('t', i);
    const late = listen(hub, 50);
    expect([late.heard, late.answer()]).toEqual([[], { seq: 600, missed: true }]);
    expect(listen(hub, 100).heard).toHaveLength(500);
    expect(listen(hub, 600).answer()).toEqual({ seq: 600, missed: false });
    expect(listen(hub, 700).answer()).toEqual({ seq: 600, missed: true });
    hub.publish('t', 'x'.repeat(5_000_000));
    expect(listen(hub, 600).answer()).toEqual({ seq: 601, missed: true });
  });

  it('is told of work not too often, and always of its end', () => {
    const hub = createTopicHub();
    const heard: { state: string }[] = [];
    hub.subscribe(
      'work:p',
      undefined,
      (text) => heard.push(JSON.parse(text).event),
      () => undefined,
    );
    const { report, running } = createWorkReports(hub);
    for (let i = 0; i < 50; i += 1) report('p', { work: 'w', kind: 'import', state: 'running', done: i });
    report('p', { work: 'x', kind: 'proxy', state: 'running' });
    expect(running()).toMatchObject([{ work: 'w', kind: 'import', done: 49 }]);
    report('p', { work: 'w', kind: 'import', state: 'done' });
    expect(running()).toEqual([]);
    expect(heard.map(({ state }) => state)).toEqual(['running', 'running', 'done']);
  });
});

describe('a limit', () => {
  it('lets so many run, and the newest of those that wait first', async () => {
    const limit = createLimit(1);
    const order: string[] = [];
    let go = (): void => undefined;
    const first = limit(() => new Promise<void>((resolve) => (go = resolve)));
    const rest = ['b', 'c', 'd'].map((name) => limit(async () => void order.push(name)));
    go();
    await Promise.all([first, ...rest]);
    expect(order).toEqual(['d', 'c', 'b']);
  });

  it('forgets who leaves the line, and goes on after a failure', async () => {
    const limit = createLimit(1);
    let go = (): void => undefined;
    const first = limit(() => new Promise<void>((resolve) => (go = resolve)));
    const abort = new AbortController();
    const left = limit(async () => 'never', abort.signal);
    abort.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    const failing = limit(() => Promise.reject(new Error('broken')));
    go();
    await first;
    await expect(failing).rejects.toThrow('broken');
    expect(await limit(async () => 'on')).toBe('on');
    await expect(limit(async () => 'never', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

describe('headers', () => {
  it('name a host, or none', () => {
    const names = ['localhost:80', 'EXAMPLE.com', '[::1]:5', '127.0.0.1', 'a b', '', 'x@y', 'a:b:c', undefined];
    expect(names.map(hostName)).toEqual(['localhost', 'example.com', '::1', '127.0.0.1', ...Array(5).fill(undefined)]);
    expect(['localhost', '::1', '127.1.2.3', '128.0.0.1', '127.evil.example', 'localhost.x'].map(isLoopback)).toEqual([
      ...[true, true, true, false, false, false],
    ]);
  });

  it('ask for a range, the whole, or what is not there', () => {
    expect(parseRange(undefined, 10)).toBe(null);
    expect(parseRange('bytes=2-4', 10)).toEqual({ from: 2, to: 4 });
    expect(parseRange('bytes=-20', 10)).toEqual({ from: 0, to: 9 });
    expect(parseRange('bytes=10-', 10)).toBe('none');
    expect(parseRange('bytes=0-', 0)).toBe('none');
    expect(parseRange('bytes=-', 10)).toBe(null);
  });
});
