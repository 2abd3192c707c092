import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { applyChanges } from '../../contract/timeline/apply-changes.ts';
import { endOf } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Clip, Sequence } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { runOperation } from '../../contract/timeline/operations/registry.ts';
import { plainTitle } from '../../contract/timeline/plain-title.ts';
import { newId } from '../../projects/ids.ts';
import type { Project } from '../../projects/project-types.ts';
import type { ParsedArguments } from '../arguments.ts';
import { say } from '../command.ts';
import type { Command } from '../command.ts';
import { lookOf, lookOptions, transitionOf, transitionOptions } from './clip-options.ts';
import { readMedia } from './media-files.ts';
import { allMedia, pickMedia, pickSequence } from './pick.ts';
import { isFree, targetsFor } from './place.ts';
import { filesOf, untilStopped, withProject } from './session.ts';
import { editAll } from './steps.ts';
import type { Step } from './steps.ts';
import { isGiven, optional, parseLength, parseMediaTime, parsePlace, parseSpeed, textOf } from './values.ts';

export const command: Command = {
  name: 'project add',
  summary: 'puts a clip, a still or a title on the timeline',
  usage: 'project add FILE.longtake MEDIA | --title TEXT [--at PLACE] [--in A] [--out B] [--track V1] …',
  details: [
    'MEDIA is the name of something imported, or a file, which is then imported first. Without --at it comes after the last clip. Picture and',
    'sound of a video go to --track and --sound-track, linked; tracks that are one above the others are made. Times are frames (48), timecodes',
    "(00:00:02:00) or seconds (2s); --in and --out count on the media's own clock, and --out names the last frame that is used.",
  ],
  options: {
    title: { value: 'TEXT', help: 'a title instead of a media' },
    at: { value: 'PLACE', help: 'where it begins (default end)' },
    insert: { help: 'what comes later on its tracks moves' },
    overwrite: { help: 'what lies there is replaced' },
    in: { value: 'TIME', help: 'first frame of the media that is used' },
    out: { value: 'TIME', help: 'last frame of the media that is used' },
    length: { value: 'TIME', help: '48 or 2s; a still or a title lasts 5s unless told' },
    track: { value: 'NAME', help: 'for the picture, or for sound alone (default V1, A1)' },
    'sound-track': { value: 'NAME', help: 'for the sound of a video (default A1)' },
    'no-sound': { help: 'only the picture of a video' },
    'no-picture': { help: 'only the sound of a video' },
    speed: { value: 'FACTOR', help: '2, 0.5, 1/3, 50%; 0 freezes the first frame' },
    reverse: { help: 'backwards' },
    ...transitionOptions,
    ...lookOptions,
    sequence: { value: 'NAME', help: 'where to (default the oldest)' },
  },
  run: async (input, voice) => {
    const title = textOf(input, 'title');
    const { file, rest } = filesOf(input, 'add', title === undefined ? ['MEDIA'] : []);
    if (isGiven(input, 'insert') && isGiven(input, 'overwrite')) {
      throw new UserFacingError('usage', 'A clip is inserted or it overwrites, not both.', 'Leave one of them out.');
    }
    await untilStopped((signal) =>
      withProject(file, async (project) => {
        const document = project.document();
        const sequence = pickSequence(document, textOf(input, 'sequence'));
        const source = title === undefined ? await mediaFor(project, rest[0], signal) : undefined;
        const steps: Step[] = source?.fresh ? [{ op: 'add-media', input: { media: [source.media] } }] : [];
        const added = addSteps(document, sequence, source?.media, title, steps, input);
        const revision = editAll(project, added.steps);
        for (const id of added.clipIds) {
          const clip = project.document().clips.get(id);
          if (!clip) continue;
          const track = project.document().tracks.get(clip.trackId)?.name ?? '';
          const { start, duration, kind, name } = clip;
          say(
            voice,
            { event: 'added', clip: id, track, start, frames: duration, kind, name, revision },
            `${track} ${start}-${start + duration - 1}: ${name.split('\n')[0]}`,
          );
        }
      }),
    );
  },
};

/** What the project has of that name, or a file that is imported with the clip. */
const mediaFor = async (
  project: Project,
  text: string,
  signal: AbortSignal,
): Promise<{ media: Media; fresh: boolean }> => {
  const known = allMedia(project.document());
  const file = path.resolve(text);
  const inProject = known.some(({ id, name, path: at }) => id === text || name === text || at === file);
  if (inProject || !existsSync(file)) return { media: pickMedia(project.document(), text), fresh: false };
  const { media, duplicates, failures } = await readMedia(project, [file], { existing: known, signal });
  if (media.length > 0) return { media: media[0], fresh: true };
  const copy = known.find(({ id }) => id === duplicates[0]?.of);
  if (copy) return { media: copy, fresh: false };
  const [failure] = failures;
  throw new UserFacingError(
    'input',
    failure?.message ?? `${text} is no media.`,
    failure?.remedy ?? 'Name a video, sound or picture file.',
  );
};

