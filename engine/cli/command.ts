import type { OptionTable, ParsedArguments } from './arguments.ts';

/** How a command speaks: to a person, to a script (`--json`), or not at all but for errors (`--quiet`). */
export type Voice = { json: boolean; quiet: boolean };

export type Command = {
  name: string;
  /** One line of the overview. */
  summary: string;
  /** The line after "longtake". */
  usage: string;
  /** What every word means, in the help. */
  details: string[];
  options: OptionTable;
  run: (input: ParsedArguments, voice: Voice) => Promise<void>;
};

/** One line of `--json` output: one object per line on standard output. */
export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};
