import type { z } from 'zod';
import { UserFacingError } from '../contract/errors.ts';
import type { OptionTable, ParsedArguments } from './arguments.ts';

/** Options of every command. */
export const voiceOptions: OptionTable = {
  json: { help: 'print one JSON object per line instead of a progress bar' },
  quiet: { help: 'print nothing but errors' },
  help: { help: 'this help', short: 'h' },
};

/** Options of every task; `expects` ends the sentence "it takes …". */
export const taskOptions: OptionTable = {
  out: { short: 'o', value: 'OUT', help: 'the file to write; its extension picks the container' },
  prompt: { value: 'TEXT', help: 'what should happen, in words of the model' },
  seed: { value: 'N', expects: 'a whole number from 0 to 4294967295', help: 'same seed, same result (default 1)' },
  takes: { value: 'N', expects: 'a whole number from 1 to 16', help: 'makes OUT, OUT-2, OUT-3 … with seeds N, N+1 …' },
  steps: { value: '4|8|16', expects: '4, 8 or 16', help: 'denoising steps: fast, careful, slow (default 4)' },
  model: { value: 'ID', help: 'a model of "longtake models list"' },
  device: {
    value: 'NAME',
    expects: 'auto, cpu, cuda, dml, coreml or webgpu',
    help: 'auto, cpu, cuda, dml, coreml or webgpu (default auto)',
  },
  threads: { value: 'N', expects: 'a whole number from 1 to 256', help: 'processor threads (default: all cores)' },
  crf: {
    value: 'N',
    expects: 'a whole number from 0 (best) to 63 (smallest)',
    help: 'quality from 0 (best) to 63 (smallest); re-encodes everything',
  },
  codec: {
    value: 'NAME',
    expects: 'h264, h265, av1, prores, vp9 or ffv1',
    help: 'h264, h265, av1, prores, vp9 or ffv1; re-encodes everything',
  },
  size: {
    value: 'WxH',
    expects: 'a width and a height from 16 to 8192 such as 1280x720',
    help: 'size of the result, such as 1280x720; re-encodes everything',
  },
  'no-audio': { help: 'leaves the sound out' },
  force: { help: 'overwrites OUT' },
  denoiser: {
    value: 'on|prior|shuffled',
    expects: 'on, prior or shuffled',
    help: 'for the quality table',
    hidden: true,
  },
};

/** How many seconds of new material may be asked for; the same for every task. */
export const secondsOption = { value: 'S', expects: 'a number of seconds above 0, at most 60' } as const;

/** A number, or the text itself, which the contract then refuses in the option's own words. */
export const toNumber = (text: string | undefined): number | string | undefined => {
  if (text === undefined) return undefined;
  return text.trim() === '' || !Number.isFinite(Number(text)) ? text : Number(text);
};

const toSize = (text: string | undefined): (number | string | undefined)[] | undefined => {
  if (text === undefined) return undefined;
  const parts = /^(\d+)[x×](\d+)$/i.exec(text);
  return parts ? [Number(parts[1]), Number(parts[2])] : [text];
};

/** The part of a request that every task shares, as given; undefined leaves the contract's default. */
export const commonFields = ({ given }: ParsedArguments): Record<string, unknown> => ({
  out: given.out?.[0],
  prompt: given.prompt?.[0],
  seed: toNumber(given.seed?.[0]),
  denoiser: given.denoiser?.[0],
  takes: toNumber(given.takes?.[0]),
  steps: toNumber(given.steps?.[0]),
  model: given.model?.[0],
  device: given.device?.[0],
  threads: toNumber(given.threads?.[0]),
  crf: toNumber(given.crf?.[0]),
  codec: given.codec?.[0],
  size: toSize(given.size?.[0]),
  audio: given['no-audio'] === undefined,
  force: given.force !== undefined,
});

/** @throws UserFacingError `usage` unless exactly the named files are given */
export const positionalsOf = ({ positionals }: ParsedArguments, names: string[], command: string): string[] => {
  const missing = names[positionals.length];
  if (missing !== undefined) {
    throw new UserFacingError(
      'usage',
      `${command} needs ${missing}.`,
      `longtake ${command} --help shows how it is written.`,
    );
  }
  if (positionals.length > names.length) {
    throw new UserFacingError(
      'usage',
      `${command} takes ${names.length > 0 ? `only ${names.join(' and ')}` : 'no file'}, so "${positionals[names.length]}" is one word too many.`,
      'Put names with spaces in quotes.',
    );
  }
  const empty = positionals.findIndex((text) => text === '');
  if (empty >= 0) throw new UserFacingError('usage', `${names[empty]} is empty.`, 'Name a file.');
  return positionals;
};

/**
 * Parses a request with the contract's schema; what it refuses is said in the words of the option that brought it.
 *
 * @param raw fields named as in the schema
 * @throws UserFacingError `usage`
 */
export const parseRequest = <T>(
  schema: z.ZodType<T>,
  raw: Record<string, unknown>,
  input: ParsedArguments,
  table: OptionTable,
): T => {
  if (input.given.out === undefined) {
    throw new UserFacingError(
      'usage',
      'There is no name for the result.',
      'Add -o and a file name, for example -o out.mp4.',
    );
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const field = String(parsed.error.issues[0].path[0]);
  const option = Object.keys(table).find((name) => name === field || fieldOf[name] === field) ?? field;
  const expects = table[option]?.expects ?? 'another value';
  const texts = input.given[option];
  if (texts === undefined) {
    throw new UserFacingError('usage', `--${option} is missing.`, `Add --${option}: it takes ${expects}.`);
  }
  throw new UserFacingError('usage', `--${option} ${texts.join(' ')} is not possible.`, `It takes ${expects}.`);
};

/** Options whose field in the contract has another name. */
const fieldOf: Record<string, string> = { hint: 'hints', frames: 'ranges' };
