/** The command line's door: finds the command, and turns every end into an exit code. */
import { enableCompileCache } from 'node:module';
import { exitCodes, UserFacingError } from '../contract/errors.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { nearest, parseArguments } from './arguments.ts';
import { printJson } from './command.ts';
import type { Command } from './command.ts';
import { commandHelp, commandNames, overview } from './help.ts';
import type { CommandName } from './help.ts';
import { voiceOptions } from './options.ts';
import { version } from './version.ts';

const loadCommand = async (name: CommandName): Promise<Command> => {
  switch (name) {
    case 'animate':
      return (await import('./animate.ts')).command;
    case 'extend':
      return (await import('./extend.ts')).command;
    case 'fill':
      return (await import('./fill.ts')).command;
    case 'blend':
      return (await import('./blend.ts')).command;
    case 'inpaint':
      return (await import('./inpaint.ts')).command;
    case 'serve':
      return (await import('./serve.ts')).command;
    case 'models':
      return (await import('./models.ts')).command;
    case 'project':
      return (await import('./project.ts')).command;
    case 'doctor':
      return (await import('./doctor.ts')).command;
  }
};

const fullHelp = async (): Promise<string> => overview(await Promise.all(commandNames.map(loadCommand)));

const run = async (words: string[]): Promise<void> => {
  const [name, ...rest] = words;
  if (name === undefined) {
    process.stderr.write(await fullHelp());
    throw new UserFacingError('usage', 'No command was given.', 'Name one of the commands above.');
  }
  if (name === '--version') {
    process.stdout.write(`longtake ${version()}\n`);
    return;
  }
  const help = name === 'help' || name === '--help' || name === '-h';
  const asked = help ? rest[0] : name;
  if (asked === undefined) {
    process.stdout.write(await fullHelp());
    return;
  }
  const found = commandNames.find((candidate) => candidate === asked);
  if (!found) {
    const near = nearest(asked, [...commandNames]);
    throw new UserFacingError(
      'usage',
      `There is no command "${asked}".`,
      near ? `Did you mean "longtake ${near}"?` : 'longtake help lists the commands.',
    );
  }
  const { command, words: left } = await withVerb(await loadCommand(found), rest.slice(help ? 1 : 0));
  const table = { ...command.options, ...voiceOptions };
  if (help || left.includes('--help') || left.includes('-h')) {
    process.stdout.write(commandHelp(command, voiceOptions));
    return;
  }
  const input = parseArguments(left, table, command.name);
  await command.run(input, { json: input.given.json !== undefined, quiet: input.given.quiet !== undefined });
};

/** The command that a verb names; the command itself where it has none, or none was given. */
const withVerb = async (command: Command, words: string[]): Promise<{ command: Command; words: string[] }> => {
  const { verbs } = command;
  const [verb, ...rest] = words;
  if (!verbs || verb === undefined || verb.startsWith('-')) return { command, words };
  if (Object.hasOwn(verbs, verb)) return { command: await verbs[verb](), words: rest };
  const near = nearest(verb, Object.keys(verbs));
  throw new UserFacingError(
    'usage',
    `${command.name} has no "${verb}".`,
    near ? `Did you mean "longtake ${command.name} ${near}"?` : `longtake ${command.name} --help lists what it can do.`,
  );
};

const report = (code: ErrorCode, message: string, remedy: string, json: boolean): void => {
  if (json) printJson({ event: 'error', code, message, remedy });
  else process.stderr.write(`longtake: ${message} ${remedy}\n`);
};

// A reader that had enough (`| head`) is no fault; the work goes on, and its result is the file.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
enableCompileCache();

const words = process.argv.slice(2);
try {
  await run(words);
} catch (error) {
  const json = words.includes('--json');
  if (error instanceof UserFacingError) {
    report(error.code, error.message, error.remedy, json);
    process.exitCode = exitCodes[error.code];
  } else {
    console.error(error);
    const what = error instanceof Error ? error.message : String(error);
    report('bug', `Longtake met a fault of its own: ${what}.`, 'Please report it together with the lines above.', json);
    process.exitCode = exitCodes.bug;
  }
}
