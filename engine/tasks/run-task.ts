import { takePath } from '../contract/output-names.ts';
import type { TaskReporter } from '../contract/progress.ts';
import type { TaskRequest } from '../contract/task-request.ts';
import { planAnimate } from './animate.ts';
import { planBlend } from './blend.ts';
import { openCheckpoints } from './checkpoints.ts';
import { openEngine } from './engine.ts';
import { planExtend } from './extend.ts';
import { planFill } from './fill.ts';
import { planInpaint } from './inpaint.ts';
import type { TaskPlan } from './plan.ts';
import { newFrameRanges } from './plan.ts';
import { createPreviews } from './preview-pictures.ts';
import { createTaskProgress } from './task-progress.ts';
import { unlessFinished } from './finished-takes.ts';
import { writeResult } from './write-result.ts';
import type { Written } from './write-result.ts';

/** One finished file. Frame ranges include both ends and count in the result. */
export type TakeResult = {
  output: string;
  frames: number;
  newFrames: [number, number][];
  /** Those of which little was filmed. */
  madeUp: [number, number][];
  model: string;
  seed: number;
  steps: number;
};

export type TaskResult = {
  takes: TakeResult[];
  /** Pixels of the results. */
  width: number;
  height: number;
  /** Whether part of them had been made before. */
  resumed: boolean;
};

export type TaskContext = {
  reporter: TaskReporter;
  /** A folder for temporary files that is removed afterwards. */
  workDir: string;
  /**
   * A folder that outlives the job: what is finished (windows, whole takes) is kept there, and a job which was stopped or killed goes on
   * from it when the same request is run again, to the same bytes. Whoever names it removes it.
   */
  checkpoints?: string;
  /** A folder for pictures of what is being made, and who is told of each; `frame` counts in the result. */
  previews?: { folder: string; tell: (file: string, frame: number) => void };
};

const planTask = (request: TaskRequest, reporter: TaskReporter, workDir: string): Promise<TaskPlan> => {
  switch (request.task) {
    case 'animate':
      return planAnimate(request, reporter);
    case 'extend':
      return planExtend(request, reporter);
    case 'fill':
      return planFill(request, reporter);
    case 'blend':
      return planBlend(request, reporter);
    case 'inpaint':
      return planInpaint(request, reporter, workDir);
  }
};

/**
 * Runs a task to its end and answers for its takes; take i has the seed `request.seed + i`.
 * @throws UserFacingError with the family that decides the exit code; `interrupted` when the reporter says so.
 */
export const runTask = async (request: TaskRequest, context: TaskContext): Promise<TaskResult> => {
  const { reporter, workDir } = context;
  const checkpoints = context.checkpoints === undefined ? null : openCheckpoints(context.checkpoints, reporter.note);
  const previews =
    context.previews === undefined ? null : createPreviews(context.previews.folder, context.previews.tell);
  const plan = await planTask(request, reporter, workDir);
  const engine = await openEngine(request, reporter);
  try {
    const { windows, reads, frames: fresh } = plan.work(engine);
    const progress = createTaskProgress(reporter, {
      read: reads * request.takes,
      prior: windows * request.takes,
      denoise: windows * engine.schedule.levels.length * request.takes,
      refine: fresh * request.takes,
    });
    const takes: TakeResult[] = [];
    for (let take = 0; take < request.takes; take++) {
      const seed = (request.seed + take) % 2 ** 32;
      const output = takePath(request.out, take + 1);
      const making = { engine, seed, progress, checkpoints };
      const make = (): Promise<Written> => writeResult({ plan, request, output, workDir, reporter, making, previews });
      const written =
        checkpoints === null ? await make() : await unlessFinished(checkpoints, request, seed, output, make);
      takes.push({
        output,
        ...written,
        newFrames: newFrameRanges(plan),
        model: request.model,
        seed,
        steps: request.steps,
      });
    }
    const [width, height] = request.size ?? [plan.source.width, plan.source.height];
    return { takes, width, height, resumed: checkpoints?.used() ?? false };
  } finally {
    await engine.model.release();
  }
};
