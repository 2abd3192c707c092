import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import type { ParsedInput } from '../contract/protocol/calls.ts';
import type { ExportState } from '../contract/protocol/export.ts';
import { exportUrl } from '../contract/protocol/urls.ts';
import { exportSequence } from '../render/export/export-sequence.ts';
import type { ExportPace } from './export-pace.ts';
import type { OpenEntry, OpenProjects } from './open-projects.ts';
import { problemOf } from './problem.ts';
import type { ReportWork } from './work-reports.ts';

type Job = { entry: OpenEntry; state: ExportState; abort: AbortController; ended: Promise<void> };

/** Exports that run or ran since the engine was started; they go on without a window. */
export type ExportJobs = {
  start: (entry: OpenEntry, input: ParsedInput<'export.start'>) => ExportState;
  /** Takes effect at the next frame; one that has ended stays as it is. */
  cancel: (entry: OpenEntry, work: string) => Promise<void>;
  list: (entry: OpenEntry) => ExportState[];
  /** A finished export's file; undefined where there is none. */
  file: (entry: OpenEntry, work: string) => string | undefined;
  stop: () => Promise<void>;
};

export type ExportJobsOptions = {
  projects: OpenProjects;
  report: ReportWork;
  /** Learns from what is written. */
  pace: ExportPace;
  onFault: (error: unknown) => void;
};

export const createExportJobs = ({ projects, report, pace, onFault }: ExportJobsOptions): ExportJobs => {
  const jobs = new Map<string, Job>();
  const keyOf = ({ project }: OpenEntry, work: string): string => `${project.path} ${work}`;

  const run = async (job: Job, input: ParsedInput<'export.start'>): Promise<void> => {
    const { entry, state, abort } = job;
    const { sequenceId, settings, range, replace } = input;
    const told = { work: state.work, kind: 'export' as const, subject: path.basename(state.path) };
    let last = { done: 0, total: 0, secondsLeft: null as number | null };
    report(entry.handle, { ...told, state: 'running' });
    try {
      const document = entry.project.document();
      const result = await exportSequence({
        ...{ document, sequenceId, projectFolder: entry.folder, settings },
        ...{ out: state.path, force: replace, signal: abort.signal },
        ...(range && { range: { from: range.first, to: range.last } }),
        onProgress: (progress) => {
          last = progress;
          report(entry.handle, { ...told, ...progress, state: 'running' });
        },
      });
      Object.assign(state, {
        ...{ state: 'done', path: result.output, bytes: result.bytes, notes: result.notes },
        download: settings.codec === 'png' ? null : exportUrl(entry.handle, state.work),
      });
      const sequence = document.sequences.get(sequenceId);
      if (sequence) void pace.learn(sequence, settings, result).catch(onFault);
      report(entry.handle, { ...told, state: 'done', done: result.frames, total: result.frames, secondsLeft: 0 });
    } catch (error) {
      const cancelled = abort.signal.aborted;
      if (!cancelled && !(error instanceof UserFacingError)) onFault(error);
      state.state = cancelled ? 'cancelled' : 'failed';
      const { done, total } = last;
      report(entry.handle, { ...told, state: state.state, done, total, problem: cancelled ? null : problemOf(error) });
    } finally {
      await projects.letGo(entry.handle, job);
    }
  };

  return {
    start: (entry, input) => {
      const key = keyOf(entry, input.work);
      const known = jobs.get(key);
      // The answer to the first asking may have been lost on its way.
      if (known) return known.state;
      const state: ExportState = {
        ...{ work: input.work, path: input.path, state: 'running', bytes: null, download: null, notes: [] },
      };
      const job: Job = { entry, state, abort: new AbortController(), ended: Promise.resolve() };
      jobs.set(key, job);
      projects.hold(entry.handle, job);
      job.ended = run(job, input);
      return state;
    },
    cancel: async (entry, work) => {
      const job = jobs.get(keyOf(entry, work));
      if (!job) throw new UserFacingError('input', 'There is no such export.', 'It may have been started elsewhere.');
      job.abort.abort();
      await job.ended;
    },
    list: (entry) =>
      [...jobs.values()]
        .filter((job) => job.entry.project.path === entry.project.path)
        .map((job) => job.state)
        .reverse(),
    file: (entry, work) => {
      const state = jobs.get(keyOf(entry, work))?.state;
      return state?.download ? state.path : undefined;
    },
    stop: async () => {
      for (const job of jobs.values()) job.abort.abort();
      await Promise.all(Array.from(jobs.values(), (job) => job.ended));
    },
  };
};
