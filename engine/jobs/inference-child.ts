/**
 * The inference process: one job, then the end. It stands alone so that a crash or a lack of memory here fails one job
 * with a reason and touches nothing else, and so that a computation that cannot be interrupted can be killed.
 */
import { UserFacingError } from '../contract/errors.ts';
import type { JobEvent, TaskReporter } from '../contract/progress.ts';
import type { RunMessage } from './child-messages.ts';
import { hostMessageSchema } from './child-messages.ts';
import { removeLeftovers } from './leftovers.ts';
import { createStageClock } from './stage-clock.ts';

const send = (event: JobEvent): void => {
  // A host that went away is dealt with by `disconnect`, not by a failed send.
  process.send?.(event, undefined, undefined, () => undefined);
};

const sendAndExit = (event: JobEvent, exitCode: number): void => {
  process.send?.(event, undefined, undefined, () => process.exit(exitCode));
};

let wanted = true;

const runJob = async ({ request, workDir, checkpoints, previews }: RunMessage): Promise<void> => {
  const clock = createStageClock();
  const reporter: TaskReporter = {
    progress: (stage, done, total) => {
      clock.report(stage, done);
      send({ event: 'progress', stage, done, total });
    },
    note: (text) => send({ event: 'note', text }),
    cancelled: () => !wanted,
  };
  reporter.progress('load', 0, 1);
  // Imported late: the first line of progress is out before the runtime is loaded.
  const { runTask } = await import('../tasks/run-task.ts');
  const { takes, ...size } = await runTask(request, {
    reporter,
    workDir,
    checkpoints,
    ...(previews !== undefined && {
      previews: { folder: previews, tell: (file, frame) => send({ event: 'preview', file, frame }) },
    }),
  });
  const seconds = clock.totals();
  send({ event: 'size', ...size });
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  takes.forEach((take, index) => {
    const done: JobEvent = {
      event: 'done',
      output: take.output,
      frames: take.frames,
      new_frames: take.newFrames,
      made_up: take.madeUp,
      model: take.model,
      seed: take.seed,
      steps: take.steps,
      seconds,
      peak_rss_mb: peakRssMb,
    };
    if (index === takes.length - 1) sendAndExit(done, 0);
    else send(done);
  });
};

/** Failures that are nobody's fault but the machine's room, in the words of the libraries that meet them first. */
const outOfRoom = (error: Error): UserFacingError | undefined => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserFacingError(
      'room',
      'The disk is full.',
      'Free some space, or write to another disk, and run it again.',
    );
  }
  if (code === 'ENOMEM' || /bad_alloc|allocation failed|failed to allocate|out of memory/i.test(error.message)) {
    return new UserFacingError(
      'room',
      'There is not enough memory for this job.',
      'Close other programs, or ask for a smaller --size or fewer seconds.',
    );
  }
  return undefined;
};

const fail = (error: unknown): void => {
  const known = error instanceof UserFacingError ? error : error instanceof Error ? outOfRoom(error) : undefined;
  if (known) {
    sendAndExit({ event: 'error', code: known.code, message: known.message, remedy: known.remedy }, 1);
    return;
  }
  console.error(error);
  const what = error instanceof Error ? error.message : String(error);
  sendAndExit(
    {
      event: 'error',
      code: 'bug',
      message: `Longtake met a fault of its own: ${what}.`,
      remedy: 'Please report it together with the lines printed above.',
    },
    1,
  );
};

process.on('message', (raw) => {
  const message = hostMessageSchema.parse(raw);
  if (message.say === 'cancel') {
    wanted = false;
    return;
  }
  const { request, workDir } = message;
  process.on('disconnect', () => {
    // The host is gone without a word: nobody else will tidy up, and nobody waits for the result.
    removeLeftovers(workDir, request.out, request.takes);
    if (process.platform === 'win32') process.exit(1);
    process.kill(-process.pid, 'SIGKILL');
  });
  runJob(message).catch(fail);
});
process.on('uncaughtException', fail);
// Ctrl-C reaches the host, which asks in words first.
process.on('SIGINT', () => undefined);
