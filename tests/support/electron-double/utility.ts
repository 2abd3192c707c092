import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { MessagePortMain } from './ports.ts';

const wrapper = fileURLToPath(new URL('./utility-child.mjs', import.meta.url));

type Said = { spawned?: true; message?: unknown; port?: number; data?: unknown; closed?: true };

/** A process of its own, as Electron's: a real one, so that it can really be killed. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly #ports = new Map<number, MessagePortMain>();
  #count = 0;
  readonly serviceName: string;

  constructor(file: string, serviceName: string) {
    super();
    this.serviceName = serviceName;
    this.#child = fork(wrapper, [pathToFileURL(file).href], { execArgv: [], silent: true, serialization: 'advanced' });
    this.#child.on('message', (said: Said) => {
      const port = said.port === undefined ? undefined : this.#ports.get(said.port);
      if (said.spawned) this.emit('spawn');
      else if (said.message !== undefined) this.emit('message', said.message);
      else if (said.closed) port?.close();
      else port?.postMessage(said.data);
    });
    this.#child.on('exit', (code) => {
      running.delete(this);
      for (const port of this.#ports.values()) port.close();
      this.emit('exit', code ?? 1);
    });
    running.add(this);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdout() {
    return this.#child.stdout;
  }

  get stderr() {
    return this.#child.stderr;
  }

  postMessage(message: unknown, ports: MessagePortMain[] = []): void {
    const handed = ports.map((port) => {
      const id = (this.#count += 1);
      this.#ports.set(id, port);
      port.transfer({
        send: (data) => this.#send({ port: id, data }),
        close: () => this.#send({ port: id, closed: true }),
      });
      return id;
    });
    this.#send({ message, handed });
  }

  kill(): boolean {
    return this.#child.kill();
  }

  #send(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

const running = new Set<UtilityProcess>();

export const utilityProcess = {
  fork: (file: string, _args: string[], { serviceName }: { serviceName: string }): UtilityProcess =>
    new UtilityProcess(file, serviceName),
};

/** As app.getAppMetrics tells of them. */
export const utilityMetrics = () =>
  Array.from(running, ({ pid, serviceName }) => ({ pid, type: 'Utility', name: serviceName }));
