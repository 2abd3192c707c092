import { z } from 'zod';
import { taskRequest } from '../contract/task-request.ts';

/**
 * What the host says to the inference process: first the job, and later at most that it is no longer wanted. Folders: `checkpoints` for what
 * is finished, which outlives the job; `previews` for pictures of what is being made.
 */
export const hostMessageSchema = z.discriminatedUnion('say', [
  z.object({
    say: z.literal('run'),
    request: taskRequest,
    workDir: z.string(),
    checkpoints: z.string().optional(),
    previews: z.string().optional(),
  }),
  z.object({ say: z.literal('cancel') }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
export type RunMessage = Extract<HostMessage, { say: 'run' }>;
