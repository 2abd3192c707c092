import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';

type Answer = { result?: unknown; error?: { code: string; message: string; remedy: string } };
export type OtherProcess = {
  ask: (command: string, argument?: unknown) => Promise<Answer>;
  /** Ends it without a chance to tidy up. */
  kill: () => Promise<void>;
};

/** Starts other processes at a project (project-child.ts), on request with a largest size of a file; what is left of them is killed after the test. */
export const otherProcesses = () => {
  const running: OtherProcess[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.kill();
  });
  return (file: string, largestFile?: number): OtherProcess => {
    const command = [process.execPath, join(import.meta.dirname, 'project-child.ts'), file];
    // POSIX counts in blocks of 512 bytes. Node ignores the signal, so writing fails as on a full disk.
    const limited = ['sh', '-c', `ulimit -f ${Math.floor((largestFile ?? 0) / 512)}; exec "$@"`, 'sh', ...command];
    const [program, ...args] = largestFile === undefined ? command : limited;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (command: string, argument: unknown = null): Promise<Answer> => {
      child.stdin.write(`${JSON.stringify([command, argument])}\n`);
      const { value, done } = (await lines.next()) as { value: string; done?: boolean };
      if (done) throw new Error(`the other process ended at ${command}`);
      return JSON.parse(value) as Answer;
    };
    const kill = async (): Promise<void> => {
      child.kill('SIGKILL');
      await closed;
    };
    const other = { ask, kill };
    running.push(other);
    return other;
  };
};
