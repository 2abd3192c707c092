import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { probe } from '../../media/probe.ts';
import { checkJoins, type Expected } from '../../media/splice/check.ts';
import { matchArgs, type Match } from '../../media/splice/encode-run.ts';
import type { Track } from '../../media/splice/fragmented-mp4.ts';
import { muxPackets } from '../../media/splice/mux.ts';
import { openPackets, type PacketFile } from '../../media/splice/packet-file.ts';
import { freeSetId } from '../../media/splice/parameter-sets.ts';
import { presentationOrder } from '../../media/splice/plan.ts';
import { chooseTimescale, configure, mergedRecord, timedPackets, type Configured, type Part } from '../../media/splice/splice.ts'; // prettier-ignore
import type { MediaInfo } from '../../media/types.ts';
import { planCopies, type CopySource, type Run } from './copy-plan.ts';
import { encodePicture, encodeSound, type ExportJob } from './encode-job.ts';
import { extensionArgs, soundArgs } from './encoder-args.ts';
import { stretchesOf, type Stretch } from './stretches.ts';

/** How far packets are decoded before they are shown, frames. */
const reorderOf = (order: Int32Array): number => order.reduce((most, place, i) => Math.max(most, i - place), 0);

/** Passes every sample of the packets on, counting frames. */
const counted = async function* <T>(items: AsyncIterable<T>, each: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    each();
    yield item;
  }
};

type Encoded = { info: MediaInfo; file: PacketFile; order: Int32Array; configured: Configured };

/** Encodes frames from..to so that they can stand beside the copied ones. */
const encodeRun = async (job: ExportJob, run: Run, main: CopySource, path: string): Promise<Encoded> => {
  const { avc } = main.configured;
  const match: Match = {
    codec: avc ? 'h264' : 'h265',
    setId: avc ? freeSetId(avc) : 0,
    profile: avc ? avc.sps[0][1] : 0,
    reorder: reorderOf(main.order),
  };
  await encodePicture({ ...job, range: run, path }, undefined, matchArgs(match));
  const info = await probe(path);
  const configured = await configure(info);
  if (info.frameCount !== run.to - run.from + 1 || info.scan.packets === undefined || configured === undefined)
    throw new Error(`frames ${run.from} to ${run.to} were encoded as ${info.frameCount} frames`);
  const file = await openPackets(info, info.scan.packets);
  return { info, file, order: presentationOrder(info.scan, info.scan.packets), configured };
};

/** The sound as it will lie in the file, to be copied beside the picture. */
const soundBeside = async (
  job: ExportJob,
  folder: string,
): Promise<{ input: string[]; output: string[] } | undefined> => {
  if (job.sound === undefined) return undefined;
  const words = soundArgs(job.path, job.settings.codec);
  const path = join(folder, words.includes('flac') ? 'sound.mkv' : 'sound.mp4');
  await encodeSound({ ...job, path, advance: () => job.advance(0) }, words);
  return { input: ['-i', `file:${path}`], output: ['-map', '1:a:0', '-c:a', 'copy'] };
};

/**
 * Writes the sequence by copying what is untouched, packet by packet, and encoding the rest to fit; each join is decoded and compared.
 * @returns the stretches that were copied, or why nothing was, in words that end a sentence
 */
export const copyUntouched = async (job: ExportJob): Promise<[number, number][] | string> => {
  const { document, sequence, range, files, settings, path, signal } = job;
  if (settings.codec !== 'h264' && settings.codec !== 'h265') return `${settings.codec} is not joined without encoding`;
  if (settings.size !== null) return 'the result has a size of its own';
  const stretches: Stretch[] = [];
  for await (const stretch of stretchesOf(document, sequence, range, files, false)) {
    signal.throwIfAborted();
    stretches.push(stretch);
  }
  const plan = await planCopies(stretches, settings, sequence, path);
  const made: Encoded[] = [];
  const folder = await mkdtemp(join(dirname(path), '.longtake-parts-'));
  try {
    if (plan.main === undefined) return plan.why;
    const { main, runs } = plan;
    if (main.configured.avc && freeSetId(main.configured.avc) > 31) return 'their parameters cannot be matched';
    const sound = await soundBeside(job, folder);
    const parts: Part[] = [];
    const expected: Expected[] = [];
    for (const run of runs) {
      if (run.copy) {
        const { source, first } = run.copy;
        const to = first + run.to - run.from;
        parts.push({ file: source.file, order: source.order, from: first, to: to + 1, sets: source.configured.sets });
        expected.push({ info: source.info, from: first, to });
      } else {
        const encoded = await encodeRun(job, run, main, join(folder, `run-${made.length}.mp4`));
        made.push(encoded);
        const { info, file, order, configured } = encoded;
        parts.push({ file, order, from: 0, to: info.frameCount, sets: configured.sets });
        expected.push({ info, from: 0, to: info.frameCount - 1 });
      }
    }
    const { avc, record } = main.configured;
    const configuration = avc ? mergedRecord(avc, made.map(({ configured }) => configured)) : record; // prettier-ignore
    if (configuration === undefined) return 'the encoded stretches do not share their parameters';
    const { num, den } = sequence.frameRate;
    const timescale = chooseTimescale(main.info, sequence.frameRate);
    const times = Float64Array.from({ length: range.to - range.from + 1 }, (_, i) => (i * den) / num);
    const ticks = Array.from(times, (time) => Math.round(time * timescale));
    const step = Math.max(1, Math.round((den / num) * timescale));
    const delay = Math.max(...parts.map(({ order }) => reorderOf(order)));
    const track: Track = {
      sampleEntry: avc ? 'avc1' : 'hev1',
      configuration,
      width: sequence.width,
      height: sequence.height,
      sar: { num: 1, den: 1 },
      rotation: 0,
      timescale,
    };
    const fixed = { input: sound?.input ?? [], output: [...(sound?.output ?? ['-an']), ...extensionArgs(path)] };
    let passed = 0;
    const copying = parts.flatMap(({ file, from, to }) => new Array<boolean>(to - from).fill(!made.some((each) => each.file === file))); // prettier-ignore
    const packets = counted(timedPackets(parts, ticks, delay, step, !avc), () =>
      job.advance(copying[passed++] ? 1 : 0),
    );
    await muxPackets(path, track, delay * step, packets, fixed);
    const wrong = await checkJoins(path, expected, times);
    if (wrong !== undefined) return wrong;
    return runs.flatMap(({ from, to, copy }): [number, number][] => (copy ? [[from, to]] : []));
  } finally {
    await plan.close();
    for (const { file } of made) await file.close();
    await rm(folder, { recursive: true, force: true });
  }
};
