import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import type { PlanarFrame } from '../../frames/image.ts';
import { readFrames } from '../decode.ts';
import { planEncoding } from '../encoder-settings.ts';
import { pieceCount, type Piece } from '../timeline.ts';
import type { MediaInfo, Rational } from '../types.ts';
import { checkJoins, type Expected } from './check.ts';
import { canMatchProfile, encodeRun, type Match } from './encode-run.ts';
import type { Track } from './fragmented-mp4.ts';
import { muxPackets, type TimedPacket } from './mux.ts';
import { isFreshStart, openPackets, type PacketFile } from './packet-file.ts';
import {
  freeSetId,
  parseAvc,
  parseHevc,
  readConfiguration,
  writeAvc,
  type AvcConfiguration,
} from './parameter-sets.ts';
import { cleanCuts, planRuns, presentationOrder, type Run } from './plan.ts';

export type SpliceRequest = {
  source: MediaInfo;
  pieces: Piece[];
  /** Seconds of every frame of the result. */
  times: Float64Array;
  /** Seconds of a frame. */
  usual: number;
  rate: Rational;
  /** Written, checked, and left there only when it is right. */
  path: string;
  workDir: string;
  sound: { input: string[]; output: string[] } | undefined;
  onFrame: (done: number, total: number) => void | Promise<void>;
};

/**
 * `left` comes with a splice that was made and came out wrong: the same result, its made frames read from the intermediate files, to be
 * encoded whole. Without it no piece has been taken.
 */
export type SpliceResult =
  { done: true } | { done: false; why: string; left?: { pieces: Piece[]; temporary: string[] } };

/** Why a source cannot be joined without encoding, in words that end a sentence; undefined when it can. */
export const spliceObstacle = (source: MediaInfo, out: string, rate: Rational): string | undefined => {
  const { codec, scan, format } = source;
  if (codec !== 'h264' && codec !== 'hevc') return `${codec} is not joined without encoding`;
  if (source.kind !== 'video' || !['mov', 'matroska'].includes(source.container))
    return `its container, ${source.container}, does not tell where its packets lie`;
  if (!['.mp4', '.m4v', '.mov', '.mkv'].includes(extname(out).toLowerCase()))
    return `${extname(out)} files are not joined without encoding`;
  if (source.interlaced) return 'it is interlaced';
  if (!scan.packets || scan.packets.position.some((position) => position < 0)) return 'some of its packets are hidden';
  const plan = planEncoding(source, source, rate, codec === 'h264' ? 'h264' : 'h265');
  if (plan.pixFmt !== format.pixFmt || plan.dropAlpha || plan.width !== source.width || plan.height !== source.height)
    return `its pixels, ${source.sourcePixFmt}, cannot be encoded alike`;
  return undefined;
};

/** Ticks a second in which the frames' times are whole numbers, or as near as the source itself has them. */
export const chooseTimescale = (source: MediaInfo, rate: Rational): number => {
  const own = source.timeBase.num === 1 && source.timeBase.den >= 1000 ? source.timeBase.den : undefined;
  if (source.variableRate) return own ?? 90000;
  if (own !== undefined && (own * rate.den) % rate.num === 0) return own;
  return rate.num * Math.ceil(10000 / rate.num);
};

export type Configured = { avc?: AvcConfiguration; sets: Buffer[]; record: Buffer };

/** A stream's parameter sets; undefined where new stretches could not be made to fit them. */
export const configure = async (info: MediaInfo): Promise<Configured | undefined> => {
  const record = await readConfiguration(info);
  if (info.codec === 'h264') {
    const avc = parseAvc(record);
    return avc?.lengthSize === 4 && avc.sps.length > 0 && canMatchProfile(avc.sps[0][1])
      ? { avc, sets: [...avc.sps, ...avc.pps], record }
      : undefined;
  }
  const hevc = parseHevc(record);
  return hevc?.lengthSize === 4 && hevc.sets.length >= 3 ? { sets: hevc.sets, record } : undefined;
};

/** Cuts after which the source's packets stand by themselves, so that anything may come before them. */
export const freshCuts = async (source: MediaInfo, file: PacketFile, cuts: number[]): Promise<number[]> => {
  const fresh: number[] = [];
  for (const cut of cuts)
    if (cut === file.packets.count || isFreshStart(source.codec, await file.read(cut))) fresh.push(cut);
  return fresh;
};

const framesOfRun = async function* (source: MediaInfo, pieces: Piece[]): AsyncGenerator<PlanarFrame> {
  for (const piece of pieces) yield* piece.kind === 'kept' ? readFrames(source, piece.from, piece.to) : piece.frames;
};

/** H.265 has no way to give parameter sets other numbers, so each stretch repeats its own before its key frames. */
const withSets = (sample: Buffer, sets: Buffer[]): Buffer =>
  Buffer.concat([
    ...sets.flatMap((set) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(set.length);
      return [length, set];
    }),
    sample,
  ]);

export type Part = { file: PacketFile; order: Int32Array; from: number; to: number; sets: Buffer[] };

/** All packets of the result in decode order. Decode times are the presentation times `delay` frames earlier: rising, and never late. */
export const timedPackets = async function* (
  parts: Part[],
  ticks: number[],
  delay: number,
  step: number,
  repeatSets: boolean,
): AsyncGenerator<TimedPacket> {
  let at = 0;
  for (const { file, order, from, to, sets } of parts) {
    for (let i = from; i < to; i++) {
      const place = at + i - from - delay;
      const data = await file.read(i);
      const key = file.packets.key[i] === 1;
      yield {
        data: key && repeatSets ? withSets(data, sets) : data,
        key,
        decode: place >= 0 ? ticks[place] : ticks[0] + place * step,
        present: ticks[at + order[i] - from],
      };
    }
    at += to - from;
  }
};

