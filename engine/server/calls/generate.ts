import { statfs } from 'node:fs/promises';
import { UserFacingError } from '../../contract/errors.ts';
import type { WishPlan } from '../../contract/generation/plan.ts';
import { motionWords, unknownWordsOf } from '../../contract/generation/motion-words.ts';
import { describeWish } from '../../contract/generation/preview.ts';
import { sizeOf } from '../../contract/generation/plan-parts.ts';
import { remakeTake } from '../../contract/generation/remake.ts';
import { shownDraft, takeOfStill, takeSettingsOf } from '../../contract/generation/takes.ts';
import { stepsOf } from '../../contract/generation/wish.ts';
import type { GenerationWish } from '../../contract/generation/wish.ts';
import type { ParsedInput } from '../../contract/protocol/calls.ts';
import type { generateCalls } from '../../contract/protocol/generate.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { estimateJob } from '../../jobs/estimate.ts';
import { findDamagedFrames } from '../../jobs/queue/find-damaged.ts';
import { followMask } from '../../jobs/queue/follow-mask.ts';
import { takeEncoding } from '../../jobs/queue/take-media.ts';
import { showsThrough } from '../../media/library/shows-through.ts';
import type { Handlers } from '../call-context.ts';
import type { Host } from '../host.ts';
import type { OpenEntry } from '../open-projects.ts';
import { reported } from '../work-reports.ts';
import type { WorkReport } from '../work-reports.ts';

/** Lossless frames take about so many bytes a pixel. */
const losslessBytes = 1.5;

const wordsIn = (wish: GenerationWish): string =>
  wish.task === 'animate' ? `${wish.prompt}, ${wish.camera}` : wish.prompt;

/** A take's own wish as a job that makes it once more. */
const againOf = (
  { project }: OpenEntry,
  { mediaId, from }: ParsedInput<'generate.again'>,
): { plan: WishPlan; replaces: string | null } => {
  const document = project.document();
  const media = document.media.get(mediaId);
  const settings = media && takeSettingsOf(media);
  if (!media || !settings) {
    throw new UserFacingError(
      'usage',
      'Nothing is known of how this take was made.',
      'Make a new one from the Grow panel.',
    );
  }
  const ownSeed = media.provenance?.seed ?? settings.plan.wish.seed;
  if (from.change === 'source') return { plan: remakeTake(document, media, ownSeed), replaces: mediaId };
  // The take stands on the timeline already, or was taken away on purpose.
  const plan = { ...settings.plan, place: { kind: 'none' } as const };
  if (from.change === 'seed')
    return { plan: { ...plan, wish: { ...plan.wish, takes: 1, seed: from.seed } }, replaces: null };
  const wish = { ...plan.wish, takes: 1, seed: ownSeed, quality: 'final' as const };
  const source = document.media.get(plan.sources[0].mediaId);
  return { plan: { ...plan, wish, ...(source && sizeOf(source, wish)) }, replaces: mediaId };
};

/** The take on the timeline whose place the first result takes: the draft of a final, or the take of the same still that was asked for. */
const replacedBy = (document: Document, wish: GenerationWish): Media | undefined =>
  (wish.task === 'animate' && wish.clipId !== null
    ? takeOfStill(document, wish.clipId, wish.mediaId)?.take
    : undefined) ?? (wish.quality === 'final' ? shownDraft(document, wish) : undefined);

export const generateHandlers = ({ use, generation, media, report }: Host): Handlers<keyof typeof generateCalls> => ({
  'generate.describe': async ({ project, wish }, context) => {
    const entry = use(project, context);
    const document = entry.project.document();
    const plan = describeWish(document, wish);
    const { width, height, newFrames, knownFrames } = plan;
    const first = document.media.get(plan.sources[0].mediaId);
    const { codec, crf } = takeEncoding(first !== undefined && (await showsThrough(first)));
    const { seconds, bytes } = await estimateJob({
      ...{ task: plan.task, model: wish.model, steps: stepsOf[wish.quality], takes: wish.takes },
      ...{ codec, crf, newFrames, width, height },
    });
    const { bavail, bsize } = await statfs(entry.folder);
    return {
      ...{ plan, seconds, bytes, room: bavail * bsize },
      temporaryBytes: Math.round((knownFrames + newFrames) * width * height * losslessBytes),
      unknownWords: unknownWordsOf(wordsIn(wish)),
      knownWords: [...motionWords],
    };
  },
  'generate.enqueue': ({ project, id, wish, first }, context) => {
    const entry = use(project, context);
    const document = entry.project.document();
    const plan = describeWish(document, wish);
    return generation.enqueue(entry.handle, { id, plan, first, replaces: replacedBy(document, wish)?.id ?? null });
  },
  'generate.list': ({ project }, context) => ({ jobs: generation.list(use(project, context).handle) }),
  'generate.cancel': ({ project, id }, context) => generation.cancel(use(project, context).handle, id),
  'generate.pause': ({ project, id }, context) => generation.pause(use(project, context).handle, id),
  'generate.resume': ({ project, id }, context) => generation.resume(use(project, context).handle, id),
  'generate.retry': ({ project, id }, context) => generation.retry(use(project, context).handle, id),
  'generate.reorder': ({ project, id, before }, context) =>
    generation.reorder(use(project, context).handle, id, before),
  'generate.remove': async ({ project, id }, context) => {
    await generation.remove(use(project, context).handle, id);
    return {};
  },
  'generate.pauseAll': async ({ project, paused }, context) => ({
    jobs: await generation.pauseAll(use(project, context).handle, paused),
  }),
  'generate.again': (input, context) => {
    const entry = use(input.project, context);
    return generation.enqueue(entry.handle, { ...againOf(entry, input), id: input.id, first: false });
  },
  'generate.findDamaged': async ({ project, clipId, work }, context) => {
    const entry = use(project, context);
    const { signal } = context;
    const about = { work: work ?? '', kind: 'find-damaged' as const };
    const tell = (told: Pick<WorkReport, 'state'> & Partial<WorkReport>): void => {
      if (work !== undefined) report(project, { ...about, ...told });
    };
    const ranges = await reported(
      (state) => tell({ state }),
      signal,
      () =>
        findDamagedFrames(entry.project.document(), clipId, {
          ...{ signal, locate: (mediaId) => media.located(entry, mediaId) },
          onProgress: (done, total) => tell({ state: 'running', done, total }),
        }),
    );
    return { ranges };
  },
  'generate.followMask': async ({ project, ...wanted }, { signal, ...context }) => {
    const entry = use(project, { ...context, signal });
    const locate = (mediaId: string) => media.located(entry, mediaId);
    return { outlines: await followMask(entry.project.document(), wanted, { locate, signal }) };
  },
});
