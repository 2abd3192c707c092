import type { ColourStats } from '../frames/colour-hold.ts';
import { holdColour, measureColour, mixColour } from '../frames/colour-hold.ts';
import type { Image } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import type { Lineage } from './lineage.ts';
import type { KnownFrame } from './prior.ts';

/** How much the context's own colour counts where nothing of it is in sight any more. */
const contextShare = 0.5;

/**
 * Holds a decoded picture's colour to what is known. Where real frames show the same things, those say what colour they have: the target is
 * the picture with the seen parts put in their place. The less is seen, the more the context's colour as a whole counts, which stops long
 * spans from drifting.
 */
export const holdGenerated = (
  generated: Image,
  lineage: Lineage,
  before: KnownFrame | null,
  after: KnownFrame | null,
  context: ColourStats,
): Image => {
  const count = generated.width * generated.height;
  const ways = [
    { field: lineage.before, known: before },
    { field: lineage.after, known: after },
  ].flatMap(({ field, known }) =>
    field === null || known === null
      ? []
      : [{ seen: field.visibility.data, shown: warp(known.picture, field.flow).data }],
  );
  const expected = { ...generated, data: generated.data.slice() };
  let sight = 0;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (const { seen } of ways) sum += seen[i];
    const share = Math.min(1, sum);
    sight += share / count;
    if (sum < 1e-3) continue;
    for (let at = i; at < 3 * count; at += count) {
      let value = 0;
      for (const { seen, shown } of ways) value += (seen[i] / sum) * shown[at];
      expected.data[at] += share * (value - expected.data[at]);
    }
  }
  return holdColour(generated, mixColour(measureColour([expected]), context, contextShare * (1 - sight)));
};
