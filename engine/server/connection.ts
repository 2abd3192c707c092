import { UserFacingError } from '../contract/errors.ts';
import { calls, isCallName } from '../contract/protocol/calls.ts';
import type { CallName } from '../contract/protocol/calls.ts';
import { clientMessageSchema, maxMessageBytes, protocolVersion } from '../contract/protocol/envelope.ts';
import type { ClientMessage, EngineMessage, Port } from '../contract/protocol/envelope.ts';
import type { CallContext, Handlers } from './call-context.ts';
import { cancelledCall, problemOf } from './problem.ts';
import type { TopicHub } from './topic-hub.ts';

/** A connection stands for one window. Its object is the key under which the host knows what the window has open. */
export type Connection = { readonly port: Port };

export type ConnectionServices = {
  handlers: Handlers<CallName>;
  topics: TopicHub;
  instance: string;
  /** Whether a topic exists. */
  hasTopic: (topic: string, connection: Connection) => boolean;
  onClosed: (connection: Connection) => void;
  onFault: (error: unknown) => void;
};

/** More at once are a client gone wrong. */
const mostCalls = 1000;
const mostTopics = 100;

const usage = (message: string, remedy = 'Reload the window; if that does not help, report it.'): UserFacingError =>
  new UserFacingError('usage', message, remedy);

const inputProblem = (name: string, issue: { path: PropertyKey[]; message: string }): UserFacingError => {
  const where = issue.path.length > 0 ? ` at "${issue.path.join('.')}"` : '';
  return usage(`${name} cannot read its input${where}: ${issue.message}.`, 'Correct it.');
};

/** Serves one window until its port closes. Whatever arrives is parsed; what is no message at all ends the connection. */
export const serveConnection = (port: Port, services: ConnectionServices): Connection => {
  const { handlers, topics, instance, hasTopic, onClosed, onFault } = services;
  const connection: Connection = { port };
  const running = new Map<number, AbortController>();
  const listening = new Map<string, () => void>();
  let greeted = false;
  let open = true;

  const send = (message: EngineMessage): void => {
    if (open) port.send(JSON.stringify(message));
  };

  const refuse = (error: UserFacingError): void => {
    send({ error: problemOf(error) });
    port.close();
  };

  const hello = (message: Extract<ClientMessage, { hello: string }>): void => {
    if (message.protocol !== protocolVersion) {
      refuse(
        usage(
          `The window speaks version ${message.protocol} of the protocol and the engine version ${protocolVersion}.`,
          'Reload the window, or restart Longtake, so that both are of the same version.',
        ),
      );
      return;
    }
    greeted = true;
    send({ hello: 'longtake', protocol: protocolVersion, instance });
  };

  const answer = async <N extends CallName>(name: N, given: unknown, context: CallContext): Promise<unknown> => {
    const input = calls[name].input.safeParse(given);
    if (!input.success) throw inputProblem(name, input.error.issues[0]);
    const handler = handlers[name] as (input: unknown, context: CallContext) => unknown;
    const result = await handler(input.data, context);
    return calls[name].result.parse(result);
  };

  const start = async ({ id, call, input }: Extract<ClientMessage, { call: string }>): Promise<void> => {
    const abort = new AbortController();
    const fail = (error: unknown): void => send({ id, error: problemOf(error) });
    if (running.has(id)) return fail(usage(`There is a call ${id} already.`));
    if (running.size >= mostCalls) return fail(usage('Too much is asked at once.'));
    if (!isCallName(call)) return fail(usage(`There is no call "${call}".`));
    running.set(id, abort);
    try {
      const result = await answer(call, input, { connection, signal: abort.signal });
      const text = JSON.stringify({ id, ok: true, result } satisfies EngineMessage);
      if (Buffer.byteLength(text) > maxMessageBytes)
        throw new Error(`${call}: its answer of ${text.length} letters is too large for a message`);
      if (open) port.send(text);
    } catch (error) {
      if (abort.signal.aborted) fail(cancelledCall());
      else {
        if (!(error instanceof UserFacingError)) onFault(error);
        fail(error);
      }
    } finally {
      running.delete(id);
    }
  };

  const subscribe = ({ sub, topic, since }: Extract<ClientMessage, { sub: number }>): void => {
    if (!hasTopic(topic, connection)) {
      return send({ sub, error: problemOf(usage(`There is no topic "${topic}".`)) });
    }
    if (listening.size >= mostTopics) return send({ sub, error: problemOf(usage('Too many topics are listened to.')) });
    listening.get(topic)?.();
    const stop = topics.subscribe(
      topic,
      since,
      (text) => {
        if (open) port.send(text);
      },
      (seq, missed) => send({ sub, seq, missed }),
    );
    listening.set(topic, stop);
  };

  const receive = (text: string): void => {
    if (!open) return;
    if (text.length > maxMessageBytes || Buffer.byteLength(text) > maxMessageBytes) {
      return refuse(usage('A message is larger than 1 MiB.'));
    }
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return refuse(usage('A message is no JSON.'));
    }
    const parsed = clientMessageSchema.safeParse(json);
    if (!parsed.success) return refuse(usage('A message is none of the protocol.'));
    const message = parsed.data;
    if ('hello' in message) return hello(message);
    if (!greeted) return refuse(usage('The first message must be a hello.'));
    if ('call' in message) void start(message);
    else if ('cancel' in message) running.get(message.id)?.abort();
    else if ('sub' in message) subscribe(message);
    else {
      listening.get(message.unsub)?.();
      listening.delete(message.unsub);
    }
  };

  port.onMessage(receive);
  port.onClose(() => {
    if (!open) return;
    open = false;
    for (const abort of running.values()) abort.abort();
    for (const stop of listening.values()) stop();
    onClosed(connection);
  });
  return connection;
};
