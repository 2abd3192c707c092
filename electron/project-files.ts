import path from 'node:path';

/** The projects among a program's arguments, as whole paths. Switches and whatever else is there are no projects. */
export const projectFilesIn = (args: readonly string[], folder: string): string[] =>
  args
    .filter((arg) => !arg.startsWith('-') && path.extname(arg).toLowerCase() === '.longtake')
    .map((arg) => path.resolve(folder, arg));
