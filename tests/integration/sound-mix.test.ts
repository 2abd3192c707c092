import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { still } from '../../engine/contract/timeline/animated.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { documentOf } from '../../engine/contract/timeline/document.ts';
import type { Clip, Sequence, Track, Transition } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { divide, type Rational, rational, zero } from '../../engine/contract/timeline/rational.ts';
import { levelOfDecibels, sampleOfFrame } from '../../engine/contract/timeline/sound-spans.ts';
import { findFfmpeg } from '../../engine/media/ffmpeg-binary.ts';
import { readMediaFile } from '../../engine/media/library/media-facts.ts';
import { mixSound } from '../../engine/render/sound/mix-sound.ts';

const { ffmpeg } = findFfmpeg();
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const folder = mkdtempSync(join(tmpdir(), 'longtake-mix-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes interleaved samples to a file in the folder, in the codec that `args` ask for. */
const write = (name: string, samples: Float32Array, channels: number, rate: number, ...args: string[]): string => {
  const path = join(folder, name);
  const input = ['-f', 'f32le', '-ar', String(rate), '-ac', String(channels), '-i', 'pipe:0'];
  execFileSync(ffmpeg, ['-v', 'error', '-y', ...input, ...args, path], { input: Buffer.from(samples.buffer) });
  return path;
};
const wav = ['-c:a', 'pcm_f32le'];

/** Noise that is the same every time, two different channels, ±0.3. */
const noise = (count: number, channels = 2, seed = 1): Float32Array => {
  let state = seed;
  return Float32Array.from({ length: count * channels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.6;
  });
};
const babbleSeconds = 8;
/**
 * Bands of sines at unrelated pitches from 200 Hz to 6 kHz: no part of it looks like another, lossy codecs keep it, and it is known at any
 * time, so that it can be made at any rate.
 */
const babbles = new Map<number, Float32Array>();
const babble = (rate: number): Float32Array => {
  const made = babbles.get(rate);
  if (made) return made;
  const out = new Float32Array(rate * babbleSeconds * 2);
  babbles.set(rate, out);
  for (let i = 0; i < rate * babbleSeconds; i++) {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += Math.sin((2 * Math.PI * i * 200 * 1.3637 ** k) / rate + k * k);
    out[2 * i] = out[2 * i + 1] = 0.06 * sum;
  }
  return out;
};

let ids = 0;
const newId = (): string => `00000000-0000-7000-8000-${(++ids).toString(16).padStart(12, '0')}`;

const mediaOf = (
  path: string,
  rate: number,
  samples: number,
  sound: Partial<NonNullable<Media['sound']>> = {},
): Media => ({
  id: newId(),
  kind: 'audio',
  name: path,
  binId: null,
  path,
  relativePath: null,
  firstNumber: null,
  bytes: 1,
  hash: 'ab'.repeat(32),
  picture: null,
  sound: { samples, sampleRate: rate, channels: 2, layout: 'stereo', codec: 'pcm', offset: zero, ...sound },
  provenance: null,
  starred: false,
});
const trackOf = (sequence: Sequence, order: number, more: Partial<Track> = {}): Track => ({
  ...{ id: newId(), sequenceId: sequence.id, kind: 'audio', order, name: '', locked: false },
  ...{ muted: false, solo: false, gain: 0, height: 40, ...more },
});
const clipOf = (track: Track, media: Media, start: number, duration: number, more: Partial<Clip> = {}): Clip => ({
  ...{ id: newId(), trackId: track.id, kind: 'audio', name: '', mediaId: media.id, start, duration },
  ...{
    sourceIn: zero,
    speed: rational(1),
    reverse: false,
    offsetSamples: 0,
    enabled: true,
    linkId: null,
    groupId: null,
  },
  ...{ placement: null, gain: still(0), fadeIn: 0, fadeOut: 0, title: null, ...more },
});
const sequenceOf = (frameRate: Rational): Sequence => ({
  ...{ id: newId(), name: '', frameRate, width: 64, height: 64, startTimecode: 0, dropFrame: false },
});
const pal = rational(25);
const ntsc = rational(30000, 1001);

type Content = { media: Media[]; tracks: Track[]; clips: Clip[]; transitions?: Transition[] };
const project = (sequence: Sequence, content: Content): Document => documentOf({ ...content, sequences: [sequence] });

const resolveMedia = (media: Media): Promise<string> => Promise.resolve(media.path);
const mixed = async (document: Document, fromFrame: number, toFrame: number): Promise<Float32Array> => {
  const blocks: Float32Array[] = [];
  const [sequenceId] = document.sequences.keys();
  for await (const block of mixSound({ document, sequenceId, fromFrame, toFrame, resolveMedia })) blocks.push(block);
  const all = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
};
/** One clip alone on one track. */
const alone = (media: Media, rate: Rational, start: number, duration: number, more: Partial<Clip> = {}): Document => {
  const sequence = sequenceOf(rate);
  const track = trackOf(sequence, 0);
  return project(sequence, { media: [media], tracks: [track], clips: [clipOf(track, media, start, duration, more)] });
};
/** Largest difference over stereo samples [from, to); `want` gives interleaved values. */
const worst = (got: Float32Array, want: (index: number) => number, from = 0, to = got.length / 2): number => {
  let most = 0;
  for (let i = 2 * from; i < 2 * to; i++) most = Math.max(most, Math.abs(got[i] - want(i)));
  return most;
};
/** By how many samples the left channel of `got` is later than that of `want`: where they agree best. */
const lagOf = (got: Float32Array, want: Float32Array, gotAt: number, wantAt: number, count: number): number => {
  let best = [Infinity, 0];
  for (let lag = -60; lag <= 60; lag++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (got[2 * (gotAt + i + lag)] - want[2 * (wantAt + i)]) ** 2;
    if (sum < best[0]) best = [sum, lag];
  }
  return best[1];
};

describe('sound at 48 kHz without loss', () => {
  const source = noise(48000 * 4);
  let media: Media;
  beforeAll(() => {
    media = mediaOf(write('noise.wav', source, 2, 48000, ...wav), 48000, 48000 * 4);
  });

  it('comes through sample by sample, in its place, with silence around', async () => {
    const got = await mixed(alone(media, pal, 10, 50, { sourceIn: rational(1, 2) }), 0, 80);
    expect(got.length).toBe(2 * 80 * 1920);
    const at = 10 * 1920;
    expect(worst(got, () => 0, 0, at)).toBe(0);
    expect(worst(got, (i) => source[i - 2 * at + 2 * 24000], at, at + 50 * 1920)).toBe(0);
    expect(worst(got, () => 0, at + 50 * 1920)).toBe(0);
  });

  it('is silent before the file begins and after it ends', async () => {
    const late = { ...media, sound: { ...media.sound!, offset: rational(1, 4) } };
    const got = await mixed(alone(late, pal, 0, 125), 0, 125);
    expect(worst(got, () => 0, 0, 12000)).toBe(0);
    expect(worst(got, (i) => source[i - 24000], 12000, 12000 + 192000)).toBe(0);
    expect(worst(got, () => 0, 12000 + 192000)).toBe(0);
  });

  it('moves by the samples that a clip is off the grid', async () => {
    const got = await mixed(alone(media, pal, 10, 25, { offsetSamples: -77 }), 0, 40);
    expect(worst(got, (i) => source[i - 2 * (19200 - 77)], 19200 - 77, 19200 - 77 + 48000)).toBe(0);
    expect(got[2 * (19200 - 78)]).toBe(0);
  });

  it('gives for a range what it gives for the whole, and for pieces of a clip what it gives for the clip', async () => {
    const sequence = sequenceOf(ntsc);
    const track = trackOf(sequence, 0);
    const sourceAt = (frame: number): Rational => divide(rational(frame), ntsc);
    const cuts = [0, 1, 2, 20, 37, 64, 99, 100];
    const pieces = cuts
      .slice(1)
      .map((end, i) => clipOf(track, media, cuts[i], end - cuts[i], { sourceIn: sourceAt(cuts[i]) }));
    const cut = project(sequence, { media: [media], tracks: [track], clips: pieces });
    const whole = await mixed(alone(media, ntsc, 0, 100), 0, 100);
    const [a, b] = [sampleOfFrame(33, ntsc), sampleOfFrame(71, ntsc)];
    const range = await mixed(cut, 33, 71);
    expect(range.length).toBe(2 * (b - a));
    expect(worst(range, (i) => whole[i + 2 * a])).toBe(0);
    expect(worst(await mixed(cut, 0, 100), (i) => whole[i])).toBe(0);
  });

  it('adds up: two tracks together are the sum of each alone, and mute, solo and gain are heard', async () => {
    const sequence = sequenceOf(pal);
    const low = trackOf(sequence, 0);
    const high = trackOf(sequence, 1, { gain: -6 });
    const clips = [
      clipOf(low, media, 0, 50, { gain: still(3) }),
      clipOf(high, media, 13, 50, { sourceIn: rational(1, 3), gain: still(-2) }),
    ];
    const mix = (...tracks: Track[]): Promise<Float32Array> =>
      mixed(project(sequence, { media: [media], tracks, clips }), 0, 70);
    const both = await mix(low, high);
    const one = await mix(low, { ...high, muted: true });
    const other = await mix(low, { ...high, solo: true });
    expect(worst(both, (i) => one[i] + other[i])).toBeLessThan(1e-6);
    expect(worst(one, (i) => levelOfDecibels(3) * source[i], 0, 96000)).toBeLessThan(1e-6);
    const at = 13 * 1920;
    expect(worst(other, (i) => levelOfDecibels(-8) * source[i - 2 * at + 32000], at, at + 96000)).toBeLessThan(1e-6);
    expect(worst(await mix({ ...low, muted: true }, { ...high, muted: true }), () => 0)).toBe(0);
  });

  it('follows gain keys sample by sample, and fades with equal power', async () => {
    const gain = {
      value: 0,
      keys: [
        { frame: 10, value: 0, easing: 'linear' as const },
        { frame: 20, value: -20, easing: 'hold' as const },
      ],
    };
    const got = await mixed(alone(media, pal, 0, 50, { gain, fadeOut: 5 }), 0, 50);
    const decibels = (sample: number): number => -20 * Math.min(1, Math.max(0, (sample / 1920 - 10) / 10));
    const fade = (sample: number): number => Math.cos((Math.max(0, (sample + 0.5) / 1920 - 45) / 5) * (Math.PI / 2));
    const level = (sample: number): number => 10 ** (decibels(sample) / 20) * fade(sample);
    expect(worst(got, (i) => source[i] * level(i >> 1))).toBeLessThan(1e-6);
  });

  it('is the reverse of itself when reversed, over more than one stretch of decoding', async () => {
    const long = noise(48000 * 45, 2, 9);
    const tape = mediaOf(write('long.wav', long, 2, 48000, ...wav), 48000, 48000 * 45);
    const got = await mixed(alone(tape, pal, 0, 44 * 25, { sourceIn: rational(1, 2), reverse: true }), 0, 44 * 25);
    const last = 24000 + 44 * 48000 - 1;
    expect(worst(got, (i) => long[2 * (last - (i >> 1)) + (i & 1)])).toBe(0);
  });
});

describe('sound of other rates and speeds', () => {
  const tone = (name: string, rate: number, seconds: number): Media => {
    const samples = new Float32Array(rate * seconds * 2);
    for (let i = 0; i < rate * seconds; i++) {
      samples[2 * i] = 0.5 * Math.sin(2 * Math.PI * 997 * (i / rate));
      samples[2 * i + 1] = 0.5 * Math.sin(2 * Math.PI * 5003 * (i / rate));
    }
    return mediaOf(write(name, samples, 2, rate, ...wav), rate, rate * seconds);
  };
  /** What is heard of the tones at a time of the source. */
  const heard = (seconds: number, side: number): number => 0.5 * Math.sin(2 * Math.PI * (side ? 5003 : 997) * seconds);

  it.each([44100, 96000, 32000, 22050])('keeps a sine of a %i Hz file exact to 1e-4', async (rate) => {
    const media = tone(`tone-${rate}.wav`, rate, 4);
    const got = await mixed(alone(media, ntsc, 3, 60, { sourceIn: rational(7, 11) }), 0, 63);
    const start = divide(rational(3), ntsc);
    const time = (i: number): number => 7 / 11 + (i >> 1) / 48000 - start.num / start.den;
    expect(worst(got, (i) => heard(time(i), i & 1), sampleOfFrame(3, ntsc), sampleOfFrame(63, ntsc))).toBeLessThan(
      1e-4,
    );
  });

  it.each([
    ['twice', rational(2)],
    ['half', rational(1, 2)],
    ['137 %', rational(137, 100)],
  ])('plays at %s the speed, pitch and all', async (_, speed) => {
    const media = tone('tone-speed.wav', 44100, 6);
    const got = await mixed(alone(media, pal, 0, 50, { sourceIn: rational(1), speed }), 0, 50);
    const factor = speed.num / speed.den;
    expect(worst(got, (i) => heard(1 + ((i >> 1) * factor) / 48000, i & 1))).toBeLessThan(1e-4);
    const backwards = await mixed(alone(media, pal, 0, 50, { sourceIn: rational(1), speed, reverse: true }), 0, 50);
    expect(worst(backwards, (i) => got[2 * (95999 - (i >> 1)) + (i & 1)])).toBeLessThan(1e-5);
    const range = await mixed(alone(media, pal, 0, 50, { sourceIn: rational(1), speed }), 17, 41);
    expect(worst(range, (i) => got[i + 2 * 17 * 1920])).toBeLessThan(1e-6);
  });

  it('stays on its place to the sample over ten minutes at NTSC rates, in memory that does not grow', async () => {
    const seconds = 601;
    const clicks = new Float32Array(48000 * seconds);
    for (let k = 1; k < seconds; k++) clicks[48000 * k] = 0.5;
    const media = mediaOf(write('clicks.flac', clicks, 1, 48000), 48000, clicks.length, {
      channels: 1,
      layout: 'mono',
    });
    const frames = Math.floor((600 * 30000) / 1001);
    const sequence = sequenceOf(ntsc);
    const track = trackOf(sequence, 0);
    // As a film has it: in hundreds of pieces, each with the source time of its first frame.
    const clips = Array.from({ length: 200 }, (_, i) => {
      const [from, to] = [Math.floor((i * frames) / 200), Math.floor(((i + 1) * frames) / 200)];
      return clipOf(track, media, from, to - from, { sourceIn: divide(rational(from), ntsc) });
    });
    const document = project(sequence, { media: [media], tracks: [track], clips });
    const found: number[] = [];
    const held: number[] = [];
    let at = 0;
    const request = { document, sequenceId: sequence.id, fromFrame: 0, toFrame: frames, resolveMedia };
    for await (const block of mixSound(request)) {
      for (let i = 0; i < block.length; i += 2) if (block[i] > 0.25) found.push(at + i / 2);
      at += block.length / 2;
      if (at > held.length * 48000 * 60) {
        // Twice: buffers are given back while the program goes on.
        collectGarbage();
        await new Promise((done) => setTimeout(done, 5));
        collectGarbage();
        held.push(process.memoryUsage().arrayBuffers);
      }
    }
    expect(at).toBe(sampleOfFrame(frames, ntsc));
    expect(found).toEqual(Array.from({ length: 599 }, (_, k) => 48000 * (k + 1)));
    // A minute of it is 23 MB.
    expect(Math.max(...held) - held[0]).toBeLessThan(12 * 2 ** 20);
  });
});

describe('transitions', () => {
  it('cross-fades with equal power', async () => {
    const left = new Float32Array(96000 * 2).map((_, i) => (i & 1 ? 0 : 0.5));
    const right = new Float32Array(96000 * 2).map((_, i) => (i & 1 ? 0.5 : 0));
    const media = [left, right].map((samples, i) =>
      mediaOf(write(`side-${i}.wav`, samples, 2, 48000, ...wav), 48000, 96000),
    );
    const sequence = sequenceOf(pal);
    const track = trackOf(sequence, 0);
    const clips = [
      clipOf(track, media[0], 0, 25, { sourceIn: rational(1, 2) }),
      clipOf(track, media[1], 25, 25, { sourceIn: rational(1, 2) }),
    ];
    const transition: Transition = {
      ...{ id: newId(), trackId: track.id, leftClipId: clips[0].id, rightClipId: clips[1].id, before: 5, after: 8 },
      ...{ kind: 'dissolve', colour: '#000000', direction: 'left', softness: 0 },
    };
    const got = await mixed(project(sequence, { media, tracks: [track], clips, transitions: [transition] }), 0, 50);
    const power = Float32Array.from({ length: got.length }, (_, i) => got[i] ** 2 + got[i ^ 1] ** 2);
    expect(worst(power, () => 0.25)).toBeLessThan(1e-6);
    const middle = (20 * 1920 + 33 * 1920) / 2;
    expect(got[2 * middle]).toBeCloseTo(got[2 * middle + 1], 4);
    expect([got[2 * (20 * 1920 - 1) + 1], got[2 * (33 * 1920)]]).toEqual([0, 0]);
  });
});

describe('sound of lossy and other files', () => {
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=8'];
  // Matroska as ffmpeg writes it has the encoder's lead-in heard, or claims it as part of the sound: `lead` samples.
  const files: [name: string, rate: number, args: string[], lead?: number][] = [
    ['a.mp3', 48000, ['-b:a', '192k']],
    ['b.mp3', 44100, ['-q:a', '2']],
    ['a.m4a', 48000, ['-c:a', 'aac', '-b:a', '192k']],
    ['b.m4a', 44100, ['-c:a', 'aac', '-b:a', '192k']],
    ['a.ogg', 48000, ['-c:a', 'libopus', '-b:a', '192k']],
    ['b.ogg', 44100, ['-c:a', 'libvorbis', '-q:a', '6']],
    ['a.flac', 96000, []],
    ['a.aiff', 44100, ['-c:a', 'pcm_s24be']],
    ['a.mp4', 48000, [...pictures, '-c:v', 'mpeg4', '-c:a', 'aac', '-b:a', '192k']],
    ['a.mov', 48000, [...pictures, '-c:v', 'mpeg4', '-c:a', 'pcm_s16le']],
    ['a.mkv', 48000, [...pictures, '-c:v', 'mpeg4', '-c:a', 'flac']],
    ['b.mkv', 48000, [...pictures, '-c:v', 'mpeg4', '-c:a', 'libmp3lame', '-b:a', '192k'], 1105],
    ['d.mkv', 48000, [...pictures, '-c:v', 'mpeg4', '-c:a', 'aac', '-b:a', '192k'], 1024],
    ['c.mkv', 44100, [...pictures, '-c:v', 'mpeg4', '-c:a', 'pcm_s16le']],
    ['a.webm', 48000, [...pictures, '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus', '-b:a', '192k'], 336],
  ];

  it.each(files)(
    '%s of %i Hz is where it belongs, from its start and from its middle',
    async (name, rate, args, lead = 0) => {
      const at48 = babble(48000);
      const media = mediaOf(write(name, babble(rate), 2, rate, ...args), rate, rate * babbleSeconds);
      const start = await mixed(alone(media, pal, 0, 50), 0, 50);
      expect(lagOf(start, at48, 6000 + lead, 6000, 8000)).toBe(0);
      // Clips from the middle, in an order that makes a reader go back.
      const sequence = sequenceOf(pal);
      const track = trackOf(sequence, 0);
      const clips = [6, 2, 4].map((second, i) =>
        clipOf(track, media, 25 * i, 25, { sourceIn: rational(second * 7 + 1, 7) }),
      );
      // Not quite from the start: inside of the first frame.
      clips.push(clipOf(track, media, 75, 25, { sourceIn: rational(1, 100) }));
      const got = await mixed(project(sequence, { media: [media], tracks: [track], clips }), 0, 100);
      expect(lagOf(got, at48, 3 * 48000 + 8000 + lead, 8480, 8000)).toBe(0);
      [6, 2, 4].forEach((second, i) => {
        const source = Math.round((48000 * (second * 7 + 1)) / 7);
        expect(lagOf(got, at48, i * 48000 + 8000 + lead, source + 8000, 8000)).toBe(0);
      });
    },
  );

  const together: [name: string, audio: string[]][] = [
    ['t.mp4', ['-c:a', 'aac', '-b:a', '192k']],
    ['t.mov', ['-c:a', 'pcm_s16le']],
    ['aac.mkv', ['-c:a', 'aac', '-b:a', '192k']],
    ['flac.mkv', ['-c:a', 'flac']],
    ['vorbis.mkv', ['-c:a', 'libvorbis', '-q:a', '6']],
    ['opus.mkv', ['-c:a', 'libopus', '-b:a', '192k', '-avoid_negative_ts', 'disabled']],
  ];

  it.each(together)('%s, as it is imported, has its sound within a millisecond of its picture', async (name, audio) => {
    for (const delay of ['0', '0.28']) {
      const path = join(folder, name);
      const sound = ['-itsoffset', delay, '-i', write('babble.wav', babble(48000), 2, 48000, ...wav)];
      execFileSync(ffmpeg, ['-v', 'error', '-y', ...pictures, ...sound, '-c:v', 'mpeg4', ...audio, path]);
      const facts = await readMediaFile(path);
      const media: Media = { ...mediaOf(path, 48000, 0), ...facts, kind: 'video' };
      const got = await mixed(alone(media, pal, 0, 75), 0, 75);
      const later = Number(delay) * 48000;
      expect(Math.abs(lagOf(got, babble(48000), 40000 + later, 40000, 8000))).toBeLessThanOrEqual(48);
    }
  });

  it('hears a single channel on both sides, and mixes 5.1 down as ITU-R BS.775 has it', async () => {
    const mono = mediaOf(write('mono.wav', noise(48000, 1), 1, 48000, ...wav), 48000, 48000, {
      channels: 1,
      layout: 'mono',
    });
    const one = await mixed(alone(mono, pal, 0, 25), 0, 25);
    expect(worst(one, (i) => one[i ^ 1])).toBe(0);
    expect(Math.max(...one.subarray(0, 1000))).toBeGreaterThan(0.2);
    const levels = [0.01, 0.02, 0.04, 0.5, 0.08, 0.16];
    const samples = new Float32Array(48000 * 6).map((_, i) => levels[i % 6]);
    const surround = mediaOf(write('six.wav', samples, 6, 48000, ...wav), 48000, 48000, { channels: 6, layout: '5.1' });
    const got = await mixed(alone(surround, pal, 0, 25), 0, 25);
    const [left, right] = [0.01 + Math.SQRT1_2 * (0.04 + 0.08), 0.02 + Math.SQRT1_2 * (0.04 + 0.16)];
    expect(worst(got, (i) => (i & 1 ? right : left))).toBeLessThan(1e-6);
  });

  it('is silent where a file ends sooner than it says', async () => {
    const source = noise(48000 * 2);
    const path = write('short.wav', source, 2, 48000, ...wav);
    truncateSync(path, 48000 * 8 + 100);
    const got = await mixed(alone(mediaOf(path, 48000, 96000), pal, 0, 50), 0, 50);
    expect(worst(got, (i) => source[i], 0, 47900)).toBe(0);
    expect(worst(got, () => 0, 48000)).toBe(0);
  });
});

describe('what goes wrong', () => {
  /** Command lines of the programs that this test runs over its own files. */
  const children = (): string[] => {
    const ids = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    const line = (id: string): string => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    };
    return ids.map(line).filter((words) => words.includes(folder));
  };
  const onLinux = it.runIf(process.platform === 'linux');

  it('says which file is missing', async () => {
    const media = mediaOf(join(folder, 'gone.wav'), 48000, 48000);
    const failed = await mixed(alone(media, pal, 0, 25), 0, 25).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UserFacingError);
    expect(failed).toMatchObject({ code: 'input', message: expect.stringContaining('gone.wav') as string });
    expect((failed as UserFacingError).remedy).not.toBe('');
  });

  it('says which file cannot be read', async () => {
    const path = join(folder, 'broken.wav');
    writeFileSync(path, 'no sound at all');
    const broken = mixed(alone(mediaOf(path, 48000, 48000), pal, 0, 25), 0, 25);
    await expect(broken).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('broken.wav') as string,
    });
  });

  it('passes on that the library does not know where a file is', async () => {
    const document = alone(mediaOf(join(folder, 'x.wav'), 48000, 48000), pal, 0, 25);
    const [sequenceId] = document.sequences.keys();
    const lost = (): Promise<string> => Promise.reject(new UserFacingError('input', 'x.wav is lost.', 'Find it.'));
    const mix = mixSound({ document, sequenceId, fromFrame: 0, toFrame: 25, resolveMedia: lost });
    await expect(mix.next()).rejects.toThrow('x.wav is lost.');
  });

  onLinux('stops at once when it is cancelled or left, and leaves no decoder behind', async () => {
    const long = mediaOf(write('cancel.flac', new Float32Array(48000 * 2 * 120), 2, 48000), 48000, 48000 * 120);
    const document = alone(long, pal, 0, 3000);
    const [sequenceId] = document.sequences.keys();
    const controller = new AbortController();
    const mix = mixSound({
      document,
      sequenceId,
      fromFrame: 0,
      toFrame: 3000,
      resolveMedia,
      signal: controller.signal,
    });
    await mix.next();
    expect(children().length).toBe(1);
    controller.abort(new Error('enough'));
    await expect(mix.next()).rejects.toThrow('enough');
    expect(children()).toEqual([]);
    for await (const block of mixSound({ document, sequenceId, fromFrame: 0, toFrame: 3000, resolveMedia })) {
      expect(block.length).toBeGreaterThan(0);
      break;
    }
    expect(children()).toEqual([]);
  });

  onLinux('stops while a decoder is at work', async () => {
    const long = mediaOf(
      write('skip.avi', new Float32Array(48000 * 2 * 300), 2, 48000, '-c:a', 'ac3'),
      48000,
      48000 * 300,
    );
    const document = alone(long, pal, 0, 25, { sourceIn: rational(290) });
    const [sequenceId] = document.sequences.keys();
    const controller = new AbortController();
    const mix = mixSound({ document, sequenceId, fromFrame: 0, toFrame: 25, resolveMedia, signal: controller.signal });
    let given = false;
    const first = mix.next().finally(() => (given = true));
    const atWork = (): boolean => children().some((line) => line.includes('pipe:1'));
    while (!given && !atWork()) await new Promise((done) => setTimeout(done, 2));
    controller.abort(new Error('enough'));
    // A very fast decoder may have given the first block by now: then the second is refused.
    await expect(first.then(() => mix.next())).rejects.toThrow('enough');
    expect(children()).toEqual([]);
  });

  it('gives nothing for nothing, and silence for a sequence without sound', async () => {
    const document = project(sequenceOf(pal), { media: [], tracks: [], clips: [] });
    expect((await mixed(document, 5, 5)).length).toBe(0);
    expect(worst(await mixed(document, 0, 25), () => 0)).toBe(0);
  });
});
