import { EventEmitter } from 'node:events';

/** Where a port leads that was handed to another process. */
type Way = { send: (data: unknown) => void; close: () => void };

/** One end of a channel in main. Messages wait until it is started, or follow it to where it was handed. */
export class MessagePortMain extends EventEmitter {
  peer: MessagePortMain | undefined;
  #way: Way | undefined;
  #started = false;
  #waiting: unknown[] = [];
  #open = true;

  postMessage(data: unknown): void {
    if (this.#open) this.peer?.arrive(data);
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.arrive(data);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.peer?.peerClosed();
  }

  /** Hands it over; from then on only `postMessage` and `close` are called, for what comes back. */
  transfer(way: Way): void {
    this.#way = way;
    for (const data of this.#waiting.splice(0)) way.send(data);
  }

  arrive(data: unknown): void {
    if (!this.#open) return;
    if (this.#way) this.#way.send(data);
    else if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  peerClosed(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#way) this.#way.close();
    else this.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
  }
}
