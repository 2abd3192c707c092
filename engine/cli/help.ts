import type { OptionTable } from './arguments.ts';
import type { Command } from './command.ts';

/** In the order of the help. Each is loaded when it is asked for, so that a command starts at once. */
export const commandNames = [
  'animate',
  'extend',
  'fill',
  'blend',
  'inpaint',
  'project',
  'serve',
  'models',
  'doctor',
] as const;
export type CommandName = (typeof commandNames)[number];

export const overview = (commands: Command[]): string =>
  [
    'Longtake grows footage on this machine: nothing is sent anywhere.',
    '',
    ...commands.map(({ name, summary }) => `  longtake ${name.padEnd(9)}${summary}`),
    '',
    'longtake COMMAND --help shows what a command takes.',
    'Frame numbers count from 0, ranges include both ends. Exit codes: 0 done, 2 wrong use, 3 input cannot be read,',
    '4 model cannot be loaded, 5 refused by the prompt policy, 6 no room, 130 interrupted, 1 a fault of Longtake.',
    '',
  ].join('\n');

export const commandHelp = ({ summary, usage, details, options }: Command, common: OptionTable): string => {
  const lines = Object.entries({ ...options, ...common })
    .filter(([, spec]) => !spec.hidden)
    .map(([name, spec]) => {
      const short = spec.short ? `-${spec.short}, ` : '    ';
      return `  ${`${short}--${name}${spec.value ? ` ${spec.value}` : ''}`.padEnd(27)} ${spec.help}`;
    });
  return [
    `longtake ${usage}`,
    '',
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    ...details,
    '',
    ...lines,
    '',
  ].join('\n');
};
