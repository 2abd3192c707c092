import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { TaskRequest } from '../contract/task-request.ts';
import { dataFolder } from '../models/folders.ts';

/** What decides how long a job takes and how large its files become. */
export type JobSize = Pick<TaskRequest, 'task' | 'model' | 'steps' | 'takes' | 'codec' | 'crf'> & {
  /** Frames that are made, of one take. */
  newFrames: number;
  /** Of the result. */
  width: number;
  height: number;
};

/** A finished job: seconds by stage and of all takes together, frames and bytes of all its files. */
export type MeasuredJob = JobSize & { seconds: Readonly<Record<string, number>>; frames: number; bytes: number };

/** `measured`: this machine has done such a job before; else it is a guess. */
export type JobEstimate = { seconds: number; bytes: number; measured: boolean };

const positive = z.number().nonnegative();
const paceSchema = z.object({
  /** Seconds once a job. */
  load: positive,
  /** Seconds once a take; for inpaint, which reads every frame and its mask, once a frame. */
  read: positive,
  /** Seconds a frame of a window. */
  prior: positive,
  /** Seconds a frame of a window and step. */
  denoise: positive,
  /** Seconds a new frame. */
  refine: positive,
  /** Seconds a million pixels of a frame: composed at full size and encoded. */
  encode: positive,
});
type Pace = z.infer<typeof paceSchema>;

const speedsSchema = z.object({
  format: z.literal(1),
  /** By model and task, the newest last. */
  paces: z.record(z.string(), paceSchema),
  /** Bytes a pixel by codec and quality. */
  weights: z.record(z.string(), positive),
});
type Speeds = z.infer<typeof speedsSchema>;

/** The embedded model on two cores of an EPYC (docs/speed.md); what the network does is shared out among more cores. */
const guessedPace = (task: JobSize['task']): Pace => {
  const share = 2 / Math.min(16, Math.max(1, availableParallelism()));
  const read = task === 'inpaint' ? 0.1 : 1;
  return { load: 0.8, read, prior: 0.015, denoise: 0.0135 * share, refine: 0.066 * share, encode: 0.18 };
};

/** H.264 of the demo clips: 0.08 bytes a pixel at CRF 8, half at 7 more; lossless is a little more than a byte. */
const guessedWeight = ({ codec, crf = 18 }: JobSize): number =>
  codec === 'ffv1' ? 1.2 : codec === 'prores' ? 0.5 : 0.08 * 2 ** ((8 - crf) / 7);

/** Part that the newest job has in what is known: a machine that is busy for once must not spoil it. */
const newest = 0.35;
/** A window of 16 frames has four known ones, and two where it is short. */
const windowFrames = (frames: number): number => frames + 4 * Math.ceil(frames / 12);

/** What reading is counted in. */
const reads = ({ task, takes, newFrames }: JobSize): number => takes * (task === 'inpaint' ? newFrames : 1);

const keyOf = ({ model, task }: JobSize): string => `${model}/${task}`;
const weightKeyOf = ({ codec, crf }: JobSize): string => `${codec ?? 'own'}/${crf ?? 'own'}`;

const speedFile = (): string => path.join(dataFolder(), 'speed.json');

const readSpeeds = async (file: string): Promise<Speeds> => {
  try {
    return speedsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return { format: 1, paces: {}, weights: {} };
  }
};

/** What is known of a task; of another one of the same model, which shares its networks; or a guess. */
const paceFor = ({ paces }: Speeds, size: JobSize): Pace => {
  const guess = guessedPace(size.task);
  const kin = Object.keys(paces).findLast((key) => key.startsWith(`${size.model}/`));
  return paces[keyOf(size)] ?? (kin === undefined ? guess : { ...paces[kin], read: guess.read });
};

/** Time and room that a job takes on this machine. Never fails: what is not known is guessed. */
export const estimateJob = async (size: JobSize, file = speedFile()): Promise<JobEstimate> => {
  const speeds = await readSpeeds(file);
  const { newFrames, width, height, steps, takes } = size;
  const pace = paceFor(speeds, size);
  const take =
    windowFrames(newFrames) * (pace.prior + steps * pace.denoise) +
    newFrames * (pace.refine + (pace.encode * width * height) / 1e6);
  const weight = speeds.weights[weightKeyOf(size)] ?? guessedWeight(size);
  return {
    seconds: pace.load + reads(size) * pace.read + takes * take,
    bytes: Math.round(takes * newFrames * width * height * weight),
    measured: keyOf(size) in speeds.paces,
  };
};

const paceOf = ({ seconds, ...job }: MeasuredJob, before: Pace): Pace => {
  const { newFrames, frames, takes, steps, width, height } = job;
  const inWindows = takes * windowFrames(newFrames);
  // Kept stretches may be copied or encoded: only results that are new nearly throughout tell what a frame costs.
  const allNew = takes * newFrames >= 0.9 * frames;
  const of = (stage: keyof Pace, units: number): number =>
    seconds[stage] === undefined ? before[stage] : seconds[stage] / units;
  return {
    load: of('load', 1),
    read: of('read', reads(job)),
    prior: of('prior', inWindows),
    denoise: of('denoise', inWindows * steps),
    refine: of('refine', takes * newFrames),
    encode: allNew ? of('encode', (frames * width * height) / 1e6) : before.encode,
  };
};

const mixed = (before: number | undefined, now: number): number =>
  before === undefined ? now : before + newest * (now - before);

/**
 * Takes a finished job into what estimateJob knows. Not for jobs that went on from something kept: they took less than they cost.
 * @throws the system's error where the file cannot be written
 */
export const recordJob = async (job: MeasuredJob, file = speedFile()): Promise<void> => {
  const { paces, weights } = await readSpeeds(file);
  const key = keyOf(job);
  const before = paces[key];
  const now = paceOf(job, paceFor({ format: 1, paces, weights }, job));
  const pace = { ...now };
  for (const stage of Object.keys(now) as (keyof Pace)[]) pace[stage] = mixed(before?.[stage], now[stage]);
  const pixels = job.frames * job.width * job.height;
  const weight = mixed(weights[weightKeyOf(job)], job.bytes / pixels);
  // Taken out first, so that it comes last.
  const others = Object.fromEntries(Object.entries(paces).filter(([name]) => name !== key));
  const next: Speeds = {
    format: 1,
    // Last: the newest is what another task is judged by.
    paces: { ...others, [key]: pace },
    weights: { ...weights, [weightKeyOf(job)]: weight },
  };
  const partial = `${file}.${process.pid}.partial`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(partial, JSON.stringify(next, null, 2));
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
};
