/**
 * A timeline of 10,000 clips on 20 tracks through every format. Alone: `node tests/bench/projects/interchange.ts [CLIPS]`.
 */
import { applyChanges } from '../../../engine/contract/timeline/apply-changes.ts';
import { emptyDocument } from '../../../engine/contract/timeline/document.ts';
import { newId } from '../../../engine/projects/ids.ts';
import { writeEdl } from '../../../engine/render/interchange/edl-write.ts';
import { writeFcpxml } from '../../../engine/render/interchange/fcpxml-write.ts';
import { readOtio } from '../../../engine/render/interchange/otio-read.ts';
import { writeOtio } from '../../../engine/render/interchange/otio-write.ts';
import { placeTimeline } from '../../../engine/render/interchange/place-timeline.ts';
import { fullSequence } from '../../support/large-project.ts';

/** Seconds, the median of three. */
export type InterchangeSpeed = {
  clips: number;
  tracks: number;
  megabytes: number;
  writeOtio: number;
  readOtio: number;
  writeEdl: number;
  writeFcpxml: number;
};

const timed = (work: () => unknown): number => {
  const runs = [1, 2, 3].map(() => {
    const from = performance.now();
    work();
    return (performance.now() - from) / 1000;
  });
  return runs.sort((a, b) => a - b)[1];
};

export const measureInterchange = (clips = 10_000, tracks = 20): InterchangeSpeed => {
  const { sequence, changes } = fullSequence({ clips, tracks });
  const document = applyChanges(emptyDocument, changes);
  const [{ text }] = writeOtio(document, sequence.id, 'film').files;
  const byPath = new Map([...document.media.values()].map(({ path, id }) => [path, id]));
  const open = (): void => {
    const [timeline] = readOtio(text, newId);
    const found = new Map(timeline.wanted.map(({ id, path }) => [id, byPath.get(path ?? '') ?? '']));
    const { content } = placeTimeline(document, timeline, found);
    if (content.clips.length !== clips) throw new Error(`${content.clips.length} of ${clips} clips came back`);
  };
  return {
    ...{ clips, tracks, megabytes: Buffer.byteLength(text) / 1e6 },
    writeOtio: timed(() => writeOtio(document, sequence.id, 'film')),
    readOtio: timed(open),
    writeEdl: timed(() => writeEdl(document, sequence.id, 'film')),
    writeFcpxml: timed(() => writeFcpxml(document, sequence.id, 'film')),
  };
};

if (import.meta.main) console.log(JSON.stringify(measureInterchange(Number(process.argv[2]) || undefined), null, 1));
