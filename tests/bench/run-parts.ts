import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';

/** What every report of a speed says of the machine. */
export type MachineReport = { processor: string; threads: number; load: number; beside?: string };

export type PartsRun<R extends MachineReport> = {
  /** Of the files, without an ending. */
  name: string;
  parts: Record<string, () => Promise<Partial<R>> | Partial<R>>;
  /** Names of parts, parted by commas. */
  wanted: string;
  /** What else the machine does meanwhile; what the last run said where left out. */
  beside?: string;
  /** Folder of the report. */
  docs: string;
  /** Decimals that are kept. */
  digits: number;
  render: (report: R) => string;
};

/**
 * Measures parts one after the other and writes the report, as JSON and in words, after each; parts of earlier runs are kept.
 * @throws Error for a part that there is not
 */
export const runParts = async <R extends MachineReport>(run: PartsRun<R>): Promise<void> => {
  const { name, parts, wanted, beside, docs, digits, render } = run;
  const jsonFile = join(docs, `${name}.json`);
  const old = existsSync(jsonFile) ? (JSON.parse(await readFile(jsonFile, 'utf8')) as R) : undefined;
  let report = {
    ...old,
    ...{ processor: cpus()[0]?.model ?? 'unknown', threads: availableParallelism(), load: loadavg()[0] },
    ...(beside !== undefined && { beside }),
  } as R;
  const shortened = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Math.round(value * 10 ** digits) / 10 ** digits : value;

  for (const part of wanted.split(',')) {
    if (!Object.hasOwn(parts, part))
      throw new Error(`There is no part ${part}. There are: ${Object.keys(parts).join(', ')}.`);
    const result = await parts[part]();
    report = { ...report, ...result };
    process.stdout.write(`${part}: ${JSON.stringify(result, shortened)}\n`);
    await mkdir(docs, { recursive: true });
    await writeFile(jsonFile, JSON.stringify(report, shortened, 1) + '\n');
    await writeFile(join(docs, `${name}.md`), render(report));
  }
};
