import type { PlanarFrame } from '../../frames/image.ts';
import { readFrames } from '../decode.ts';
import { probe } from '../probe.ts';
import type { MediaInfo } from '../types.ts';

/** A stretch as it should come out: frames `from`..`to` of `info`. */
export type Expected = { info: MediaInfo; from: number; to: number };

/** Frames looked at on either side of a join. */
const reach = 2;

const samePlanes = (a: PlanarFrame, b: PlanarFrame): boolean =>
  a.planes.length === b.planes.length &&
  a.planes.every((plane, index) => {
    const other = b.planes[index];
    return (
      Buffer.compare(
        Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength),
        Buffer.from(other.buffer, other.byteOffset, other.byteLength),
      ) === 0
    );
  });

const agree = async (out: MediaInfo, at: number, expected: Expected): Promise<boolean> => {
  const wanted = readFrames(expected.info, expected.from, expected.to);
  const got = readFrames(out, at, at + expected.to - expected.from);
  try {
    for (;;) {
      const [a, b] = await Promise.all([wanted.next(), got.next()]);
      if (a.done === true || b.done === true) return a.done === b.done;
      if (!samePlanes(a.value, b.value)) return false;
    }
  } finally {
    await Promise.all([wanted.return(undefined), got.return(undefined)]);
  }
};

/** Decodes a joined file around each join and compares it, bit by bit, with what was joined. Answers with what is wrong, or undefined. */
export const checkJoins = async (
  path: string,
  stretches: Expected[],
  times: Float64Array,
): Promise<string | undefined> => {
  const out = await probe(path);
  if (out.frameCount !== times.length) return `it shows ${out.frameCount} frames instead of ${times.length}`;
  const seconds = await out.timestamps();
  for (let i = 0; i < times.length; i++)
    if (Math.abs(seconds[i] - seconds[0] - times[i]) > 1.1e-3) return `frame ${i} is shown at the wrong time`;
  let at = 0;
  for (const [index, { info, from, to }] of stretches.entries()) {
    const count = to - from + 1;
    const spots: [number, number][] = [];
    if (index > 0) spots.push([0, Math.min(reach, count) - 1]);
    if (index + 1 < stretches.length) spots.push([Math.max(0, count - reach), count - 1]);
    for (const [first, last] of spots)
      if (!(await agree(out, at + first, { info, from: from + first, to: from + last })))
        return `it decodes differently near frame ${at + first}`;
    at += count;
  }
  return undefined;
};
