import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import type { Edit } from '../../engine/contract/timeline/change.ts';
import { clipsOf, emptyDocument, endOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import type { Clip, Title } from '../../engine/contract/timeline/entities.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import type { OperationInput, OperationName } from '../../engine/contract/timeline/operations/registry.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';

/** All entities of a document, as a project's tables would give them. */
export const contentOf = (document: Document) => ({
  media: [...document.media.values()],
  bins: [...document.bins.values()],
  sequences: [...document.sequences.values()],
  tracks: [...document.tracks.values()],
  clips: [...document.clips.values()],
  transitions: [...document.transitions.values()],
  markers: [...document.markers.values()],
});

/** The nth id: ids of tests are told apart by their last digits. */
export const testId = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Ids in turn, from 4096 on. */
export const idMaker = (): (() => string) => {
  let next = 4096;
  return () => testId(next++);
};

type Video = { frameRate?: Rational; frames?: number; sound?: boolean; variableRate?: boolean; kind?: Media['kind'] };

const mediaOf = (id: string, kind: Media['kind'], parts: Pick<Media, 'picture' | 'sound'>): Media => ({
  id,
  kind,
  name: `media ${id.slice(-4)}`,
  binId: null,
  path: `/media/${id}`,
  relativePath: null,
  firstNumber: kind === 'images' ? 0 : null,
  bytes: 1000,
  hash: 'a'.repeat(64),
  provenance: null,
  starred: false,
  ...parts,
});

const soundOf = (samples: number, offset = rational(0)): Media['sound'] => ({
  samples,
  sampleRate: 48000,
  channels: 2,
  layout: 'stereo',
  codec: 'aac',
  offset,
});

/** A video of so many frames, with sound as long as its picture. */
export const videoMedia = (id: string, options: Video = {}): Media => {
  const { frameRate = rational(24), frames = 240, sound = true, variableRate = false, kind = 'video' } = options;
  const duration = rational(frames * frameRate.den, frameRate.num);
  return mediaOf(id, kind, {
    picture: {
      width: 1920,
      height: 1080,
      sampleAspect: rational(1),
      frameRate,
      variableRate,
      frameCount: frames,
      duration,
      codec: 'h264',
      pixelFormat: 'yuv420p',
      alpha: false,
      interlaced: false,
    },
    sound: sound ? soundOf(Math.floor((duration.num * 48000) / duration.den)) : null,
  });
};

export const stillMedia = (id: string): Media => {
  const media = videoMedia(id, { kind: 'still', sound: false, frames: 1 });
  return { ...media, picture: media.picture && { ...media.picture, frameRate: null, duration: null } };
};

export const audioMedia = (id: string, seconds: number, offset = rational(0)): Media =>
  mediaOf(id, 'audio', { picture: null, sound: soundOf(seconds * 48000, offset) });

export const titleOf = (text: string): Title => ({
  text,
  font: 'sans',
  weight: 'regular',
  italic: false,
  size: 0.1,
  colour: '#ffffff',
  align: 'centre',
  lineHeight: 1.2,
  background: { colour: '#000000', opacity: 0, padding: 0 },
  outline: { colour: '#000000', width: 0 },
  shadow: { colour: '#000000', opacity: 0, blur: 0, distance: 0 },
});

/** A document that operations are run on one by one; keeps every edit for undoing. */
export class Timeline {
  document: Document;
  readonly edits: Edit[] = [];
  readonly newId: () => string;

  constructor(document: Document = emptyDocument, newId = idMaker()) {
    this.document = document;
    this.newId = newId;
  }

  run<N extends OperationName>(name: N, input: OperationInput<N>): Edit {
    const edit = runOperation(this.document, name, input, { newId: this.newId });
    this.document = applyChanges(this.document, edit.forward);
    this.edits.push(edit);
    return edit;
  }

  /** The reason that an operation is refused with; undefined when it is not. */
  refusal<N extends OperationName>(name: N, input: OperationInput<N>): string | undefined {
    try {
      runOperation(this.document, name, input, { newId: this.newId });
      return undefined;
    } catch (error) {
      if (error instanceof EditRefused) return error.reason;
      throw error;
    }
  }

  clip(id: string): Clip {
    const clip = this.document.clips.get(id);
    if (!clip) throw new Error(`no clip ${id}`);
    return clip;
  }

  /** `start-end@sourceIn` of a track's clips, source in frames of 24 per second. */
  layout(trackId: string): string {
    return clipsOf(this.document, trackId)
      .map((clip) => {
        const source = (clip.sourceIn.num * 24) / clip.sourceIn.den;
        return `${clip.start}-${endOf(clip)}@${Math.round(source * 1000) / 1000}`;
      })
      .join(' ');
  }
}

export const sequenceId = testId(1);
export const [v1, v2, a1, a2] = [testId(11), testId(12), testId(21), testId(22)];
export const filmId = testId(101);
export const photoId = testId(102);
export const musicId = testId(103);
export const takeId = testId(104);

/**
 * A sequence of 24 frames a second with V1, V2, A1, A2, and in the bin: a film of 240 frames with sound, a photo, a minute of music, a take
 * of 12 frames with sound.
 */
export const newTimeline = (frameRate: Rational = rational(24)): Timeline => {
  const timeline = new Timeline();
  timeline.run('batch', {
    operations: [
      {
        op: 'add-media',
        input: {
          media: [
            videoMedia(filmId),
            stillMedia(photoId),
            audioMedia(musicId, 60),
            videoMedia(takeId, { kind: 'take', frames: 12 }),
          ],
        },
      },
      {
        op: 'add-sequence',
        input: { id: sequenceId, name: 'Film', frameRate, width: 1920, height: 1080, videoTracks: 0, audioTracks: 0 },
      },
      ...(['video', 'audio'] as const).flatMap((kind) =>
        (kind === 'video' ? [v1, v2] : [a1, a2]).map((id) => ({ op: 'add-track', input: { id, sequenceId, kind } })),
      ),
    ],
  });
  return timeline;
};

/** Appends frames [from, to) of the film to V1 and A1; the clips' ids are `id` and `id + 1`. */
export const appendFilm = (timeline: Timeline, n: number, from: number, to: number): [video: string, audio: string] => {
  timeline.run('append', {
    sequenceId,
    source: { mediaId: filmId, in: rational(from, 24), out: rational(to, 24) },
    videoTrackId: v1,
    audioTrackId: a1,
    videoClipId: testId(n),
    audioClipId: testId(n + 1),
  });
  return [testId(n), testId(n + 1)];
};

/**
 * The timeline of most examples: three clips of picture and sound that meet on V1 and A1, at frames 0-40, 40-70 and 70-110, showing frames
 * 20-60, 100-130 and 160-200 of the film, so that all have handles.
 */
export const threeClips = () => {
  const timeline = newTimeline();
  const [first, firstSound] = appendFilm(timeline, 300, 20, 60);
  const [second, secondSound] = appendFilm(timeline, 302, 100, 130);
  const [third, thirdSound] = appendFilm(timeline, 304, 160, 200);
  return { timeline, first, firstSound, second, secondSound, third, thirdSound };
};
export const threeClipsLayout = '0-40@20 40-70@100 70-110@160';
