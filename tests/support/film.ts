import { spawnSync } from 'node:child_process';
import { still } from '../../engine/contract/timeline/animated.ts';
import { documentOf, type Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Placement, Sequence, Track, Transition } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { rational, zero, type Rational } from '../../engine/contract/timeline/rational.ts';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { readMediaFile } from '../../engine/media/library/media-facts.ts';
import { testId } from './timeline.ts';

/*
 * Clips whose frames carry their number, so that a test can read from a picture which frame of which clip it is: a row of blocks along the
 * top, light or dark, twelve for the number and four for the clip; below it one grey that changes with the number.
 */

export const codeBlocks = 16;

/** The grey below the code of frame `number`. */
export const greyOf = (number: number): number => 50 + ((number * 37) % 150);

/** One frame of 4:2:0 planes. */
const codedFrame = (width: number, height: number, number: number, clip: number): Buffer => {
  const bytes = Buffer.alloc((width * height * 3) / 2, 128);
  bytes.fill(greyOf(number), 0, width * height);
  const word = (clip << 12) | number;
  for (let y = 0; y < height / 4; y++)
    for (let block = 0; block < codeBlocks; block++) {
      const from = y * width + Math.floor((block * width) / codeBlocks);
      bytes.fill((word >> (codeBlocks - 1 - block)) & 1 ? 200 : 40, from, y * width + Math.floor(((block + 1) * width) / codeBlocks));
    }
  return bytes;
}; // prettier-ignore

/** The frame's number and its clip, read from an 8-bit plane (step 1) or from the R of R, G, B, A (step 4). */
export const readCode = (
  samples: ArrayLike<number>,
  width: number,
  height: number,
  step = 1,
): { number: number; clip: number } => {
  let word = 0;
  for (let block = 0; block < codeBlocks; block++) {
    const x = Math.floor(((block + 0.5) * width) / codeBlocks);
    word = (word << 1) | (samples[(Math.floor(height / 8) * width + x) * step] > 120 ? 1 : 0);
  }
  return { number: word & 0xfff, clip: word >> 12 };
};

type Coded = { frames: number; rate: Rational; width?: number; height?: number; clip?: number; sound?: boolean };

/** Writes a coded clip; lossless H.264 unless `args` say otherwise. */
export const writeCoded = (
  path: string,
  { frames, rate, width = 128, height = 96, clip = 0, sound = false }: Coded,
  args?: string[],
): void => {
  const input = Buffer.concat(Array.from({ length: frames }, (_, i) => codedFrame(width, height, i, clip)));
  const { status, stderr } = spawnSync(
    findFfmpeg().ffmpeg,
    [
      '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-framerate', `${rate.num}/${rate.den}`,
      '-colorspace', 'bt709', '-color_range', 'tv', '-i', 'pipe:0',
      ...(sound ? ['-f', 'lavfi', '-t', String((frames * rate.den) / rate.num), '-i', 'sine=f=440:r=48000'] : []),
      '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv',
      ...(args ?? ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-g', '12']), path,
    ],
    { input },
  ); // prettier-ignore
  if (status !== 0) throw new Error(stderr.toString());
};

const plain: Placement = {
  fit: 'inside',
  opacity: still(1),
  x: still(0),
  y: still(0),
  scale: still(1),
  rotation: still(0),
  cropLeft: still(0),
  cropTop: still(0),
  cropRight: still(0),
  cropBottom: still(0),
};
export const placed = (more: Partial<Placement>): Placement => ({ ...plain, ...more });

/** A film put together by hand: tracks are named by their number from the bottom, clips by what `clip` returns. */
export class Film {
  readonly sequence: Sequence;
  private readonly media: Media[] = [];
  private readonly tracks: Track[] = [];
  private readonly clips: Clip[] = [];
  private readonly transitions: Transition[] = [];
  private ids = 1;

  constructor(frameRate: Rational, width = 128, height = 96) {
    this.sequence = { id: this.newId(), name: 'Film', frameRate, width, height, startTimecode: 0, dropFrame: false };
  }

  private newId(): string {
    return testId(this.ids++);
  }

  get document(): Document {
    const { sequence, media, tracks, clips, transitions } = this;
    return documentOf({ sequences: [sequence], media, tracks, clips, transitions });
  }

  /** Reads a file as a media. */
  async add(path: string, more: Partial<Media> = {}): Promise<Media> {
    const { kind, firstNumber, bytes, picture, sound } = await readMediaFile(path);
    const media: Media = {
      id: this.newId(), kind, name: path, binId: null, path, relativePath: null, firstNumber, bytes, hash: 'a'.repeat(64), picture, sound,
      provenance: null, starred: false, ...more,
    }; // prettier-ignore
    this.media.push(media);
    return media;
  }

  private track(kind: Track['kind'], order: number): Track {
    const known = this.tracks.find((track) => track.kind === kind && track.order === order);
    if (known) return known;
    const track: Track = {
      id: this.newId(), sequenceId: this.sequence.id, kind, order, name: '', locked: false, muted: false, solo: false, gain: 0, height: 40,
    }; // prettier-ignore
    this.tracks.push(track);
    return track;
  }

  clip(
    order: number,
    media: Media | null,
    start: number,
    duration: number,
    more: Partial<Clip> = {},
    kind: Track['kind'] = 'video',
  ): Clip {
    const track = this.track(kind, order);
    const clip: Clip = {
      id: this.newId(), trackId: track.id, kind: kind === 'audio' ? 'audio' : media === null ? 'title' : media.kind === 'still' ? 'still' : 'video',
      name: '', mediaId: media?.id ?? null, start, duration, sourceIn: zero, speed: rational(1), reverse: false, offsetSamples: 0, enabled: true,
      linkId: null, groupId: null, placement: kind === 'video' ? plain : null, gain: kind === 'audio' ? still(0) : null, fadeIn: 0, fadeOut: 0,
      title: null, ...more,
    }; // prettier-ignore
    this.clips.push(clip);
    return clip;
  }

  transition(left: Clip | null, right: Clip | null, more: Partial<Transition>): void {
    this.transitions.push({
      id: this.newId(), trackId: (left ?? right)!.trackId, leftClipId: left?.id ?? null, rightClipId: right?.id ?? null, before: 0, after: 0,
      kind: 'dissolve', colour: '#000000', direction: 'right', softness: 0, ...more,
    }); // prettier-ignore
  }
}
