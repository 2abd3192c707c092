import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { applyChanges } from '../../contract/timeline/apply-changes.ts';
import { patternParts } from '../../contract/timeline/picture-pattern.ts';
import { newId } from '../../projects/ids.ts';
import type { Project } from '../../projects/project-types.ts';
import type { WantedMedia } from '../../render/interchange/otio-media.ts';
import { readOtio } from '../../render/interchange/otio-read.ts';
import { placeTimeline } from '../../render/interchange/place-timeline.ts';
import { say } from '../command.ts';
import type { Voice } from '../command.ts';
import { readMedia } from './media-files.ts';
import { allMedia } from './pick.ts';
import { binFor, editAll } from './steps.ts';
import type { Step } from './steps.ts';

const maxBytes = 64 * 1024 * 1024;

const read = (file: string): string => {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new UserFacingError('input', `There is no file ${file}.`, 'Check the path.');
  if (stat.size > maxBytes) {
    throw new UserFacingError('input', `${file} is larger than 64 MB, which no timeline is.`, 'Check the file.');
  }
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UserFacingError('input', `${file} cannot be read.`, 'Check its permissions.');
  }
};

/** Where a timeline's media may be: as it is written there, beside the timeline, or by name in a folder that the user names. */
const candidatesOf = ({ path: own, record }: WantedMedia, timeline: string, folder: string | undefined): string[] => {
  if (own === null) return [];
  const name = own.split(/[\\/]/).at(-1) ?? own;
  const here = path.dirname(timeline);
  return [
    path.resolve(here, own),
    ...(record?.relativePath ? [path.resolve(here, record.relativePath)] : []),
    path.join(here, name),
    ...(folder === undefined ? [] : [path.join(folder, name)]),
  ];
};

/** The files that a path stands for: itself, or all pictures of a pattern; none where there are none. */
const filesAt = (file: string, { firstNumber }: WantedMedia): string[] => {
  const parts = firstNumber === null ? undefined : patternParts(file);
  if (!parts) return existsSync(file) ? [file] : [];
  if (!existsSync(parts.folder || '.')) return [];
  const { folder, prefix, suffix } = parts;
  return readdirSync(folder || '.')
    .filter(
      (name) =>
        name.startsWith(prefix) &&
        name.endsWith(suffix) &&
        /^\d+$/.test(name.slice(prefix.length, name.length - suffix.length)),
    )
    .map((name) => path.join(folder, name));
};

type Search = { folder: string | undefined; signal: AbortSignal };

/**
 * Finds each wanted media: in the project by path or content, else on disk, else (where Longtake wrote the timeline) as a media whose file
 * is missing, which can be brought back later.
 */
const findMedia = async (
  project: Project,
  wanted: WantedMedia[],
  timeline: string,
  { folder, signal }: Search,
): Promise<{ found: Map<string, string>; fresh: Media[]; missing: Media[] }> => {
  const found = new Map<string, string>();
  const fresh: Media[] = [];
  const missing: Media[] = [];
  for (const each of wanted) {
    const known = [...allMedia(project.document()), ...fresh];
    const candidates = candidatesOf(each, timeline, folder);
    const same = known.find(
      (media) => candidates.includes(media.path) || (each.record !== null && media.hash === each.record.hash),
    );
    const files = same ? [] : (candidates.map((file) => filesAt(file, each)).find((list) => list.length > 0) ?? []);
    if (same) found.set(each.id, same.id);
    else if (files.length > 0) {
      const rate = each.record?.picture?.frameRate;
      const { media, duplicates } = await readMedia(project, files, {
        ...{ existing: known, signal },
        ...(rate && { imageRate: rate }),
        ...(files.length > 1 && { sequences: 'always' }),
      });
      const own = media.find(({ kind }) => files.length === 1 || kind === 'images');
      if (own) fresh.push(own);
      const id = own?.id ?? duplicates[0]?.of;
      if (id !== undefined) found.set(each.id, id);
    } else if (each.record) {
      const gone = { ...each.record, id: newId(), binId: null };
      fresh.push(gone);
      missing.push(gone);
      found.set(each.id, gone.id);
    }
  }
  return { found, fresh, missing };
};

/** Takes every timeline of an OpenTimelineIO file into the project, as one edit. */
export const importTimeline = async (
  project: Project,
  file: string,
  { bin, ...search }: Search & { bin: string | undefined },
  voice: Voice,
): Promise<void> => {
  const timelines = readOtio(read(file), newId);
  const document = project.document();
  const wanted = timelines.flatMap((timeline) => timeline.wanted);
  const { found, fresh, missing } = await findMedia(project, wanted, file, search);
  const { id: binId, steps } = binFor(document, fresh.length > 0 ? bin : undefined);
  const media = fresh.map((each) => ({ ...each, binId }));
  const known = applyChanges(
    document,
    fresh.map((value) => ({ type: 'put', entity: 'media', value })),
  );
  const placed = timelines.map((timeline) => placeTimeline(known, timeline, found));
  const all: Step[] = [
    ...steps,
    ...(media.length > 0 ? [{ op: 'add-media', input: { media } }] : []),
    ...placed.map(({ content }) => ({ op: 'place-sequence', input: content })),
  ];
  const revision = editAll(project, all);
  for (const { content, notCarried } of placed) {
    const { sequence, clips } = content;
    for (const text of notCarried) say(voice, { event: 'not-carried', text }, `not carried: ${text}`);
    say(
      voice,
      { event: 'imported', sequence: sequence.id, name: sequence.name, clips: clips.length, revision },
      `sequence "${sequence.name}": ${clips.length} clips`,
    );
  }
  for (const { id, name, path: at } of missing) {
    say(voice, { event: 'missing', media: id, name, path: at }, `${name} is missing: ${at}`);
  }
};
