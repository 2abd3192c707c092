import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nearest, parseArguments } from '../../engine/cli/arguments.ts';
import { parseRanges } from '../../engine/cli/fill.ts';
import {
  commonFields,
  parseRequest,
  positionalsOf,
  secondsOption,
  taskOptions,
  toNumber,
} from '../../engine/cli/options.ts';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { partialPath, takePath } from '../../engine/contract/output-names.ts';
import { extendRequest } from '../../engine/contract/task-request.ts';

const table = {
  ...taskOptions,
  seconds: { ...secondsOption, help: '' },
  hint: { value: 'x,y,dx,dy', help: '', many: true },
};

const refusalOf = (work: () => unknown): UserFacingError => {
  try {
    work();
  } catch (error) {
    if (error instanceof UserFacingError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const extend = (...words: string[]) => {
  const input = parseArguments(words, table, 'extend');
  const [clip] = positionalsOf(input, ['CLIP'], 'extend');
  return parseRequest(
    extendRequest,
    { ...commonFields(input), task: 'extend', clip, seconds: toNumber(input.given.seconds?.[0]) },
    input,
    table,
  );
};

describe('arguments', () => {
  it('takes options before and after names, in both forms', () => {
    const { positionals, given } = parseArguments(
      ['a.mp4', '-o', 'out.mp4', '--seed=7', '--force', 'b.mp4'],
      table,
      'blend',
    );
    expect(positionals).toEqual(['a.mp4', 'b.mp4']);
    expect(given).toEqual({ out: ['out.mp4'], seed: ['7'], force: [''] });
  });

  it('gives an option whatever follows it, a leading minus included', () => {
    const { given } = parseArguments(['--hint', '-5,3,-10,0', '--hint', '1,2,3,4', '-o', '-out.mp4'], table, 'animate');
    expect(given.hint).toEqual(['-5,3,-10,0', '1,2,3,4']);
    expect(given.out).toEqual(['-out.mp4']);
  });

  it('takes names with a leading minus after --, and as they are where such a file exists', () => {
    expect(parseArguments(['--', '--force'], table, 'extend').positionals).toEqual(['--force']);
    const folder = mkdtempSync(path.join(tmpdir(), 'longtake-arguments-'));
    const before = process.cwd();
    try {
      process.chdir(folder);
      writeFileSync('-clip.mp4', '');
      expect(parseArguments(['-clip.mp4'], table, 'extend').positionals).toEqual(['-clip.mp4']);
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps strange names whole', () => {
    const names = ['my "best" take.mp4', '%d.mp4', '🎬 clip.mp4', "it's.mp4"];
    expect(parseArguments(names, table, 'x').positionals).toEqual(names);
  });

  it.each([
    [['--sed', '1'], 'has no option --sed', 'Did you mean --seed?'],
    [['--seed'], '--seed needs a value', '--seed N'],
    [['--seed', '1', '--seed', '2'], 'given twice', 'once'],
    [['--force=yes'], 'takes no value', '--force alone'],
    [['--denoisr', 'on'], 'has no option --denoisr', '--help'],
  ])('refuses %j', (words, message, remedy) => {
    const refusal = refusalOf(() => parseArguments(words, table, 'extend'));
    expect(refusal.code).toBe('usage');
    expect(refusal.message).toContain(message);
    expect(refusal.remedy).toContain(remedy);
  });

  it('knows a slip of the finger from another word', () => {
    expect(nearest('extned', ['extend', 'animate'])).toBe('extend');
    expect(nearest('render', ['extend', 'animate'])).toBeUndefined();
  });
});

describe('requests', () => {
  it('fills in the defaults of the contract', () => {
    expect(extend('clip.mp4', '-o', 'out.mp4', '--seconds', '1.5')).toMatchObject({
      clip: 'clip.mp4',
      seconds: 1.5,
      seed: 1,
      takes: 1,
      steps: 4,
      model: 'longtake-embedded',
      audio: true,
      direction: 'forward',
      denoiser: 'on',
    });
  });

  it('reads sizes', () => {
    expect(extend('c', '-o', 'o.mp4', '--seconds', '1', '--size', '1280x720').size).toEqual([1280, 720]);
  });

  it.each([
    [['--seconds', '-1'], '--seconds -1'],
    [['--seconds', '0'], '--seconds 0'],
    [['--seconds', '1e9'], '--seconds 1e9'],
    [['--seconds', 'two'], '--seconds two'],
    [['--seconds', ''], '--seconds '],
    [['--seconds', '1', '--steps', '5'], '--steps 5'],
    [['--seconds', '1', '--takes', '0'], '--takes 0'],
    [['--seconds', '1', '--seed', '1.5'], '--seed 1.5'],
    [['--seconds', '1', '--size', '12'], '--size 12'],
    [['--seconds', '1', '--size', '1x1'], '--size 1x1'],
    [['--seconds', '1', '--codec', 'divx'], '--codec divx'],
    [['--seconds', '1', '--crf', '99'], '--crf 99'],
    [['--seconds', '1', '--device', 'tpu'], '--device tpu'],
    [[], '--seconds is missing'],
  ])('refuses %j and says what would be right', (words, message) => {
    const refusal = refusalOf(() => extend('clip.mp4', '-o', 'out.mp4', ...words));
    expect(refusal.code).toBe('usage');
    expect(refusal.message).toContain(message);
    expect(refusal.remedy).toMatch(/[Ii]t takes .{5,}/);
  });

  it('asks for the names that are missing, and stops at one too many', () => {
    expect(refusalOf(() => extend('-o', 'out.mp4')).message).toContain('CLIP');
    expect(refusalOf(() => extend('a.mp4', 'b.mp4', '-o', 'o.mp4')).message).toContain('one word too many');
    expect(refusalOf(() => extend('a.mp4', '--seconds', '1')).remedy).toContain('-o');
  });
});

describe('ranges of frames', () => {
  it('are read as they are written', () => {
    expect(parseRanges('12-18')).toEqual([[12, 18]]);
    expect(parseRanges('40, 12-18,5')).toEqual([
      [40, 40],
      [12, 18],
      [5, 5],
    ]);
  });

  it.each(['', '5-', '-5', 'a-b', '1.5-2', '1-2;3'])('are none in %j', (text) => {
    expect(parseRanges(text)).toBeUndefined();
  });
});

describe('names of results', () => {
  it('number the takes before the extension', () => {
    expect([1, 2, 3].map((take) => takePath('/a/my.clip.mp4', take))).toEqual([
      '/a/my.clip.mp4',
      '/a/my.clip-2.mp4',
      '/a/my.clip-3.mp4',
    ]);
  });

  it('keep the partial file beside the result and in its container', () => {
    expect(partialPath('/a/-%d "x".mkv')).toBe('/a/-%d "x".longtake-partial.mkv');
  });
});
