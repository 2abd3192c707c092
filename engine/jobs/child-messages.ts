import { z } from 'zod';
import { taskRequest } from '../contract/task-request.ts';

/** What the host says to the inference process: first the job, and later at most that it is no longer wanted. */
export const hostMessageSchema = z.discriminatedUnion('say', [
  z.object({ say: z.literal('run'), request: taskRequest, workDir: z.string() }),
  z.object({ say: z.literal('cancel') }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
