import { existsSync } from 'node:fs';
import { UserFacingError } from '../contract/errors.ts';

/** One option of a command. `value` is its word in the help; without one the option is a switch. */
export type OptionSpec = {
  value?: string;
  /** What it takes, as the end of "it takes …"; also the help's text unless `help` is given. */
  expects?: string;
  help: string;
  short?: string;
  /** May be given more than once. */
  many?: boolean;
  /** Not in the help. */
  hidden?: boolean;
};
export type OptionTable = Record<string, OptionSpec>;

export type ParsedArguments = {
  positionals: string[];
  /** By long name: the texts given, in order; a switch that was given has one empty text. */
  given: Record<string, string[]>;
};

/**
 * Splits a command's arguments. An option that takes a value takes whatever comes next, a leading `-` included; after
 * `--` everything is a file name, and so is a word with a leading `-` that is no option but names an existing file.
 *
 * @throws UserFacingError `usage` for unknown, repeated and valueless options
 */
export const parseArguments = (words: string[], table: OptionTable, command: string): ParsedArguments => {
  const positionals: string[] = [];
  const given: Record<string, string[]> = {};
  const shorts = new Map(Object.entries(table).flatMap(([name, spec]) => (spec.short ? [[spec.short, name]] : [])));
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === '--') {
      positionals.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      positionals.push(word);
      continue;
    }
    const [, dashes, name, inline] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const long = dashes === '--' ? name : shorts.get(name);
    if (long === undefined || !Object.hasOwn(table, long)) {
      if (existsSync(word)) {
        positionals.push(word);
        continue;
      }
      throw unknownOption(word, table, command);
    }
    const spec = table[long];
    if (given[long] && !spec.many) {
      throw new UserFacingError('usage', `--${long} is given twice.`, 'Give it once.');
    }
    let value = inline;
    if (spec.value === undefined) {
      if (inline !== undefined) {
        throw new UserFacingError('usage', `--${long} takes no value.`, `Write --${long} alone.`);
      }
      value = '';
    } else if (value === undefined) {
      at += 1;
      if (at >= words.length) {
        throw new UserFacingError('usage', `${word} needs a value.`, `Write ${word} ${spec.value}.`);
      }
      value = words[at];
    }
    (given[long] ??= []).push(value ?? '');
  }
  return { positionals, given };
};

const unknownOption = (word: string, table: OptionTable, command: string): UserFacingError => {
  const names = Object.entries(table).flatMap(([name, spec]) => (spec.hidden ? [] : [`--${name}`]));
  const near = nearest(word.split('=')[0], names);
  return new UserFacingError(
    'usage',
    `${command} has no option ${word.split('=')[0]}.`,
    near ? `Did you mean ${near}?` : `longtake ${command} --help lists its options.`,
  );
};

/** @returns the candidate that is at most two slips of the finger away, if any */
export const nearest = (word: string, candidates: string[]): string | undefined => {
  const ranked = candidates
    .map((candidate) => ({ candidate, slips: editDistance(word, candidate) }))
    .filter(({ slips }) => slips <= 2)
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.candidate;
};

/** Levenshtein's distance by one row of the table. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
};