const sourceOf = (sequence: Sequence, media: Media | undefined, title: string | undefined, input: ParsedArguments) => {
  const duration = optional(input, 'length', (text) => parseLength('length', text, sequence));
  const timed = { ...(duration !== undefined && { duration }) };
  if (!media) return { title: { ...plainTitle(title ?? ''), ...lookOf(input, sequence).title }, ...timed };
  const rate = media.picture?.frameRate ?? sequence.frameRate;
  const time = (option: 'in' | 'out') =>
    optional(input, option, (text) => parseMediaTime(option, text, rate, option === 'out'));
  const [from, to] = [time('in'), time('out')];
  return { mediaId: media.id, ...(from && { in: from }), ...(to && { out: to }), ...timed };
};

/** The steps that put a source on the timeline as one edit, and the ids of the clips that they make. */
const addSteps = (
  document: Document,
  sequence: Sequence,
  media: Media | undefined,
  title: string | undefined,
  first: Step[],
  input: ParsedArguments,
): { steps: Step[]; clipIds: string[] } => {
  const targets = targetsFor(document, sequence, media, input);
  const at = optional(input, 'at', (text) => (text === 'end' ? undefined : parsePlace('at', text, sequence)));
  const [videoClipId, audioClipId] = [newId(), newId()];
  const place = {
    sequenceId: sequence.id,
    source: sourceOf(sequence, media, title, input),
    ...{ videoTrackId: targets.video, audioTrackId: targets.audio, videoClipId, audioClipId },
  };
  const how = at === undefined ? 'append' : isGiven(input, 'insert') ? 'insert' : 'overwrite';
  const steps: Step[] = [...first, ...targets.steps, { op: how, input: at === undefined ? place : { ...place, at } }];
  // What comes next is asked of the clips as they will lie.
  const placed = afterSteps(document, steps);
  const clips = [videoClipId, audioClipId].flatMap((id) => placed.clips.get(id) ?? []);
  if (how === 'overwrite' && !isGiven(input, 'overwrite')) refuseCovered(document, clips);
  steps.push(...speedSteps(clips, how === 'insert', input));
  const look = lookOf(input, sequence);
  for (const clip of clips) {
    const changes = clip.placement ? { ...look.picture } : { ...look.sound };
    if (Object.keys(changes).length > 0) steps.push({ op: 'set-clip', input: { clipIds: [clip.id], changes } });
  }
  const wish = transitionOf(input, sequence);
  if (wish) steps.push(...transitionSteps(placed, clips, wish));
  return { steps, clipIds: clips.map(({ id }) => id) };
};

const afterSteps = (document: Document, steps: Step[]): Document =>
  steps.reduce(
    (state, { op, input }) => applyChanges(state, runOperation(state, op, input, { newId }).forward),
    document,
  );

const refuseCovered = (document: Document, clips: Clip[]): void => {
  const covered = clips.some((clip) => !isFree(document, clip.trackId, clip.start, endOf(clip)));
  if (!covered) return;
  throw new UserFacingError(
    'usage',
    'Other clips lie there already.',
    'Add --overwrite to replace them, or --insert to move them.',
  );
};

const speedSteps = ([clip]: Clip[], ripple: boolean, input: ParsedArguments): Step[] => {
  const speed = optional(input, 'speed', (text) => parseSpeed('speed', text));
  const reverse = isGiven(input, 'reverse');
  if (!clip || (!speed && !reverse)) return [];
  return [{ op: 'set-speed', input: { clipId: clip.id, speed: speed ?? { num: 1, den: 1 }, reverse, ripple } }];
};

/** A transition over the cut to the clip before, or from nothing where there is none; a sound's is a cross-fade. */
const transitionSteps = (document: Document, clips: Clip[], wish: Record<string, unknown>): Step[] =>
  clips.map((clip) => {
    const left = [...document.clips.values()].find(
      (other) => other.trackId === clip.trackId && endOf(other) === clip.start,
    );
    const look = clip.placement ? wish : { ...wish, kind: 'dissolve' };
    return { op: 'add-transition', input: { leftClipId: left?.id ?? null, rightClipId: clip.id, ...look } };
  });
