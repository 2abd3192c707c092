import type { Track } from '../../engine/contract/timeline/entities.ts';

/** A track on screen; `y` from the top of the first row, pixels. */
export type Row = { track: Track; y: number; height: number };

/** Rows from the top down. */
export const rowsOf = (tracks: readonly Track[]): Row[] => {
  let y = 0;
  return tracks.map((track) => {
    const row = { track, y, height: track.height };
    y += track.height;
    return row;
  });
};

export const heightOf = (rows: readonly Row[]): number => {
  const last = rows.at(-1);
  return last ? last.y + last.height : 0;
};

export const rowAt = (rows: readonly Row[], y: number): Row | undefined =>
  rows.find((row) => y >= row.y && y < row.y + row.height);

/** The row that is nearest to a place and of a kind. */
export const nearestRow = (rows: readonly Row[], y: number, kind: Track['kind']): Row | undefined => {
  const distance = (row: Row): number => Math.max(row.y - y, y - (row.y + row.height - 1), 0);
  return rows
    .filter(({ track }) => track.kind === kind)
    .reduce<Row | undefined>((best, row) => (best && distance(best) <= distance(row) ? best : row), undefined);
};
