import { clipsOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import type { ProjectChange } from '../../engine/projects/edit-log.ts';
import { newId } from '../../engine/projects/ids.ts';
import type { CallOptions, Project } from '../../engine/projects/project-types.ts';
import { madeUpMedia } from './random-sequence.ts';

/** Numbers from 0 up to, but not, 1: the same for the same seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const addMedia = (): [string, unknown] => {
  const names = ['a.mov', 'b.mov', 'c.mp4', 'd.mkv'];
  return ['add-media', { media: names.map((name) => madeUpMedia(newId(), 'video', name, { frames: 500 })) }];
};
const addSequence: [string, unknown] = [
  'add-sequence',
  { name: 'Film', frameRate: rational(25), width: 1920, height: 1080 },
];

/** Three edits that give a project something to edit: four media, a sequence of two tracks each, a first clip. */
export const startFilm = (project: Project): void => {
  project.edit(...addMedia());
  project.edit(...addSequence);
  const document = project.document();
  const [sequenceId] = document.sequences.keys();
  const [mediaId] = [...document.media.keys()].sort();
  const [video] = tracksOf(document, sequenceId, 'video');
  const [audio] = tracksOf(document, sequenceId, 'audio');
  project.edit('append', { sequenceId, source: { mediaId }, videoTrackId: video.id, audioTrackId: audio.id });
};

type Attempt = (project: Project, options: CallOptions) => ProjectChange;

/** One edit, undo or redo, drawn at random; what was drawn may well be refused. */
const drawn = (project: Project, random: () => number): Attempt => {
  const document = project.document();
  const edit =
    (name: string, input: unknown): Attempt =>
    (to, options) =>
      to.edit(name, input, options);
  const [sequenceId] = document.sequences.keys();
  // A new project, or one whose beginning has been undone.
  if (document.media.size === 0) return edit(...addMedia());
  if (sequenceId === undefined) return edit(...addSequence);
  const upTo = (n: number): number => Math.floor(random() * n);
  const pick = <T>(values: readonly T[]): T => values[upTo(values.length)];
  const [video, audio] = (['video', 'audio'] as const).map((kind) => pick(tracksOf(document, sequenceId, kind)));
  const clips: readonly Clip[] = clipsOf(document, video.id);
  const clipId = clips.length > 0 ? pick(clips).id : newId();
  const mediaId = pick([...document.media.keys()].sort());
  const place = {
    sequenceId,
    source: { mediaId, in: rational(upTo(5)), duration: 10 + upTo(60) },
    ...{ videoTrackId: video.id, audioTrackId: audio.id },
  };
  const by = upTo(40) - 20;
  return pick<Attempt>([
    edit('append', place),
    edit('insert', { ...place, at: upTo(400), scope: pick(['all', 'touched']) }),
    edit('overwrite', { ...place, at: upTo(400) }),
    edit('move', { clipIds: [clipId], by, onOverlap: pick(['refuse', 'overwrite']) }),
    edit('trim', { clipId, edge: pick(['head', 'tail']), by }),
    edit('ripple-trim', { clipId, edge: pick(['head', 'tail']), by, scope: 'all' }),
    edit('blade', { sequenceId, frame: upTo(400) }),
    edit('ripple-delete', { clipIds: [clipId], scope: 'all' }),
    edit('set-clip', { clipIds: [clipId], changes: { name: `take ${upTo(100)} “é”` } }),
    edit('add-marker', { sequenceId, frame: upTo(400), name: 'cue', colour: '#00ff00' }),
    (to, options) => to.undo(options),
    (to, options) => to.undo(options),
    (to, options) => to.redo(options),
  ]);
};

/** Draws until something can be done, and does it. */
export const randomEdit = (project: Project, random: () => number, opId?: string): ProjectChange => {
  for (;;) {
    try {
      return drawn(project, random)(project, opId === undefined ? {} : { opId });
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error;
    }
  }
};
