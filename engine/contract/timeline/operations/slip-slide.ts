import { z } from 'zod';
import { linkedWith, neighbours } from '../document.ts';
import { idSchema } from '../media.ts';
import { refused } from '../refusals.ts';
import { sourceInMoved } from '../source-time.ts';
import { one } from '../rational.ts';
import { hasOwnTime, trimHead, trimTail } from './clip-steps.ts';
import { bySchema, withLinkedSchema } from './inputs.ts';
import { needed, operation, putAll, rateOf } from './work.ts';

const inputSchema = z.object({ clipId: idSchema, by: bySchema, withLinked: withLinkedSchema }).strict();

/**
 * Shows another part of the source in the same place: `by` frames later in the source, or earlier. A freeze shows the moment that lies so
 * many frames away.
 */
export const slip = operation('slip', inputSchema, (work, { clipId, by, withLinked }) => {
  const first = needed(work, 'clip', clipId);
  if (!hasOwnTime(first))
    throw refused('wrong-kind', 'A still or a title has no other part to show.', 'Select a clip.');
  const clips = withLinked ? linkedWith(work.document, first).filter(hasOwnTime) : [first];
  putAll(
    work,
    'clip',
    clips.map((clip) => {
      const speed = clip.speed.num === 0 ? one : clip.speed;
      return { ...clip, sourceIn: sourceInMoved({ ...clip, speed }, rateOf(work, clip), by) };
    }),
  );
});

/** Moves a clip between its neighbours, which get longer and shorter instead of moving. Where it meets none, the gap changes. */
export const slide = operation('slide', inputSchema, (work, { clipId, by, withLinked }) => {
  const first = needed(work, 'clip', clipId);
  const clips = withLinked ? linkedWith(work.document, first) : [first];
  const ids = new Set(clips.map((clip) => clip.id));
  const { document } = work;
  for (const clip of clips) {
    const { left, right } = neighbours(document, clip);
    if (left && !ids.has(left.id)) trimTail(work, needed(work, 'clip', left.id), by);
    if (right && !ids.has(right.id)) trimHead(work, needed(work, 'clip', right.id), by);
    putAll(work, 'clip', [{ ...clip, start: clip.start + by }]);
  }
});
