import { z } from 'zod';
import { folderEntrySchema } from './protocol/media.ts';
import { pathSchema } from './protocol/values.ts';

/** What a window asks the desktop shell's file dialog for. Texts are in the window's language. */
export const chooseRequestSchema = z
  .object({
    title: z.string().max(500),
    /** What the button says. */
    action: z.string().max(200),
    /** Kinds of files to choose; none for a folder. */
    kinds: z.array(folderEntrySchema.shape.kind).max(10),
    multiple: z.boolean(),
    /** With files to choose: whether folders may be chosen among them, where the system's dialog can. */
    folders: z.boolean(),
  })
  .strict();
export type ChooseRequest = z.infer<typeof chooseRequestSchema>;

/** What a window asks the desktop shell's dialog for where a file is to be written. Texts are in the window's language. */
export const saveRequestSchema = z
  .object({
    title: z.string().max(500),
    action: z.string().max(200),
    /** Where and under which name it would lie; absolute. */
    path: pathSchema,
    /** What such files are called, and their ending without the dot. */
    kind: z.object({ name: z.string().max(200), ending: z.string().regex(/^[a-z0-9]{1,10}$/) }).strict(),
  })
  .strict();
export type SaveRequest = z.infer<typeof saveRequestSchema>;
