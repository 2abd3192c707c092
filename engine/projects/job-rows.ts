import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { jobStates } from '../contract/generation/job.ts';
import { wishPlanSchema } from '../contract/generation/plan.ts';
import { problemSchema } from '../contract/protocol/values.ts';
import { idSchema } from '../contract/timeline/media.ts';

const moment = z.number().int().nonnegative();

/** A job as the project's file keeps it; what changes from step to step is not kept. */
const storedJobSchema = z
  .object({
    id: idSchema,
    state: z.enum(jobStates),
    order: z.number(),
    plan: wishPlanSchema,
    /** The take whose place on the timeline the first result takes. */
    replaces: idSchema.nullable(),
    /** Milliseconds since 1970. */
    createdAt: moment,
    startedAt: moment.nullable(),
    endedAt: moment.nullable(),
    takesDone: z.number().int().nonnegative(),
    takeMediaIds: z.array(idSchema),
    problem: problemSchema.nullable(),
    notes: z.array(z.string()),
  })
  .strict();
export type StoredJob = z.infer<typeof storedJobSchema>;

type Row = Record<string, string | number | null>;

const columns = [
  'id',
  'state',
  '"order"',
  'plan',
  'replaces',
  'created_at',
  'started_at',
  'ended_at',
  'takes_done',
  'take_media_ids',
  'problem',
  'notes',
] as const;

const rowOf = (job: StoredJob): (string | number | null)[] => [
  job.id,
  job.state,
  job.order,
  JSON.stringify(job.plan),
  job.replaces,
  job.createdAt,
  job.startedAt,
  job.endedAt,
  job.takesDone,
  JSON.stringify(job.takeMediaIds),
  job.problem && JSON.stringify(job.problem),
  JSON.stringify(job.notes),
];

/** Undefined for text that is no JSON, which no schema takes. */
const json = (text: string | number | null): unknown => {
  try {
    return text === null ? null : JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

const jobOf = (row: Row): StoredJob | undefined =>
  storedJobSchema.safeParse({
    id: row.id,
    state: row.state,
    order: row.order,
    plan: json(row.plan),
    replaces: row.replaces,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    takesDone: row.takes_done,
    takeMediaIds: json(row.take_media_ids),
    problem: json(row.problem),
    notes: json(row.notes),
  }).data;

/** The rows of a project's queue. Writing must happen inside a transaction. */
export const jobRows = (db: Database) => {
  const all = db.prepare(`SELECT ${columns.join(', ')} FROM job ORDER BY "order", id`);
  const put = db.prepare(
    `INSERT OR REPLACE INTO job (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const remove = db.prepare('DELETE FROM job WHERE id = ?');
  return {
    /** In their order, and how many rows make no sense: those are passed over, since no footage hangs on them. */
    list: (): { jobs: StoredJob[]; unreadable: number } => {
      const rows = all.all() as Row[];
      const jobs = rows.map(jobOf).filter((job) => job !== undefined);
      return { jobs, unreadable: rows.length - jobs.length };
    },
    put: (job: StoredJob): void => {
      put.run(rowOf(storedJobSchema.parse(job)));
    },
    remove: (id: string): void => {
      remove.run(id);
    },
  };
};
export type JobRows = ReturnType<typeof jobRows>;
