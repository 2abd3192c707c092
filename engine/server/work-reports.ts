import { workTopic } from '../contract/protocol/topics.ts';
import type { WorkEvent } from '../contract/protocol/topics.ts';
import type { ProjectHandle } from '../contract/protocol/values.ts';
import type { TopicHub } from './topic-hub.ts';

export type WorkReport = Pick<WorkEvent, 'work' | 'kind' | 'state'> & Partial<WorkEvent>;
/** Tells the windows of a project how far something long is. */
export type ReportWork = (project: ProjectHandle, report: WorkReport) => void;

/** Milliseconds between two reports of one work; its end is always told. */
const pause = 100;

export const createWorkReports = (topics: TopicHub): ReportWork => {
  const told = new Map<string, number>();
  return (project, report) => {
    const key = `${project} ${report.work}`;
    if (report.state === 'running') {
      const now = performance.now();
      if (now - (told.get(key) ?? -Infinity) < pause) return;
      told.set(key, now);
    } else told.delete(key);
    const usual = { done: 0, total: 0, secondsLeft: null, subject: null, mediaId: null, problem: null };
    topics.publish(workTopic(project), { ...usual, ...report } satisfies WorkEvent);
  };
};
