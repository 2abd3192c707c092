import { calls } from '../../engine/contract/protocol/calls.ts';
import type { CallInput, CallName, CallResult } from '../../engine/contract/protocol/calls.ts';
import { engineMessageSchema, maxMessageBytes, protocolVersion } from '../../engine/contract/protocol/envelope.ts';
import type { ClientMessage, EngineMessage, Port } from '../../engine/contract/protocol/envelope.ts';
import { topicKindOf, topics } from '../../engine/contract/protocol/topics.ts';
import type { TopicEvent, TopicKind } from '../../engine/contract/protocol/topics.ts';
import type { Problem } from '../../engine/contract/protocol/values.ts';
import { ConnectionLost, EngineRefusal, NotLetIn } from './engine-refusal.ts';

/** `refused`: the engine speaks another protocol or does not let us in; it is not tried again. */
export type ConnectionStatus = 'connecting' | 'open' | 'lost' | 'refused' | 'closed';

export type TopicListener<K extends TopicKind> = {
  event: (event: TopicEvent<K>) => void;
  /** Events may have been missed: take a snapshot. Also called after the engine was started anew. */
  missed?: () => void;
};

export type EngineClient = {
  /**
   * Asks the engine; waits for the connection where there is none. `signal` cancels it on the engine's side too.
   * @throws EngineRefusal, ConnectionLost, or the signal's reason
   */
  call: <N extends CallName>(
    name: N,
    input: CallInput<N>,
    options?: { signal?: AbortSignal },
  ) => Promise<CallResult<N>>;
  /** Listens to a topic across reconnections. One listener a topic. @returns what ends it */
  listen: <K extends TopicKind>(topic: K | `${K}:${string}`, listener: TopicListener<K>) => () => void;
  status: () => ConnectionStatus;
  /** Why the status is `refused`. */
  problem: () => Problem | undefined;
  /** Which engine answers; another one after it was started anew, '' before the first connection. */
  instance: () => string;
  onStatus: (listener: (status: ConnectionStatus) => void) => () => void;
  close: () => void;
};

export type ClientOptions = {
  /** Opens a port to the engine. @throws when it cannot be reached now */
  openPort: () => Promise<Port>;
  /** How long to wait before attempt n (from 0) to reconnect, milliseconds. */
  delay?: (attempt: number) => number;
};

type Waiting = { name: CallName; resolve: (result: never) => void; reject: (error: unknown) => void };
type Subscription = { sub: number; seq: number | undefined; listener: TopicListener<TopicKind> };

const usualDelay = (attempt: number): number => Math.min(5000, 100 * 2 ** attempt);

const utf8 = new TextEncoder();

