import type { EntityKind } from '../contract/timeline/entities.ts';

/** What a cell can be; better-sqlite3 binds and answers these. */
export type Cell = string | number | null;

/**
 * How a field of an entity is kept: as it is, a boolean as 0 or 1, a ratio in two columns, an object as JSON. Null stays null.
 */
type Field = { field: string; column: string; as: 'plain' | 'flag' | 'ratio' | 'json' };

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const fields = (as: Field['as'], ...names: string[]): Field[] =>
  names.map((field) => ({ field, column: snakeCase(field), as }));

/** The fields of every kind of entity; the table is called as the kind. `id` is always the first. */
export const tables: Record<EntityKind, readonly Field[]> = {
  bin: fields('plain', 'id', 'parentId', 'name', 'order'),
  media: [
    ...fields('plain', 'id', 'kind', 'name', 'binId', 'path', 'relativePath', 'firstNumber', 'bytes', 'hash'),
    ...fields('json', 'picture', 'sound', 'provenance'),
    ...fields('flag', 'starred'),
  ],
  sequence: [
    ...fields('plain', 'id', 'name'),
    ...fields('ratio', 'frameRate'),
    ...fields('plain', 'width', 'height', 'startTimecode'),
    ...fields('flag', 'dropFrame'),
  ],
  track: [
    ...fields('plain', 'id', 'sequenceId', 'kind', 'order', 'name'),
    ...fields('flag', 'locked', 'muted', 'solo'),
    ...fields('plain', 'gain', 'height'),
  ],
  // `trackId` and `start` are in track_clip.
  clip: [
    ...fields('plain', 'id', 'kind', 'name', 'mediaId', 'duration'),
    ...fields('ratio', 'sourceIn', 'speed'),
    ...fields('flag', 'reverse'),
    ...fields('plain', 'offsetSamples'),
    ...fields('flag', 'enabled'),
    ...fields('plain', 'linkId', 'groupId'),
    ...fields('json', 'placement', 'gain'),
    ...fields('plain', 'fadeIn', 'fadeOut'),
    ...fields('json', 'title'),
  ],
  transition: fields(
    'plain',
    ...['id', 'trackId', 'leftClipId', 'rightClipId', 'before', 'after', 'kind', 'colour', 'direction', 'softness'],
  ),
  marker: fields('plain', 'id', 'sequenceId', 'clipId', 'frame', 'duration', 'name', 'colour'),
};

/** Quoted column names in the order of `cellsOf` and `fieldsOf`. */
export const columnsOf = (kind: EntityKind): string[] =>
  tables[kind].flatMap(({ column, as }) => (as === 'ratio' ? [`"${column}_num"`, `"${column}_den"`] : [`"${column}"`]));

/** An entity's cells, in the order of `columnsOf`. */
export const cellsOf = (kind: EntityKind, entity: Record<string, unknown>): Cell[] =>
  tables[kind].flatMap(({ field, as }): Cell[] => {
    const value = entity[field] ?? null;
    if (as === 'ratio') {
      const { num, den } = value as { num: number; den: number };
      return [num, den];
    }
    if (value === null) return [null];
    if (as === 'json') return [JSON.stringify(value)];
    return [as === 'flag' ? Number(value) : (value as Cell)];
  });

const flagOf = (cell: Cell): unknown => (cell === 0 ? false : cell === 1 ? true : cell);

/**
 * The reverse of `cellsOf`, not checked: that is the contract's part. A cell that cannot be meant comes out as something that the contract
 * refuses. `parseJson` lets the reader of ten thousand clips parse equal texts once.
 * @throws SyntaxError on JSON that is none
 */
export const fieldsOf = (
  kind: EntityKind,
  cells: readonly Cell[],
  parseJson: (field: string, text: string) => unknown,
): Record<string, unknown> => {
  const entity: Record<string, unknown> = {};
  let at = 0;
  for (const { field, as } of tables[kind]) {
    const cell = cells[at++];
    if (as === 'ratio') entity[field] = { num: cell, den: cells[at++] };
    else if (as === 'flag') entity[field] = flagOf(cell);
    else entity[field] = as === 'json' && typeof cell === 'string' ? parseJson(field, cell) : cell;
  }
  return entity;
};
