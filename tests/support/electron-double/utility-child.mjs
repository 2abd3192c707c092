/** A utility process: gives the program its parentPort over the channel that Node has, then runs it. */
import { EventEmitter } from 'node:events';

const ports = new Map();
const send = (message) => process.send?.(message);

const portOf = (id) => {
  const port = new EventEmitter();
  const waiting = [];
  let started = false;
  Object.assign(port, {
    postMessage: (data) => send({ port: id, data }),
    start: () => {
      started = true;
      for (const data of waiting.splice(0)) port.emit('message', { data, ports: [] });
    },
    close: () => {
      ports.delete(id);
      send({ port: id, closed: true });
    },
    arrive: (data) => {
      if (started) port.emit('message', { data, ports: [] });
      else waiting.push(data);
    },
  });
  ports.set(id, port);
  return port;
};

const parentPort = new EventEmitter();
parentPort.postMessage = (message) => send({ message });
process.parentPort = parentPort;

process.on('message', ({ message, handed, port, data, closed }) => {
  if (message !== undefined) parentPort.emit('message', { data: message, ports: handed.map(portOf) });
  else if (closed) {
    const gone = ports.get(port);
    ports.delete(port);
    gone?.emit('close');
  } else ports.get(port)?.arrive(data);
});
// Main that has gone takes its processes with it.
process.on('disconnect', () => process.exit(0));

await import(process.argv[2]);
send({ spawned: true });
