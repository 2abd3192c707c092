import { fileUrl, type Limits, runLines } from '../child.ts';
import { findFfmpeg } from '../ffmpeg-binary.ts';
import { type ProbeWords, readProbe } from '../probe-words.ts';
import { growing } from '../scan.ts';

/** Packets of one stream in the file's order; times in ticks of its time base. */
export type PacketTimes = {
  /** Of shown packets only. */
  pts: Float64Array;
  /** End of the last packet in time. */
  end: number;
  /** Packets without a time: then the others tell nothing. */
  untimed: number;
};

export type StreamList = ProbeWords & {
  code: number;
  stderr: string;
  timedOut: boolean;
  /** By stream; empty unless asked for. */
  packets: Map<number, PacketTimes>;
};

/** Descriptions longer than this are not of a media file that anyone made. */
const mostText = 4 * 1024 * 1024;

const packet = /^\s*\{ "stream_index": (\d+)(?:, "pts": (-?\d+))?(?:, "duration": (\d+))?(?:, "flags": "(..)[^"]*")?/;

/**
 * Asks ffprobe once about a file's streams, and in the same breath about every packet where `packets` is set; those are counted as they
 * come, never held as text.
 */
export const listStreams = async (
  path: string,
  input: string[],
  packets: boolean,
  limits: Limits,
): Promise<StreamList> => {
  const tables = new Map<number, { times: ReturnType<typeof growing>; end: number; untimed: number }>();
  let text = '';
  let within = false;
  const show = packets ? 'packet=stream_index,pts,duration,flags:' : '';
  const { code, stderr, timedOut } = await runLines(
    findFfmpeg().ffprobe,
    [
      '-v', 'warning', ...input, '-show_entries', `${show}stream:stream_tags:stream_disposition:stream_side_data:format`,
      '-of', 'json=compact=1', fileUrl(path),
    ], // prettier-ignore
    (line) => {
      if (line === '    "packets": [') within = true;
      else if (within && line.startsWith('    ]')) within = false;
      else if (!within && text.length < mostText) text += `${line}\n`;
      const match = within ? packet.exec(line) : null;
      if (match === null) return;
      const index = Number(match[1]);
      let table = tables.get(index);
      if (table === undefined)
        tables.set(index, (table = { times: growing(), end: Number.NEGATIVE_INFINITY, untimed: 0 }));
      if (match[2] === undefined) table.untimed++;
      else {
        if (match[4]?.[1] !== 'D') table.times.push(Number(match[2]));
        table.end = Math.max(table.end, Number(match[2]) + Number(match[3] ?? 0));
      }
    },
    limits,
  );
  const lists = [...tables].map(([index, { times, end, untimed }]): [number, PacketTimes] => [
    index,
    { pts: times.done(), end, untimed },
  ]);
  return { ...readProbe(text), code, stderr, timedOut, packets: new Map(lists) };
};
