/** A program with a project's queue, to be killed: `queue-child.ts FILE` prints every turn of a job's state and stage. */
import { openProject } from '../../engine/projects/project.ts';
import { createQueue } from '../../engine/jobs/queue/queue.ts';
import { problemOf } from '../../engine/server/problem.ts';

const [file] = process.argv.slice(2);
const project = await openProject(file, { backupEvery: 0 });
let last = '';
const queue = createQueue<string>({
  locate: async (_, mediaId) => {
    const media = project.document().media.get(mediaId);
    if (!media) throw new Error('no such media');
    return media;
  },
  onJob: (_, { state, stage, step }) => {
    const now = `${state} ${stage ?? '-'} ${stage === 'denoise' ? step?.done : ''}`.trim();
    if (now !== last) process.stdout.write(`${now}\n`);
    last = now;
  },
  ...{ onRemoved: () => undefined, onTake: () => undefined, onBusy: () => undefined, problemOf },
  onFault: (error) => {
    throw error;
  },
});
queue.attach('film', project);
process.stdin.on('end', () => void queue.stop().then(() => project.close())).resume();