const wholePieces = (runs: Run[], made: MediaInfo[]): Piece[] => {
  const left = [...made];
  return runs.map((run): Piece => {
    if (run.kind === 'copy') return { kind: 'kept', from: run.from, to: run.to - 1 };
    const info = left.shift();
    if (!info) throw new Error('a run that was not encoded');
    return { kind: 'other', frames: readFrames(info, 0, info.frameCount - 1), count: info.frameCount };
  });
};

/**
 * Joins kept stretches of the source, packet by packet, with newly encoded ones: whole closed groups of pictures are copied, what a cut
 * touches is encoded. The result is decoded around each join and compared.
 */
export const splice = async (request: SpliceRequest): Promise<SpliceResult> => {
  const { source, rate, workDir } = request;
  const packets = source.scan.packets;
  const own = await configure(source);
  if (!packets || !own) return { done: false, why: 'its parameters cannot be matched' };
  const order = presentationOrder(source.scan, packets);
  const file = await openPackets(source, packets);
  const open: PacketFile[] = [file];
  const made: MediaInfo[] = [];
  try {
    const cuts = await freshCuts(source, file, cleanCuts(packets, order));
    const runs = planRuns(request.pieces, cuts);
    if (!runs.some((run) => run.kind === 'copy'))
      return { done: false, why: 'the cut leaves no whole group of pictures' };
    const reorder = order.reduce((most, place, i) => Math.max(most, i - place), 0);
    const match: Match = {
      codec: source.codec === 'h264' ? 'h264' : 'h265',
      setId: own.avc ? freeSetId(own.avc) : 0,
      profile: own.avc ? own.avc.sps[0][1] : 0,
      reorder,
    };
    if (match.setId > 31) return { done: false, why: 'its parameters cannot be matched' };
    const total = runs.reduce((sum, run) => sum + (run.kind === 'encode' ? run.count : 0), 0);
    const parts: Part[] = [];
    const expected: Expected[] = [];
    const newSets: Configured[] = [];
    let done = 0;
    let delay = reorder;
    for (const run of runs) {
      if (run.kind === 'copy') {
        parts.push({ file, order, from: run.from, to: run.to, sets: own.sets });
        expected.push({ info: source, from: run.from, to: run.to - 1 });
        continue;
      }
      const info = await encodeRun(
        source,
        framesOfRun(source, run.pieces),
        rate,
        match,
        `run-${made.length}`,
        workDir,
        () => request.onFrame(++done, total),
      );
      made.push(info);
      const wanted = run.pieces.reduce((sum, piece) => sum + pieceCount(piece), 0);
      if (info.frameCount !== wanted || !info.scan.packets)
        throw new Error(`a stretch of ${wanted} frames was encoded as ${info.frameCount}`);
      const settings = await configure(info);
      if (!settings) throw new Error('an encoded stretch has unreadable parameters');
      newSets.push(settings);
      const runOrder = presentationOrder(info.scan, info.scan.packets);
      delay = Math.max(
        delay,
        runOrder.reduce((most, place, i) => Math.max(most, i - place), 0),
      );
      const runFile = await openPackets(info, info.scan.packets);
      open.push(runFile);
      parts.push({ file: runFile, order: runOrder, from: 0, to: info.frameCount, sets: settings.sets });
      expected.push({ info, from: 0, to: info.frameCount - 1 });
    }
    const record = own.avc ? mergedRecord(own.avc, newSets) : own.record;
    const failed = (why: string): SpliceResult => ({
      done: false,
      why,
      left: { pieces: wholePieces(runs, made), temporary: made.splice(0).map((info) => info.path) },
    });
    if (record === undefined) return failed('the new stretches do not share their parameters');
    const timescale = chooseTimescale(source, rate);
    const ticks = Array.from(request.times, (time) => Math.round(time * timescale));
    const step = Math.max(1, Math.round(request.usual * timescale));
    const turned = source.rotation % 180 !== 0;
    const track: Track = {
      sampleEntry: own.avc ? 'avc1' : 'hev1',
      configuration: record,
      width: turned ? source.height : source.width,
      height: turned ? source.width : source.height,
      sar: turned ? { num: source.sar.den, den: source.sar.num } : source.sar,
      rotation: source.rotation,
      timescale,
    };
    await muxPackets(
      request.path,
      track,
      delay * step,
      timedPackets(parts, ticks, delay, step, !own.avc),
      request.sound,
    );
    const wrong = await checkJoins(request.path, expected, request.times);
    return wrong === undefined ? { done: true } : failed(wrong);
  } finally {
    for (const each of open) await each.close();
    for (const info of made) await rm(info.path, { force: true });
  }
};

/** One record with both numbers of parameter sets. Undefined when new stretches differ among themselves. */
export const mergedRecord = (own: AvcConfiguration, stretches: Configured[]): Buffer | undefined => {
  const first = stretches[0]?.avc;
  if (!first) return writeAvc(own);
  const alike = stretches.every(
    ({ sets }) =>
      sets.length === first.sps.length + first.pps.length &&
      sets.every((set, i) => set.equals([...first.sps, ...first.pps][i])),
  );
  return alike ? writeAvc({ ...own, sps: [...own.sps, ...first.sps], pps: [...own.pps, ...first.pps] }) : undefined;
};
