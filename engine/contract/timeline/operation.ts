import type { z } from 'zod';
import type { Edit } from './change.ts';
import type { Document } from './document.ts';

/** What an operation may ask of the world: new ids, so that it stays pure. */
export type OperationContext = { newId: () => string };

/** A timeline operation: input that is parsed at the door, and a pure function from a document to the edit. */
export type Operation<S extends z.ZodType = z.ZodType> = {
  input: S;
  /** @throws EditRefused when it cannot be; never leaves the document half-changed */
  run: (document: Document, input: z.infer<S>, context: OperationContext) => Edit;
};