/** A connection to the engine that repairs itself, with every message parsed. */
export const connectEngine = ({ openPort, delay = usualDelay }: ClientOptions): EngineClient => {
  let status: ConnectionStatus = 'connecting';
  let port: Port | undefined;
  let instance = '';
  let problem: Problem | undefined;
  let attempt = 0;
  let counter = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Map<number, Waiting>();
  const subscriptions = new Map<string, Subscription>();
  const statusListeners = new Set<(status: ConnectionStatus) => void>();

  const setStatus = (next: ConnectionStatus): void => {
    if (status === next || status === 'closed') return;
    status = next;
    for (const listener of [...statusListeners]) listener(next);
  };

  const send = (message: ClientMessage): void => port?.send(JSON.stringify(message));

  const failWaiting = (error: unknown): void => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const { reject } of all) reject(error);
  };

  const startSubscription = (topic: string, subscription: Subscription): void => {
    subscription.sub = ++counter;
    send({ sub: subscription.sub, topic, ...(subscription.seq === undefined ? {} : { since: subscription.seq }) });
  };

  const greeted = (message: Extract<EngineMessage, { hello: string }>): void => {
    const anew = instance !== '' && instance !== message.instance;
    instance = message.instance;
    attempt = 0;
    // The numbers of another engine's events mean nothing; whoever listens starts from a snapshot.
    if (anew) for (const subscription of subscriptions.values()) subscription.seq = undefined;
    setStatus('open');
    for (const [topic, subscription] of subscriptions) {
      startSubscription(topic, subscription);
      if (anew) subscription.listener.missed?.();
    }
  };

  const answered = (id: number, message: { result: unknown } | { error: Problem }): void => {
    const call = waiting.get(id);
    // A cancelled call was already told so.
    if (!call) return;
    waiting.delete(id);
    if ('error' in message) call.reject(new EngineRefusal(message.error));
    else {
      const parsed = calls[call.name].result.safeParse(message.result);
      if (parsed.success) call.resolve(parsed.data as never);
      else call.reject(new Error(`${call.name}: the engine's answer is not as agreed: ${parsed.error.message}`));
    }
  };

  const subscribed = (message: { sub: number } & ({ seq: number; missed: boolean } | { error: Problem })): void => {
    const found = [...subscriptions].find(([, { sub }]) => sub === message.sub);
    if (!found) return;
    const [topic, subscription] = found;
    if ('error' in message) {
      subscriptions.delete(topic);
      subscription.listener.missed?.();
      return;
    }
    // Missed events are not sent any more; the others are, and count on by themselves.
    if (message.missed || subscription.seq === undefined) subscription.seq = message.seq;
    if (message.missed) subscription.listener.missed?.();
  };

  const happened = ({ topic, seq, event }: Extract<EngineMessage, { topic: string }>): void => {
    const subscription = subscriptions.get(topic);
    const kind = topicKindOf(topic);
    if (!subscription || !kind) return;
    subscription.seq = seq;
    subscription.listener.event(topics[kind].parse(event) as never);
  };

  const receive = (text: string): void => {
    const message = engineMessageSchema.parse(JSON.parse(text));
    if ('hello' in message) greeted(message);
    else if ('topic' in message) happened(message);
    else if ('id' in message) answered(message.id, message);
    else if ('sub' in message) subscribed(message);
    else {
      problem = message.error;
      setStatus('refused');
    }
  };

  const lost = (): void => {
    port = undefined;
    if (status === 'closed') return;
    if (status === 'refused') {
      failWaiting(problem ? new EngineRefusal(problem) : new ConnectionLost());
      return;
    }
    setStatus('lost');
    failWaiting(new ConnectionLost());
    timer = setTimeout(connect, delay(attempt++));
  };

  const connect = async (): Promise<void> => {
    try {
      const opened = await openPort();
      if (status === 'closed') {
        opened.close();
        return;
      }
      port = opened;
      opened.onMessage(receive);
      opened.onClose(lost);
      send({ hello: 'longtake editor', protocol: protocolVersion });
    } catch (error) {
      if (error instanceof NotLetIn) setStatus('refused');
      lost();
    }
  };

  /** Resolves once the connection is open. @throws when it is refused, closed or the signal says so */
  const connected = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        if (status === 'open') resolve();
        else if (status === 'refused') reject(problem ? new EngineRefusal(problem) : new ConnectionLost());
        else if (status === 'closed') reject(new ConnectionLost());
        else if (signal?.aborted) reject(signal.reason);
        else return;
        statusListeners.delete(settle);
        signal?.removeEventListener('abort', settle);
      };
      statusListeners.add(settle);
      signal?.addEventListener('abort', settle);
      settle();
    });

  const client: EngineClient = {
    call: async (name, input, { signal } = {}) => {
      signal?.throwIfAborted();
      if (status !== 'open') await connected(signal);
      const id = ++counter;
      const text = JSON.stringify({ id, call: name, input } satisfies ClientMessage);
      if (text.length > maxMessageBytes / 3 && utf8.encode(text).length > maxMessageBytes)
        throw new EngineRefusal({
          code: 'usage',
          message: 'This is too much for one step.',
          remedy: 'Do it in smaller parts.',
        });
      return new Promise((resolve, reject) => {
        const cancel = (): void => {
          if (!waiting.delete(id)) return;
          send({ id, cancel: true });
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', cancel, { once: true });
        const ended =
          <V>(settle: (value: V) => void) =>
          (value: V): void => {
            signal?.removeEventListener('abort', cancel);
            settle(value);
          };
        waiting.set(id, { name, resolve: ended(resolve) as Waiting['resolve'], reject: ended(reject) });
        port?.send(text);
      });
    },
    listen: (topic, listener) => {
      const subscription: Subscription = { sub: 0, seq: undefined, listener: listener as TopicListener<TopicKind> };
      subscriptions.set(topic, subscription);
      if (status === 'open') startSubscription(topic, subscription);
      return () => {
        if (subscriptions.get(topic) !== subscription) return;
        subscriptions.delete(topic);
        if (status === 'open') send({ unsub: topic });
      };
    },
    status: () => status,
    problem: () => problem,
    instance: () => instance,
    onStatus: (listener) => {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    close: () => {
      clearTimeout(timer);
      setStatus('closed');
      port?.close();
      failWaiting(new ConnectionLost());
    },
  };
  void connect();
  return client;
};
