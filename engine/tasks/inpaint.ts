import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TaskReporter } from '../contract/progress.ts';
import type { InpaintRequest } from '../contract/task-request.ts';
import { fillHole } from '../diffusion/fill-hole.ts';
import type { CompactFrame } from '../diffusion/compact.ts';
import { compact, expand } from '../diffusion/compact.ts';
import type { DonorSide, HoledFrame } from '../diffusion/donors.ts';
import { donorSides, findDonors, plateOf } from '../diffusion/donors.ts';
import { inpaintWindow } from '../diffusion/inpaint-window.ts';
import type { RefinedFrame } from '../diffusion/refine-frames.ts';
import { compose } from '../frames/compose.ts';
import type { Image, PlanarFrame } from '../frames/image.ts';
import { featherMask, pasteMasked, shrinkMask } from '../frames/mask.ts';
import { mixSeed } from '../frames/noise.ts';
import { toWorking } from '../frames/resize.ts';
import { readFrames } from '../media/decode.ts';
import { hasFeature } from '../models/manifest.ts';
import { openClip, refuseStill, type Clip } from './clip.ts';
import type { Engine } from './engine.ts';
import type { MaskSource } from './mask-source.ts';
import { openMask } from './mask-source.ts';
import type { Making, TaskPlan } from './plan.ts';
import { breathe } from './task-progress.ts';
import { writeMaskVideo } from './write-masks.ts';

/** Bytes of full-size frames that are held for their detail; sets how far away it may be borrowed. */
const heldBytes = 500e6;
/** Distances at which other frames are asked what the hole hides, frames. */
const distances = [2, 4, 6, 9, 12, 16, 23, 32];

type Held = HoledFrame & { full: PlanarFrame };

/** What a window made of a frame, and the frames that show what its hole hides. */
type Repainted = { frame: CompactFrame; donors: Partial<Record<DonorSide, number>> };
/** By index; frames without a hole are not in it. */
type RepaintedWindow = ReadonlyMap<number, Repainted>;

const overlapOf = (engine: Engine): number => engine.model.manifest.window.known;
const freshOf = (engine: Engine): number => engine.model.manifest.window.frames - overlapOf(engine);

const frameBytes = (frame: PlanarFrame): number => frame.planes.reduce((sum, plane) => sum + plane.byteLength, 0);

/** Reads the clip ahead of the window in hand and keeps what may still be borrowed from. */
const createReader = (clip: Clip, mask: MaskSource) => {
  const last = clip.info.frameCount - 1;
  const frames = readFrames(clip.info, 0, last);
  const masks = mask.read(0, last);
  const held = new Map<number, Held>();
  const seen = createHash('sha256');
  let next = 0;
  let shared: { mask: Image; hole: Image } | null = null;
  const readOne = async (): Promise<boolean> => {
    const [frame, own] = await Promise.all([frames.next(), masks.next()]);
    if (frame.done === true || own.done === true) return false;
    // One picture for all frames comes as one object: it is shrunk once.
    if (shared?.mask !== own.value)
      shared = { mask: own.value, hole: shrinkMask(own.value, clip.size.width, clip.size.height) };
    const { hole } = shared;
    const isWhole = hole.data.every((v) => v === 0);
    const picture = toWorking(frame.value, clip.size);
    seen.update(picture.data).update(hole.data);
    held.set(next, {
      index: next,
      seconds: clip.times[next],
      picture: isWhole ? picture : fillHole(picture, hole),
      hole,
      isWhole,
      full: frame.value,
    });
    next++;
    return true;
  };
  return {
    held,
    /** Stands for the small pictures and holes of all frames that were read so far. */
    fingerprint: (): string => seen.copy().digest('hex'),
    readTo: async (index: number): Promise<void> => {
      while (next <= Math.min(index, last)) if (!(await readOne())) return;
    },
    /** Lets go of frames before `index`. */
    forget: (index: number): void => {
      for (const known of held.keys()) if (known < index) held.delete(known);
    },
  };
};

