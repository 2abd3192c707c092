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
  /** A command of several: the first word picks one, which has options of its own. Loaded when it is asked for. */
  verbs?: Record<string, () => Promise<Command>>;
};

/** One line of `--json` output: one object per line on standard output. */
export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

/** What a person reads and a script parses, as the voice wants it. */
export const say = (voice: Voice, value: Record<string, unknown>, text: string): void => {
  if (voice.json) printJson(value);
  else if (!voice.quiet) process.stdout.write(`${text}\n`);
};
