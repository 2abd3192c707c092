import type { MessageChannelMain, MessagePortMain, UtilityProcess } from 'electron';
import { engineSaysSchema } from './engine/messages.ts';
import type { EngineSocket, EngineStart, MainSays } from './engine/messages.ts';
import { createRestartPolicy } from './restart-policy.ts';

/** Starts the engine's process, starts it anew when it ends, and brokers channels to it. */
export type EngineSupervisor = {
  /** One end of a new channel, the engine has the other; waits while the engine is not running. */
  connect: () => Promise<MessagePortMain>;
  /** Where it answers with bytes; undefined while it is not running. */
  socket: () => EngineSocket | undefined;
  /** After `onGivenUp`: tries again. */
  again: () => void;
  /** Has it end exports and close projects; ends it when that takes too long. Resolves when it is gone. */
  stop: () => Promise<void>;
};

export type SupervisorOptions = {
  fork: () => UtilityProcess;
  channel: () => MessageChannelMain;
  start: EngineStart;
  /** It ended again and again; `why` is what it said of it. */
  onGivenUp: (why: string | undefined) => void;
};

/** How long closing projects may take, milliseconds: every edit is on the disk already. */
const patience = 10_000;

type Running = { child: UtilityProcess; socket: EngineSocket };

export const superviseEngine = ({ fork, channel, start, onGivenUp }: SupervisorOptions): EngineSupervisor => {
  const restarts = createRestartPolicy();
  const waiting: ((running: Running) => void)[] = [];
  let child: UtilityProcess | undefined;
  let running: Running | undefined;
  let stopping = false;

  const tell = (to: UtilityProcess, message: MainSays, ports?: MessagePortMain[]): void =>
    to.postMessage(message, ports);

  const begin = (): void => {
    if (stopping) return;
    const started = fork();
    let why: string | undefined;
    child = started;
    started.on('message', (raw: unknown) => {
      const said = engineSaysSchema.parse(raw);
      if (said.say === 'failed') why = said.why;
      else {
        running = { child: started, socket: said.socket };
        for (const resolve of waiting.splice(0)) resolve(running);
      }
    });
    started.once('exit', () => {
      child = undefined;
      running = undefined;
      if (stopping) return;
      const pause = restarts.ended(performance.now());
      if (pause === null) onGivenUp(why);
      else setTimeout(begin, pause);
    });
    started.once('spawn', () => tell(started, { say: 'start', start }));
  };
  begin();

  return {
    connect: async () => {
      const { child: engine } = running ?? (await new Promise<Running>((resolve) => waiting.push(resolve)));
      const { port1, port2 } = channel();
      tell(engine, { say: 'connect' }, [port1]);
      return port2;
    },
    socket: () => running?.socket,
    again: () => {
      restarts.forgive();
      begin();
    },
    stop: () => {
      stopping = true;
      const last = child;
      if (!last) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => last.kill(), patience);
        last.once('exit', () => {
          clearTimeout(timer);
          resolve();
        });
        tell(last, { say: 'stop' });
      });
    },
  };
};
