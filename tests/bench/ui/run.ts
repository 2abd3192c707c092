/**
 * Speed of the editor's window in a real Chromium: `npm run bench:ui -- [options]`. Writes docs/ui-speed.md and docs/ui-speed.json; results of
 * other runs are kept, so that parts may be made apart.
 *
 *   --parts A,B     of those below (default: all)
 *   --minutes N     of playing while memory is watched (default 30)
 *   --quick         fewer rounds: for a machine that is busy
 *   --beside TEXT   a sentence about what else the machine does meanwhile
 *   --docs DIR      default docs
 *
 * timeline        10,000 clips on 20 tracks: opening, panning, zooming, keys
 * playback        1080p: stepping, playing against decoding alone
 * memory          1080p in a loop
 * bundle          what the window loads, gzipped
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runParts } from '../run-parts.ts';
import { measureBundle } from './bundle.ts';
import { measureMemory, measurePlayback } from './playback.ts';
import { renderUiSpeed } from './speed-report.ts';
import type { UiReport } from './speed-report.ts';
import { measureTimelineFeel } from './timeline.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'timeline,playback,memory,bundle' },
    minutes: { type: 'string', default: '30' },
    quick: { type: 'boolean', default: false },
    beside: { type: 'string' },
    docs: { type: 'string', default: join(import.meta.dirname, '../../../docs') },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes is a number above 0.');

const parts: Record<string, () => Promise<Partial<UiReport>> | Partial<UiReport>> = {
  timeline: async () => ({ timeline: await (values.quick ? measureTimelineFeel(3) : measureTimelineFeel()) }),
  playback: async () => ({ playback: await (values.quick ? measurePlayback(30, 6) : measurePlayback()) }),
  memory: async () => ({ memory: await measureMemory(minutes) }),
  bundle: () => ({ bundle: measureBundle() }),
};

await runParts<UiReport>({
  ...{ name: 'ui-speed', parts, wanted: values.parts, beside: values.beside, docs: values.docs },
  ...{ digits: 3, render: renderUiSpeed },
});
