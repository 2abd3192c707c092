import { z } from 'zod';
import { sequenceSchema } from '../timeline/entities.ts';
import { idSchema, nameSchema } from '../timeline/media.ts';
import { call } from './call.ts';
import {
  clientIdSchema,
  emptySchema,
  momentSchema,
  pathSchema,
  projectHandleSchema,
  revisionSchema,
} from './values.ts';

const project = z.object({ project: projectHandleSchema }).strict();

/** What undo and redo would do now: names of operations, null when there is nothing. */
export const editStateSchema = z
  .object({ revision: revisionSchema, undo: z.string().nullable(), redo: z.string().nullable() })
  .strict();
export type EditState = z.infer<typeof editStateSchema>;

export const openedProjectSchema = z
  .object({
    project: projectHandleSchema,
    path: pathSchema,
    /** The file's name without its ending. */
    name: z.string(),
    /** Null when it may be edited, else why it may not, as a sentence. */
    readOnly: z.string().nullable(),
    state: editStateSchema,
  })
  .strict();
export type OpenedProject = z.infer<typeof openedProjectSchema>;

const openResultSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('opened'), opened: openedProjectSchema }).strict(),
  /** Its file is damaged. `backup` is when the newest good backup was made. Nothing has been changed. */
  z.object({ outcome: z.literal('damaged'), why: z.string(), backup: momentSchema.nullable() }).strict(),
]);
export type OpenResult = z.infer<typeof openResultSchema>;

const newSequenceSchema = sequenceSchema
  .pick({ name: true, frameRate: true, width: true, height: true })
  .partial({ name: true });

/** Repeating a call with the same opId gives the same answer and changes nothing more. */
const editing = { project: projectHandleSchema, opId: clientIdSchema };

const versionSchema = z
  .object({ id: idSchema, name: nameSchema, revision: revisionSchema, savedAt: momentSchema })
  .strict();
export type Version = z.infer<typeof versionSchema>;

const stepSchema = z
  .object({ revision: revisionSchema, op: z.string(), madeAt: momentSchema, applied: z.boolean() })
  .strict();

export const projectCalls = {
  /**
   * Makes a project with one sequence (1920x1080 at 24 unless told), a video and an audio track, and opens it. Without `path` it lies in
   * the projects folder under `name`, with a number behind it where that is taken.
   */
  'project.create': call(
    z
      .object({
        path: pathSchema.optional(),
        name: z.string().min(1).max(100).default('Untitled'),
        sequence: newSequenceSchema.optional(),
      })
      .strict(),
    openedProjectSchema,
  ),
  /** Opens the demo project, made from the bundled clips when it is not there yet. */
  'project.openDemo': call(emptySchema, openedProjectSchema),
  /**
   * `readOnly` never takes the lock; without it a project that another process holds is opened for reading all the same and says why.
   * `recover` after the outcome `damaged`: from the newest good backup, or as an empty project; the damaged file is kept beside it.
   */
  'project.open': call(
    z
      .object({
        path: pathSchema,
        readOnly: z.boolean().default(false),
        recover: z.enum(['backup', 'empty']).optional(),
      })
      .strict(),
    openResultSchema,
  ),
  /** This connection is done with it; the file is closed when no connection has it open. */
  'project.close': call(project, emptySchema),
  /**
   * Closes a project that `project.create` made without a path and that nothing was done with: no clip, no take, no job. Its folder is removed
   * with what was copied into it, once nothing holds it any more. Refused for every other one.
   */
  'project.discard': call(project, emptySchema),
  /** The document itself is at documentUrl(project). */
  'project.state': call(project, editStateSchema),
  /**
   * Makes an edit: `name` and `input` of engine/contract/timeline/operations/registry.ts. From an older revision than the newest it is still
   * made when nothing since has touched the same things. The change event comes before the answer.
   */
  'project.edit': call(
    z.object({ ...editing, name: z.string().max(100), input: z.unknown(), baseRevision: revisionSchema }).strict(),
    editStateSchema,
  ),
  'project.undo': call(z.object(editing).strict(), editStateSchema),
  'project.redo': call(z.object(editing).strict(), editStateSchema),
  /** The newest first. */
  'project.history': call(
    z.object({ ...project.shape, limit: z.number().int().min(1).max(1000).default(100) }).strict(),
    z.object({ steps: z.array(stepSchema) }).strict(),
  ),
  'project.versions': call(project, z.object({ versions: z.array(versionSchema) }).strict()),
  'project.saveVersion': call(z.object({ ...project.shape, name: nameSchema.min(1) }).strict(), versionSchema),
  /** What there was is an undo step and a version of its own: nothing is lost. */
  'project.restoreVersion': call(z.object({ ...editing, version: idSchema }).strict(), editStateSchema),
  'project.removeVersion': call(z.object({ ...project.shape, version: idSchema }).strict(), emptySchema),
  'project.saveCopy': call(z.object({ ...project.shape, path: pathSchema }).strict(), emptySchema),
} as const;
