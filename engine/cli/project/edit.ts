import { readFileSync, statSync } from 'node:fs';
import { UserFacingError } from '../../contract/errors.ts';
import { operations } from '../../contract/timeline/operations/registry.ts';
import { nearest } from '../arguments.ts';
import { say } from '../command.ts';
import type { Command } from '../command.ts';
import { withIds } from './pick.ts';
import { filesOf, withProject } from './session.ts';
import { textOf } from './values.ts';

const names = Object.keys(operations);
const maxBytes = 64_000_000;
const maxDepth = 60;

/** The operation's input: JSON, or @FILE, or - for standard input. */
const inputOf = (text: string): unknown => {
  const source = text === '-' ? 0 : text.startsWith('@') ? text.slice(1) : undefined;
  let json = text;
  if (source !== undefined) {
    try {
      if (typeof source === 'string' && statSync(source).size > maxBytes) throw new Error('it is too large');
      json = readFileSync(source, 'utf8');
    } catch (error) {
      throw new UserFacingError('input', `${text} cannot be read: ${(error as Error).message}.`, 'Check the file.');
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new UserFacingError('usage', 'The input of the edit is no JSON.', 'Put it in single quotes, or write @FILE.');
  }
  if (depthOf(value) > maxDepth) {
    throw new UserFacingError('usage', 'The input of the edit is nested too deeply.', 'No edit takes such an input.');
  }
  return value;
};

/** Without recursion, which deep nesting would exhaust. */
const depthOf = (value: unknown): number => {
  let layer = [value];
  for (let depth = 0; ; depth += 1) {
    layer = layer.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (layer.length === 0 || depth > maxDepth) return depth;
  }
};

export const command: Command = {
  name: 'project edit',
  summary: 'does any edit of the editor, given as JSON',
  usage: 'project edit FILE.longtake OPERATION JSON|@JSON-FILE|-',
  details: [
    'Instead of an id the JSON may name things: "@sequence", "@V1" (a track), "@V1:0" (its first clip), "@media/NAME".',
    'Several edits as one: batch \'{"operations":[{"op":"blade","input":{…}},…]}\'.',
    `Operations: ${names.join(', ')}.`,
    'What each takes stands in engine/contract/timeline/operations, and with examples in docs/projects.md.',
  ],
  options: { sequence: { value: 'NAME', help: 'the one that "@…" means (default the oldest)' } },
  run: async (input, voice) => {
    const { file, rest } = filesOf(input, 'edit', ['OPERATION', 'JSON']);
    const [name, text] = rest;
    if (!names.includes(name)) {
      const near = nearest(name, names);
      throw new UserFacingError(
        'usage',
        `There is no edit "${name}".`,
        near ? `Did you mean ${near}?` : 'longtake project edit --help lists them.',
      );
    }
    const given = inputOf(text);
    await withProject(file, (project) => {
      const { revision } = project.edit(name, withIds(given, project.document(), textOf(input, 'sequence')));
      say(voice, { event: 'edited', project: file, revision, operation: name }, `revision ${revision}: ${name}`);
    });
  },
};
