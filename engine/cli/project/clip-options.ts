import { UserFacingError } from '../../contract/errors.ts';
import { still } from '../../contract/timeline/animated.ts';
import type { Sequence, Title } from '../../contract/timeline/entities.ts';
import type { OptionTable, ParsedArguments } from '../arguments.ts';
import { isGiven, optional, parseLength, parseNumber, textOf } from './values.ts';

export const lookOptions: OptionTable = {
  gain: { value: 'DB', help: 'of the sound, -96 to 24' },
  'fade-in': { value: 'TIME', help: 'of picture and sound, frames or seconds' },
  'fade-out': { value: 'TIME', help: 'of picture and sound, frames or seconds' },
  opacity: { value: '0..1', help: 'of the picture' },
  scale: { value: 'FACTOR', help: 'of the picture, 1 fits it into the frame' },
  position: { value: 'X,Y', help: 'of its centre from the middle, pixels, y downwards' },
  rotate: { value: 'DEGREES', help: 'clockwise' },
  fit: { value: 'WAY', help: 'inside (default), cover or pixels' },
  font: { value: 'KIND', help: 'of a title: sans, serif or mono' },
  'title-size': { value: 'SHARE', help: "of a title, as a share of the frame's height (default 0.1)" },
  colour: { value: '#RRGGBB', help: 'of a title (default #ffffff)' },
};

export const transitionOptions: OptionTable = {
  transition: {
    value: 'KIND:LENGTH',
    help: 'to it from the clip before: dissolve, dip, wipe or push; dissolve:12, wipe:1s',
  },
  direction: { value: 'WAY', help: 'of a wipe or push: left, right, up or down (default left)' },
  through: { value: '#RRGGBB', help: 'colour of a dip (default #000000)' },
};

const oneOf = (input: ParsedArguments, option: string, words: string[]): string | undefined =>
  optional(input, option, (text) => {
    if (words.includes(text)) return text;
    throw new UserFacingError('usage', `--${option} ${text} is not possible.`, `It takes ${words.join(', ')}.`);
  });

const colourOf = (input: ParsedArguments, option: string): string | undefined =>
  optional(input, option, (text) => {
    if (/^#[0-9a-f]{6}$/i.test(text)) return text.toLowerCase();
    throw new UserFacingError(
      'usage',
      `--${option} ${text} is not possible.`,
      'It takes a colour, for example #ff8800.',
    );
  });

/** Without the keys that are undefined: what is not given is not changed. */
const given = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/** What `set-clip` is asked to change in the picture and in the sound, and how a title is written. */
export const lookOf = (
  input: ParsedArguments,
  sequence: Sequence,
): { picture: object; sound: object; title: Partial<Title> } => {
  const number = (option: string, least: number, most: number) =>
    optional(input, option, (text) => still(parseNumber(option, text, least, most)));
  const length = (option: string) => optional(input, option, (text) => parseLength(option, text, sequence));
  const [x, y] = optional(input, 'position', (text) => {
    const [across, down, ...more] = text.split(',');
    if (down !== undefined && more.length === 0) {
      return [across, down].map((each) => still(parseNumber('position', each, -32768, 32768)));
    }
    throw new UserFacingError('usage', `--position ${text} is not possible.`, 'It takes X,Y, for example 0,-120.');
  }) ?? [undefined, undefined];
  const fades = given({ fadeIn: length('fade-in'), fadeOut: length('fade-out') });
  const placement = given({
    ...{ x, y, opacity: number('opacity', 0, 1), scale: number('scale', 0, 100) },
    ...{ rotation: number('rotate', -36000, 36000), fit: oneOf(input, 'fit', ['inside', 'cover', 'pixels']) },
  });
  return {
    picture: { ...fades, ...(Object.keys(placement).length > 0 && { placement }) },
    sound: { ...fades, ...given({ gain: number('gain', -96, 24) }) },
    title: given({
      font: oneOf(input, 'font', ['sans', 'serif', 'mono']) as Title['font'] | undefined,
      size: optional(input, 'title-size', (text) => parseNumber('title-size', text, 0.005, 1)),
      colour: colourOf(input, 'colour'),
    }),
  };
};

/** What `add-transition` is asked for; undefined when there is to be none. */
export const transitionOf = (input: ParsedArguments, sequence: Sequence): Record<string, unknown> | undefined => {
  const look = given({
    direction: oneOf(input, 'direction', ['left', 'right', 'up', 'down']),
    colour: colourOf(input, 'through'),
  });
  const text = textOf(input, 'transition');
  if (text === undefined) {
    const orphan = ['direction', 'through'].find((option) => isGiven(input, option));
    if (orphan === undefined) return undefined;
    throw new UserFacingError(
      'usage',
      `--${orphan} belongs to a transition.`,
      'Add --transition, for example wipe:12.',
    );
  }
  const [kind, length, ...more] = text.split(':');
  if (!['dissolve', 'dip', 'wipe', 'push'].includes(kind) || length === undefined || more.length > 0) {
    throw new UserFacingError(
      'usage',
      `--transition ${text} is not possible.`,
      'It takes KIND:LENGTH, for example dissolve:12.',
    );
  }
  return { kind, duration: parseLength('transition', length, sequence), ...look };
};
