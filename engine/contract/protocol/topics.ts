import { z } from 'zod';
import { changeSchema } from '../timeline/change.ts';
import { idSchema } from '../timeline/media.ts';
import { jobsEventSchema } from './generate.ts';
import { editStateSchema } from './project.ts';
import { preferencesSchema } from './session.ts';
import { clientIdSchema, problemSchema, projectHandleSchema } from './values.ts';
import type { ProjectHandle } from './values.ts';

/** The document has changed. `state.revision` is one more than before. */
const changedSchema = z
  .object({
    type: z.literal('changed'),
    kind: z.enum(['edit', 'undo', 'redo']),
    op: z.string(),
    /** Of the call that asked for it. */
    opId: clientIdSchema.nullable(),
    changes: z.array(changeSchema),
    state: editStateSchema,
  })
  .strict();

/** The document has changed by more than a message holds: take a snapshot. */
const replacedSchema = z
  .object({ type: z.literal('replaced'), opId: clientIdSchema.nullable(), state: editStateSchema })
  .strict();

export const projectEventSchema = z.discriminatedUnion('type', [changedSchema, replacedSchema]);
export type ProjectEvent = z.infer<typeof projectEventSchema>;

/** Something long that is being done for a project. The last event of a `work` is one that is not `running`. */
export const workEventSchema = z
  .object({
    work: clientIdSchema,
    kind: z.enum(['import', 'find', 'thumbnails', 'peaks', 'frame-times', 'proxy', 'export', 'find-damaged']),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    /** Of `total`; the unit is the kind's own (files, frames). */
    done: z.number().nonnegative(),
    total: z.number().nonnegative(),
    /** Seconds, once they can be told. */
    secondsLeft: z.number().nonnegative().nullable(),
    /** What it works on: a file's name. */
    subject: z.string().nullable(),
    /** The media of which thumbnails, peaks or a proxy are made. */
    mediaId: z.string().nullable(),
    problem: problemSchema.nullable(),
  })
  .strict();
export type WorkEvent = z.infer<typeof workEventSchema>;

/** The list of a project's versions is another one: a version was saved or removed. Restoring one tells of itself as an edit. */
export const versionsEventSchema = z.object({ version: idSchema, was: z.enum(['saved', 'removed']) }).strict();
export type VersionsEvent = z.infer<typeof versionsEventSchema>;

/** Topics by the word before the colon; the others carry a project's handle behind it. */
export const topics = {
  preferences: preferencesSchema,
  project: projectEventSchema,
  work: workEventSchema,
  jobs: jobsEventSchema,
  versions: versionsEventSchema,
} as const;
export type TopicKind = keyof typeof topics;
export type TopicEvent<K extends TopicKind> = z.infer<(typeof topics)[K]>;

export const topicKindOf = (topic: string): TopicKind | undefined => {
  const [kind, handle] = topic.split(':');
  if (!Object.hasOwn(topics, kind)) return undefined;
  if (kind === 'preferences') return handle === undefined ? kind : undefined;
  return projectHandleSchema.safeParse(handle).success ? (kind as TopicKind) : undefined;
};

export const projectTopic = (project: ProjectHandle) => `project:${project}` as const;
export const workTopic = (project: ProjectHandle) => `work:${project}` as const;
export const jobsTopic = (project: ProjectHandle) => `jobs:${project}` as const;
export const versionsTopic = (project: ProjectHandle) => `versions:${project}` as const;
