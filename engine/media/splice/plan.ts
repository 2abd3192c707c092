import { pieceCount, type Piece } from '../timeline.ts';
import type { FrameScan, PacketTable } from '../types.ts';

/** A stretch of the result that is either copied packet by packet or encoded anew. */
export type Run =
  | {
      kind: 'copy';
      /** Packets in decode order, `to` excluded. Equals the frame numbers, as runs are closed. */ from: number;
      to: number;
    }
  | { kind: 'encode'; pieces: Piece[]; count: number };

/** The place of each packet's frame in presentation order. */
export const presentationOrder = ({ pts }: FrameScan, packets: PacketTable): Int32Array => {
  const order = new Int32Array(packets.count);
  for (let i = 0; i < packets.count; i++) {
    let low = 0;
    let high = pts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pts[middle] < packets.pts[i]) low = middle + 1;
      else high = middle;
    }
    order[i] = low;
  }
  return order;
};

/**
 * Packet numbers at which a stream can be cut: all frames before are decoded and shown before all frames from there on. The end is one.
 */
export const cleanCuts = (packets: PacketTable, order: Int32Array): number[] => {
  const cuts: number[] = [];
  let highest = -1;
  for (let i = 0; i < packets.count; i++) {
    if (packets.key[i] === 1 && order[i] === i && highest === i - 1) cuts.push(i);
    highest = Math.max(highest, order[i]);
  }
  cuts.push(packets.count);
  return cuts;
};

/** Cuts kept pieces at clean cuts; what lies between is joined with the new frames into runs to be encoded. */
export const planRuns = (pieces: Piece[], cuts: number[]): Run[] => {
  const runs: Run[] = [];
  const encode = (piece: Piece): void => {
    const last = runs.at(-1);
    if (last?.kind === 'encode') {
      last.pieces.push(piece);
      last.count += pieceCount(piece);
    } else runs.push({ kind: 'encode', pieces: [piece], count: pieceCount(piece) });
  };
  for (const piece of pieces) {
    if (piece.kind !== 'kept') {
      encode(piece);
      continue;
    }
    const from = cuts.find((cut) => cut >= piece.from);
    const to = cuts.findLast((cut) => cut <= piece.to + 1);
    if (from === undefined || to === undefined || to <= from) {
      encode(piece);
      continue;
    }
    if (from > piece.from) encode({ kind: 'kept', from: piece.from, to: from - 1 });
    runs.push({ kind: 'copy', from, to });
    if (to <= piece.to) encode({ kind: 'kept', from: to, to: piece.to });
  }
  return runs;
};
