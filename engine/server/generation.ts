/** Jobs of generation of the projects that are open: told to their windows, kept going without one. */
import { jobsTopic } from '../contract/protocol/topics.ts';
import type { JobsEvent } from '../contract/protocol/generate.ts';
import type { ProjectHandle } from '../contract/protocol/values.ts';
import { createQueue } from '../jobs/queue/queue.ts';
import type { Queue } from '../jobs/queue/queue.ts';
import type { MediaWork } from './media-work.ts';
import type { OpenEntry, OpenProjects } from './open-projects.ts';
import { problemOf } from './problem.ts';
import type { TopicHub } from './topic-hub.ts';

export type Generation = Queue<ProjectHandle> & { enter: (entry: OpenEntry) => void };

type GenerationOptions = {
  topics: TopicHub;
  projects: OpenProjects;
  media: Pick<MediaWork, 'located' | 'prepare'>;
  onFault: (error: unknown) => void;
};

export const createGeneration = ({ topics, projects, media, onFault }: GenerationOptions): Generation => {
  /** Stands for the jobs of each project among those who keep it open. */
  const holders = new Map<ProjectHandle, object>();
  const publish = (handle: ProjectHandle, event: JobsEvent): void => topics.publish(jobsTopic(handle), event);

  const queue = createQueue<ProjectHandle>({
    locate: (handle, mediaId) => media.located(projects.get(handle), mediaId),
    onJob: (handle, job) => publish(handle, { job }),
    onRemoved: (handle, removed) => publish(handle, { removed }),
    onTake: (handle, { id }) => void media.prepare(projects.get(handle), [id]).catch(onFault),
    onBusy: (handle, busy) => {
      const holder = holders.get(handle);
      if (busy && !holder) {
        const made = {};
        holders.set(handle, made);
        projects.hold(handle, made);
      } else if (!busy && holder) {
        holders.delete(handle);
        // The last word on a job has to go out before the project may close.
        setImmediate(() => void projects.letGo(handle, holder, true).catch(onFault));
      }
    },
    ...{ problemOf, onFault },
  });
  return { ...queue, enter: ({ handle, project }) => queue.attach(handle, project) };
};
