import { UserFacingError } from '../contract/errors.ts';
import type { TaskReporter } from '../contract/progress.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import type { Schedule } from '../diffusion/schedule.ts';
import { scheduleOf } from '../diffusion/schedule.ts';
import type { MotionLatentDit } from '../models/motion-latent-dit.ts';
import { openMotionLatentDit } from '../models/motion-latent-dit.ts';
import { openPack } from '../models/registry.ts';

/** A loaded model, ready for any task it serves. */
export type Engine = { model: MotionLatentDit; schedule: Schedule; denoiser: 'network' | 'prior' };

/** @throws UserFacingError `model` when the pack cannot be used or does not serve the task, `usage` for steps it has no preset of. */
export const openEngine = async (request: TaskRequest, reporter: TaskReporter): Promise<Engine> => {
  const pack = await openPack(request.model);
  const { id, tasks, schedule } = pack.manifest;
  if (!tasks.includes(request.task)) {
    throw new UserFacingError(
      'model',
      `The model ${id} cannot ${request.task}.`,
      `Use a model that lists ${request.task} among its tasks (\`longtake models info ID\`).`,
    );
  }
  if (schedule.presets[String(request.steps)] === undefined) {
    throw new UserFacingError(
      'usage',
      `The model ${id} has no preset of ${request.steps} steps.`,
      `Use --steps ${Object.keys(schedule.presets).join(' or ')}.`,
    );
  }
  const model = await openMotionLatentDit(pack, {
    device: request.device,
    threads: request.threads,
    denoiser: request.denoiser,
    onLoad: (done, total) => reporter.progress('load', done, total),
  });
  return {
    model,
    schedule: scheduleOf(schedule, request.steps),
    denoiser: request.denoiser === 'prior' ? 'prior' : 'network',
  };
};
