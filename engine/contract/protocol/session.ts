import { z } from 'zod';
import { call } from './call.ts';
import { bytesSchema, emptySchema, momentSchema, pathSchema, urlSchema } from './values.ts';

export const sessionInfoSchema = z
  .object({
    version: z.string(),
    /** `desktop` has native dialogs and the system's own paths of dropped files; `browser` has neither. */
    host: z.enum(['desktop', 'browser']),
    platform: z.string(),
    /** The folders that the host shows and takes paths from; null for all. */
    roots: z.array(pathSchema).nullable(),
    /** Where new projects are put unless told. */
    projectsFolder: pathSchema,
    /** Whether project.openDemo has something to show. */
    demo: z.boolean(),
  })
  .strict();
export type SessionInfo = z.infer<typeof sessionInfoSchema>;

export const recentProjectSchema = z
  .object({
    path: pathSchema,
    name: z.string(),
    openedAt: momentSchema,
    /** Its file is not there (any more, or not now). */
    missing: z.boolean(),
    /** Of its longest sequence, seconds; null when it was never known. */
    seconds: z.number().nonnegative().nullable(),
    /** A frame of it. */
    picture: urlSchema.nullable(),
  })
  .strict();
export type RecentProject = z.infer<typeof recentProjectSchema>;

/** One thing that was looked at, as `longtake doctor` prints it. `needed` ones that do not work stop everything. */
export const findingSchema = z
  .object({
    what: z.string(),
    works: z.boolean(),
    needed: z.boolean(),
    text: z.string(),
    remedy: z.string().optional(),
  })
  .strict();

export const modelSchema = z
  .object({ id: z.string(), name: z.string(), version: z.string(), tasks: z.array(z.string()), bytes: bytesSchema })
  .strict();

/** Something long, as a person would call it: its kind (WorkEvent) and what it works on. */
export const runningWorkSchema = z.object({ kind: z.string(), subject: z.string().nullable() }).strict();
export type RunningWork = z.infer<typeof runningWorkSchema>;

/** What the window remembers from one start to the next: language, theme, key map, sizes of panels. The renderer owns the names. */
export const preferencesSchema = z
  .record(z.string().min(1).max(100), z.json())
  .refine((values) => JSON.stringify(values).length <= 64 * 1024, { message: 'preferences are at most 64 KiB' });
export type Preferences = z.infer<typeof preferencesSchema>;

export const sessionCalls = {
  'session.info': call(emptySchema, sessionInfoSchema),
  /** Models that can be used, without those that are broken. Reads manifests only. */
  'session.models': call(emptySchema, z.object({ models: z.array(modelSchema) }).strict()),
  /** Looks at ffmpeg, models, devices and disks; takes seconds. */
  'session.doctor': call(emptySchema, z.object({ findings: z.array(findingSchema) }).strict()),
  /** The newest first, at most 20. With `settled` the answer waits for those that are being closed: their length and picture are of their end. */
  'session.recent': call(
    z.object({ settled: z.boolean().optional() }).strict(),
    z.object({ projects: z.array(recentProjectSchema) }).strict(),
  ),
  /** What is under way in any project and would be lost if the engine ended now: a host asks before it ends it. */
  'session.running': call(emptySchema, z.object({ works: z.array(runningWorkSchema) }).strict()),
  'session.forget': call(z.object({ path: pathSchema }).strict(), emptySchema),
  'preferences.get': call(emptySchema, z.object({ values: preferencesSchema }).strict()),
  /** Replaces the named values and keeps the others; null removes one. Other windows hear of it (topic `preferences`). */
  'preferences.set': call(z.object({ values: preferencesSchema }).strict(), emptySchema),
} as const;
