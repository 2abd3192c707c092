import { changeSchema } from '../contract/timeline/change.ts';
import type { Change } from '../contract/timeline/change.ts';
import { entitySchemas } from '../contract/timeline/entities.ts';
import type { EntityKind } from '../contract/timeline/entities.ts';
import { upgradedChange } from './migrate.ts';

/** The union of all changes tries one shape after the other; a put of ten thousand goes to its own shape at once. */
const parsedChange = (change: unknown): Change => {
  const { type, entity, value } = change as { type?: unknown; entity?: unknown; value?: unknown };
  if (type === 'put' && typeof entity === 'string' && Object.hasOwn(entitySchemas, entity)) {
    const kind = entity as EntityKind;
    return { type, entity: kind, value: entitySchemas[kind].parse(value) } as Change;
  }
  return changeSchema.parse(change);
};

/**
 * Changes as they were logged by the version `v` of the file's shape, in today's.
 * @throws ZodError, SyntaxError, TypeError or RangeError when they are none
 */
export const parseChanges = (text: string, v: number): Change[] => {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new TypeError('changes are a list');
  return list.map((change: unknown) => parsedChange(upgradedChange(change, v)));
};
