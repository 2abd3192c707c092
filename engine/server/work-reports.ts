import { workTopic } from '../contract/protocol/topics.ts';
import type { WorkEvent } from '../contract/protocol/topics.ts';
import type { ProjectHandle } from '../contract/protocol/values.ts';
import type { TopicHub } from './topic-hub.ts';

export type WorkReport = Pick<WorkEvent, 'work' | 'kind' | 'state'> & Partial<WorkEvent>;
/** Tells the windows of a project how far something long is. */
export type ReportWork = (project: ProjectHandle, report: WorkReport) => void;

export type WorkReports = {
  report: ReportWork;
  /** What is under way and would be lost if the engine ended now. */
  running: () => Pick<WorkReport, 'kind' | 'subject'>[];
};

/** Milliseconds between two reports of one work; its end is always told. */
const pause = 100;

/** Begun anew by itself the next time the project is open, or asked for once more as quickly. */
const repeated: readonly WorkEvent['kind'][] = ['thumbnails', 'peaks', 'frame-times', 'proxy', 'find-damaged'];

export const createWorkReports = (topics: TopicHub): WorkReports => {
  const underWay = new Map<string, { report: WorkReport; toldAt: number }>();
  const report: ReportWork = (project, report) => {
    const key = `${project} ${report.work}`;
    if (report.state === 'running') {
      const now = performance.now();
      const before = underWay.get(key)?.toldAt ?? -Infinity;
      const told = now - before >= pause;
      underWay.set(key, { report, toldAt: told ? now : before });
      if (!told) return;
    } else underWay.delete(key);
    const usual = { done: 0, total: 0, secondsLeft: null, subject: null, mediaId: null, problem: null };
    topics.publish(workTopic(project), { ...usual, ...report } satisfies WorkEvent);
  };
  return {
    report,
    running: () =>
      Array.from(underWay.values(), ({ report: last }) => last).filter(({ kind }) => !repeated.includes(kind)),
  };
};

/** Does something long, and tells that it has begun and how it ended. */
export const reported = async <T>(
  tell: (state: WorkEvent['state']) => void,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> => {
  tell('running');
  try {
    const result = await run();
    tell('done');
    return result;
  } catch (error) {
    tell(signal.aborted ? 'cancelled' : 'failed');
    throw error;
  }
};
