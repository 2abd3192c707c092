/**
 * Speed of projects: `npm run bench:projects -- [options]`. Writes docs/projects-speed.md and docs/projects-speed.json; results of other runs
 * are kept, so that parts may be made apart.
 *
 *   --parts A,B     of those below (default: all)
 *   --quick         a quarter of the files and of the film, one round: for a machine that is busy
 *   --beside TEXT   a sentence about what else the machine does meanwhile
 *   --docs DIR      default docs
 *
 * timeline        10,000 clips on 20 tracks in memory: layers at a frame, a second of sound, every kind of edit
 * store           10,000 clips on 20 tracks: opening, every kind of edit, undo
 * import          200 files against bare ffprobe calls
 * export          an untouched 1080p timeline against a bare ffmpeg transcode, encoded and copied; composed frames
 * interchange     10,000 clips through OpenTimelineIO, EDL and FCPXML
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runParts } from '../run-parts.ts';
import { measureExport } from './export.ts';
import { measureImport } from './import.ts';
import { measureInterchange } from './interchange.ts';
import { renderProjectsSpeed } from './speed-report.ts';
import type { ProjectsReport } from './speed-report.ts';
import { measureStore } from './store.ts';
import { measureTimeline } from './timeline.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'timeline,store,import,export,interchange' },
    quick: { type: 'boolean', default: false },
    beside: { type: 'string' },
    docs: { type: 'string', default: join(import.meta.dirname, '../../../docs') },
  },
});

const parts: Record<string, () => Promise<Partial<ProjectsReport>> | Partial<ProjectsReport>> = {
  timeline: () => ({ timeline: measureTimeline() }),
  store: async () => ({ store: await measureStore() }),
  import: async () => ({ import: await (values.quick ? measureImport(50, 1) : measureImport()) }),
  export: async () => ({ export: await (values.quick ? measureExport(5, 1) : measureExport()) }),
  interchange: () => ({ interchange: measureInterchange() }),
};

await runParts<ProjectsReport>({
  ...{ name: 'projects-speed', parts, wanted: values.parts, beside: values.beside, docs: values.docs },
  ...{ digits: 4, render: renderProjectsSpeed },
});
