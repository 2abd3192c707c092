import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { allTracksOf, clipsOf } from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Clip, Sequence, Track } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

/** In the order in which they were made. */
export const sequencesOf = (document: Document): Sequence[] => [...document.sequences.values()].sort(byId);
export const allMedia = (document: Document): Media[] => [...document.media.values()].sort(byId);

const listed = (names: string[]): string => (names.length === 0 ? 'There is none.' : `There are ${names.join(', ')}.`);

/** One of several by id or name. @throws UserFacingError `usage` when there is none, or more than one */
const one = <T extends { id: string; name: string }>(what: string, text: string, candidates: T[]): T => {
  const own = candidates.find(({ id }) => id === text);
  if (own) return own;
  const named = candidates.filter(({ name }) => name === text);
  if (named.length === 1) return named[0];
  if (named.length > 1) {
    throw new UserFacingError(
      'usage',
      `${named.length} ${what}s are called "${text}".`,
      'Give the id, which longtake project info --json shows.',
    );
  }
  const names = candidates.slice(0, 20).map(({ name }) => `"${name}"`);
  throw new UserFacingError('usage', `The project has no ${what} "${text}".`, listed(names));
};

/** @param text name or id; the oldest sequence where it is undefined */
export const pickSequence = (document: Document, text: string | undefined): Sequence => {
  const all = sequencesOf(document);
  if (text !== undefined) return one('sequence', text, all);
  if (all.length === 0) {
    throw new UserFacingError(
      'usage',
      'The project has no sequence.',
      'Make one: longtake project edit FILE add-sequence JSON.',
    );
  }
  return all[0];
};

export const pickTrack = (document: Document, sequence: Sequence, text: string): Track =>
  one('track', text, allTracksOf(document, sequence.id));

/** By id, by path, or by name. */
export const pickMedia = (document: Document, text: string): Media => {
  const file = path.resolve(text);
  const all = allMedia(document);
  return all.find((media) => media.path === file) ?? one('media', text, all);
};

/** By id, or as TRACK:NUMBER, counted from 0. */
export const pickClip = (document: Document, sequence: Sequence, text: string): Clip => {
  const own = document.clips.get(text);
  if (own) return own;
  const match = /^(.+):(\d{1,6})$/s.exec(text);
  const clips = match ? clipsOf(document, pickTrack(document, sequence, match[1]).id) : [];
  const clip = match ? clips[Number(match[2])] : undefined;
  if (clip) return clip;
  throw new UserFacingError(
    'usage',
    `There is no clip "${text}".`,
    match ? `The track has ${clips.length} clips, counted from 0.` : 'Write it as TRACK:NUMBER, for example V1:0.',
  );
};

/**
 * Replaces names by ids in an operation's input, so that a script need not know ids: "@sequence", "@V1" (a track), "@V1:0" (its first clip),
 * "@media/NAME". "@@" at the start of a text stands for one "@".
 */
export const withIds = (value: unknown, document: Document, sequenceName: string | undefined): unknown => {
  if (Array.isArray(value)) return value.map((each) => withIds(each, document, sequenceName));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withIds(each, document, sequenceName)]));
  }
  if (typeof value !== 'string' || !value.startsWith('@')) return value;
  const name = value.slice(1);
  if (name.startsWith('@')) return name;
  if (name.startsWith('media/')) return pickMedia(document, name.slice(6)).id;
  const sequence = pickSequence(document, sequenceName);
  if (name === 'sequence') return sequence.id;
  return /:\d+$/.test(name) ? pickClip(document, sequence, name).id : pickTrack(document, sequence, name).id;
};
