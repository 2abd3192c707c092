import { stereoMix } from '../../contract/sound/stereo.ts';
import { decodeSound, type SoundFile } from './sound-file.ts';

type Stereo = [left: Float32Array, right: Float32Array];

/** Reads a sound file as stereo by sample numbers, with one decoder that stays open between neighbouring reads. */
export type SoundReader = {
  /**
   * Samples [from, to) of both channels, counted from the first heard one; silence before 0 and after the end.
   * @throws UserFacingError 'input' when the file cannot be decoded
   */
  read: (from: number, to: number) => Promise<Stereo>;
  /** Samples to decode and throw away before a read from there; Infinity where a new decoder is needed. */
  distance: (from: number) => number;
  close: () => Promise<void>;
};

/** Forwards, a decoder is asked to go on over this many seconds sooner than a new one is started. */
const skipSeconds = 5;
/** Backwards, sound is decoded and held in stretches of this many seconds (8 MB of stereo at 48 kHz). */
const backwardsSeconds = 20;

/** @param backwards reads will come in falling order */
export const soundReader = (file: SoundFile, backwards: boolean, signal?: AbortSignal): SoundReader => {
  const mix = stereoMix(file.layout, file.channels);
  const stretch = backwardsSeconds * file.sampleRate;
  let pieces: AsyncGenerator<Float32Array> | undefined;
  /** Decoded and still wanted, in order and without gaps; the last ends at `end`. */
  let held: { at: number; sound: Stereo }[] = [];
  let end = 0;
  let finished = true;

  const close = async (): Promise<void> => {
    const open = pieces;
    [pieces, held, finished] = [undefined, [], true];
    await open?.return(undefined);
  };

  const toStereo = (interleaved: Float32Array): Stereo => {
    const count = Math.floor(interleaved.length / file.channels);
    const sides = [mix.left, mix.right].map((gains) => {
      const used = [...gains.entries()].filter(([, gain]) => gain !== 0);
      const side = new Float32Array(count);
      for (const [channel, gain] of used)
        for (let i = 0, at = channel; i < count; i++, at += file.channels) side[i] += gain * interleaved[at];
      return side;
    });
    return [sides[0], sides[1]];
  };

  const distance = (from: number): number => {
    const start = held[0]?.at ?? end;
    const most = file.seek === 'never' ? Infinity : skipSeconds * file.sampleRate;
    if (pieces === undefined || from < start || from - end > most) return Infinity;
    return Math.max(0, from - end);
  };

  const drop = (before: number): void => {
    while (held.length > 0 && held[0].at + held[0].sound[0].length <= before) held.shift();
  };

  const read = async (from: number, to: number): Promise<Stereo> => {
    const out: Stereo = [new Float32Array(to - from), new Float32Array(to - from)];
    const first = Math.max(0, from);
    if (to <= first) return out;
    if (distance(first) === Infinity) {
      await close();
      const enter = backwards ? Math.max(0, Math.min(first, to - stretch)) : first;
      end = file.seek === 'never' ? 0 : enter;
      finished = false;
      pieces = decodeSound(file, end, signal);
    }
    const wanted = backwards ? Math.min(first, to - stretch) : first;
    drop(wanted);
    while (end < to && !finished && pieces) {
      const { value, done } = await pieces.next();
      if (done) finished = true;
      else {
        const sound = toStereo(value);
        held.push({ at: end, sound });
        end += sound[0].length;
        drop(wanted);
      }
    }
    for (const { at, sound } of held) {
      const [copyFrom, copyTo] = [Math.max(from, at), Math.min(to, at + sound[0].length)];
      if (copyFrom < copyTo)
        sound.forEach((side, c) => out[c].set(side.subarray(copyFrom - at, copyTo - at), copyFrom - from));
    }
    return out;
  };

  return { read, distance, close };
};