/** Repaints the masked region of every frame, in order. */
const repaint = async function* (
  clip: Clip,
  mask: MaskSource,
  feather: number,
  { engine, seed, progress, checkpoints, preview }: Making,
): AsyncGenerator<PlanarFrame> {
  const { info } = clip;
  const reader = createReader(clip, mask);
  await reader.readTo(0);
  const room = Math.floor((heldBytes / frameBytes(reader.held.get(0)!.full) - freshOf(engine)) / 2);
  const reach = Math.max(2, Math.min(distances[distances.length - 1], room));
  const masks = mask.read(0, info.frameCount - 1);
  let soft: { mask: Image; feathered: Image } | null = null;
  /** Repainted small frames that the next window sees. */
  let context: { seconds: number; picture: Image }[] = [];
  const fresh = freshOf(engine);
  const steps = engine.schedule.levels.length;
  const { model, schedule, denoiser } = engine;
  const settings = JSON.stringify({ manifest: model.manifest, device: model.device, schedule, denoiser });
  for (let start = 0, window = 0; start < info.frameCount; start += fresh, window++) {
    const end = Math.min(info.frameCount, start + fresh) - 1;
    await reader.readTo(end + reach);
    reader.forget(start - reach);
    await progress.advance('read');
    const inWindow = Array.from({ length: end - start + 1 }, (_, i) => reader.held.get(start + i)!);
    const holed = inWindow.filter((frame) => !frame.isWhole);
    const makeWindow = async (): Promise<RepaintedWindow> => {
      const around = [...reader.held.values()];
      const plates = new Map<HoledFrame, Image>();
      const plate = (frame: HoledFrame): Image => {
        const known = plates.get(frame) ?? plateOf(frame, around);
        plates.set(frame, known);
        return known;
      };
      const ways = hasFeature(model.manifest, 'second-references') ? 4 : 2;
      const frames = holed.map((frame) => {
        const others = distances
          .filter((d) => d <= reach)
          .flatMap((d) => [frame.index - d, frame.index + d])
          .flatMap((index) => reader.held.get(index) ?? []);
        return { frame, donors: findDonors(frame, others, plate, ways) };
      });
      await progress.advance('prior');
      const hook = progress.hook('denoise');
      const refined = await inpaintWindow({
        model: engine.model,
        schedule: engine.schedule,
        denoiser: engine.denoiser,
        seed: mixSeed(seed, window),
        known: context,
        frames,
        afterStep: async (done, estimate) => {
          const place = (estimate?.place ?? 0) - context.length;
          if (estimate !== null)
            await preview?.(frames[Math.min(place, frames.length - 1)].frame.index, estimate.picture);
          await hook(done);
        },
      });
      return new Map(
        frames.map(({ frame, donors }, i) => {
          const indices = donorSides.flatMap((side) => {
            const donor = donors[side];
            return donor === null ? [] : [[side, donor.frame.index] as const];
          });
          return [frame.index, { frame: compact(refined[i]), donors: Object.fromEntries(indices) }];
        }),
      );
    };
    const place = checkpoints?.at<RepaintedWindow>(`${seed}/${window}`, `${settings}${reader.fingerprint()}`);
    let made: RepaintedWindow | null =
      holed.length === 0 ? new Map<number, Repainted>() : ((await place?.load()) ?? null);
    if (made === null) {
      made = await makeWindow();
      await place?.save(made);
    } else {
      await progress.advance('prior');
      await progress.advance('denoise', steps);
    }
    // One after the other, as they are composed: opened, they are large.
    const refinedOf = (index: number): RefinedFrame | undefined => {
      const kept = made.get(index);
      return kept && expand(kept.frame);
    };
    for (const frame of inWindow) {
      const { value: full } = await masks.next();
      const refined = refinedOf(frame.index);
      if (refined === undefined || full === undefined) {
        await progress.advance('refine');
        yield frame.full;
        continue;
      }
      const { donors } = made.get(frame.index)!;
      const reference = (side: DonorSide) => {
        const [field, donor] = [refined.lineage[side], donors[side]];
        return field === null || donor === undefined
          ? undefined
          : { frame: reader.held.get(donor)!.full, flow: field.flow };
      };
      const { generated, weights, residual } = refined;
      const whole = compose(
        {
          before: reference('before'),
          after: reference('after'),
          secondBefore: reference('secondBefore'),
          secondAfter: reference('secondAfter'),
          generated,
          weights,
          residual,
        },
        frame.full,
      );
      const feathered: Image = soft !== null && soft.mask === full ? soft.feathered : featherMask(full, feather);
      soft = { mask: full, feathered };
      await progress.advance('refine');
      yield pasteMasked(frame.full, whole, feathered);
    }
    context = inWindow
      .slice(-overlapOf(engine))
      .map((frame) => ({ seconds: frame.seconds, picture: repainted(frame, refinedOf(frame.index)) }));
  }
};

/** The small frame with its hole as it was repainted. */
const repainted = ({ picture, hole }: HoledFrame, refined: RefinedFrame | undefined): Image => {
  if (refined === undefined) return picture;
  const count = picture.width * picture.height;
  return { ...picture, data: picture.data.map((v, i) => (hole.data[i % count] > 0 ? refined.picture.data[i] : v)) };
};

/** The file of a request's mask; a painted one is led through the clip and written first. */
const maskFile = async ({ clip, mask }: InpaintRequest, reporter: TaskReporter, workDir: string): Promise<string> => {
  if (typeof mask === 'string') return mask;
  const out = path.join(workDir, 'mask.mkv');
  await writeMaskVideo({
    ...{ clip, mask: mask.painted, picture: mask.picture, out },
    onFrame: (done, total) => {
      reporter.progress('read', done, total);
      return breathe(reporter);
    },
  });
  return out;
};

export const planInpaint = async (
  request: InpaintRequest,
  reporter: TaskReporter,
  workDir: string,
): Promise<TaskPlan> => {
  const clip = await openClip(request.clip, reporter);
  refuseStill(clip.info, 'inpaint');
  const mask = await openMask(await maskFile(request, reporter, workDir), clip.info);
  const count = clip.info.frameCount;
  return {
    source: clip.info,
    pieces: [
      {
        kind: 'new',
        count,
        replaces: { from: 0, to: count - 1 },
        frames: (making) => repaint(clip, mask, request.feather, making),
      },
    ],
    work: (engine) => {
      const windows = Math.ceil(count / freshOf(engine));
      return { windows, reads: windows, frames: count };
    },
  };
};
