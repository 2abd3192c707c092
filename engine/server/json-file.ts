import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';

/** A small value that is kept in a file: read once, written whole. */
export type JsonFile<T> = {
  read: () => Promise<T>;
  /** Changes follow one another; each sees what the one before it wrote. */
  change: (change: (value: T) => T) => Promise<T>;
};

/** @param empty what a file that is missing or no longer readable counts as */
export const jsonFile = <S extends z.ZodType>(
  file: string,
  schema: S,
  empty: z.infer<S>,
  onFault: (error: unknown) => void = () => undefined,
): JsonFile<z.infer<S>> => {
  let value: Promise<z.infer<S>> | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  const load = async (): Promise<z.infer<S>> => {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return empty;
    try {
      const parsed = schema.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : empty;
    } catch {
      return empty;
    }
  };
  const read = (): Promise<z.infer<S>> => (value ??= load());
  const write = async (next: z.infer<S>): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}.partial`;
    await writeFile(partial, JSON.stringify(next, null, 2));
    await rename(partial, file);
  };
  return {
    read,
    change: (change) => {
      const turn = writing.then(async () => {
        const next = change(await read());
        value = Promise.resolve(next);
        // It holds for this engine; that it cannot be kept stops nobody's work.
        await write(next).catch(onFault);
        return next;
      });
      writing = turn;
      return turn;
    },
  };
};
