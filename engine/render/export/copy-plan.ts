import type { ExportSettings } from '../../contract/export-settings.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import { cleanCuts, presentationOrder } from '../../media/splice/plan.ts';
import { openPackets, type PacketFile } from '../../media/splice/packet-file.ts';
import { configure, freshCuts, spliceObstacle, type Configured } from '../../media/splice/splice.ts';
import type { MediaInfo, PacketTable } from '../../media/types.ts';
import { pixelFormatOf } from '../compose/to-planes.ts';
import { outputFormatOf } from './encoder-args.ts';
import type { Stretch } from './stretches.ts';

/** A source whose packets may be copied. */
export type CopySource = {
  info: MediaInfo;
  file: PacketFile;
  /** Place of each packet's frame in presentation order. */
  order: Int32Array;
  configured: Configured;
  /** Frame numbers at which the stream can be cut and entered. */
  cuts: number[];
};

/** A stretch of the sequence (`from`..`to`, both ends included) that is copied, from source frame `first` on, or encoded. */
export type Run = { from: number; to: number; copy?: { source: CopySource; first: number } };

/** Copying fewer frames than that costs more in joins than it saves. */
const fewest = 24;

/** Why a source is not what the settings ask for; undefined when its packets could be those of the result. */
const mismatch = (info: MediaInfo, settings: ExportSettings, sequence: Sequence, out: string): string | undefined => {
  const { frameRate } = sequence;
  const rate = info.averageRate;
  if (info.codec !== (settings.codec === 'h265' ? 'hevc' : 'h264')) return `${info.codec} is not ${settings.codec}`;
  if (info.variableRate || rate.num !== frameRate.num || rate.den !== frameRate.den)
    return 'their frame rate is not the sequence’s';
  if (info.format.pixFmt !== pixelFormatOf(outputFormatOf(settings)) || info.rawPixFmt !== info.format.pixFmt)
    return `their pixels are ${info.sourcePixFmt}`;
  if (info.colour.matrix !== 'bt709' || info.colour.range !== 'limited') return 'their colours are not BT.709';
  if (info.rotation !== 0) return 'they are stored turned';
  return spliceObstacle(info, out, frameRate);
};

type Straight = Stretch & { kind: 'straight' };

const forwards = ({ frames }: Straight): boolean => frames.every((index, i) => index === frames[0] + i);

const openSource = async (info: MediaInfo): Promise<CopySource | undefined> => {
  const packets = info.scan.packets as PacketTable;
  const configured = await configure(info);
  if (configured === undefined) return undefined;
  const order = presentationOrder(info.scan, packets);
  return { info, file: await openPackets(info, packets), order, configured, cuts: cleanCuts(packets, order) };
};

/** Frames that can be copied: from the first cut in `first`..`last` to the last one. Only these cuts are read. */
const copyable = async (
  source: CopySource,
  first: number,
  last: number,
): Promise<{ first: number; end: number } | undefined> => {
  const inside = source.cuts.filter((cut) => cut >= first && cut <= last + 1);
  const fresh = await freshCuts(source.info, source.file, inside);
  // Where a stretch ends it need not be fresh: what follows is fresh by itself.
  const [from, end] = [fresh[0], inside.at(-1)];
  return from !== undefined && end !== undefined && end - from >= fewest ? { first: from, end } : undefined;
};

export type CopyPlan = { runs: Run[]; close: () => Promise<void> } & (
  { main: CopySource } | { main?: undefined; why: string }
);

/**
 * Finds what can be copied. All copied stretches share one stream configuration, that of most frames; the rest is encoded to fit it.
 * `main` is the source that has it; without one nothing can be copied, and `why` ends a sentence about it.
 */
export const planCopies = async (
  stretches: Stretch[],
  settings: ExportSettings,
  sequence: Sequence,
  out: string,
): Promise<CopyPlan> => {
  const sources = new Map<string, CopySource | undefined>();
  const close = async (): Promise<void> => {
    for (const source of sources.values()) await source?.file.close();
  };
  let why = 'no clip is shown as it is';
  const candidates: { stretch: Straight; source: CopySource }[] = [];
  for (const stretch of stretches) {
    if (stretch.kind !== 'straight') continue;
    const { id } = stretch.media.media;
    if (!sources.has(id)) {
      const obstacle = mismatch(stretch.media.info, settings, sequence, out);
      if (obstacle !== undefined) why = obstacle;
      sources.set(id, obstacle === undefined ? await openSource(stretch.media.info) : undefined);
    }
    const source = sources.get(id);
    if (source !== undefined && forwards(stretch)) candidates.push({ stretch, source });
  }
  const weights = new Map<string, number>();
  const nameOf = (source: CopySource): string => source.configured.record.toString('base64');
  for (const { stretch, source } of candidates)
    weights.set(nameOf(source), (weights.get(nameOf(source)) ?? 0) + stretch.frames.length);
  const best = [...weights].sort((a, b) => b[1] - a[1])[0]?.[0];

  const runs: Run[] = [];
  const encode = (from: number, to: number): void => {
    if (to < from) return;
    const last = runs.at(-1);
    if (last !== undefined && last.copy === undefined) last.to = to;
    else runs.push({ from, to });
  };
  let main: CopySource | undefined;
  for (const stretch of stretches) {
    const candidate = candidates.find((each) => each.stretch === stretch && nameOf(each.source) === best);
    const part = candidate && (await copyable(candidate.source, candidate.stretch.frames[0], candidate.stretch.frames.at(-1) as number)); // prettier-ignore
    if (candidate === undefined || part === undefined) {
      if (candidate !== undefined && main === undefined) why = 'the cuts leave no whole group of pictures';
      encode(stretch.from, stretch.to);
      continue;
    }
    main ??= candidate.source;
    const shift = stretch.from - candidate.stretch.frames[0];
    encode(stretch.from, part.first + shift - 1);
    runs.push({
      from: part.first + shift,
      to: part.end + shift - 1,
      copy: { source: candidate.source, first: part.first },
    });
    encode(part.end + shift, stretch.to);
  }
  return main === undefined ? { runs, close, why } : { runs, close, main };
};
