import { UserFacingError } from '../contract/errors.ts';
import type { Command } from './command.ts';

/** In the order of the help: what a film goes through. */
const verbs: NonNullable<Command['verbs']> = {
  new: async () => (await import('./project/new.ts')).command,
  import: async () => (await import('./project/import.ts')).command,
  add: async () => (await import('./project/add.ts')).command,
  edit: async () => (await import('./project/edit.ts')).command,
  undo: async () => (await import('./project/undo.ts')).undo,
  redo: async () => (await import('./project/undo.ts')).redo,
  info: async () => (await import('./project/info.ts')).command,
  check: async () => (await import('./project/check.ts')).command,
  relink: async () => (await import('./project/relink.ts')).command,
  export: async () => (await import('./project/export.ts')).command,
  versions: async () => (await import('./project/versions.ts')).command,
  restore: async () => (await import('./project/restore.ts')).command,
};

export const command: Command = {
  name: 'project',
  summary: 'makes, edits and renders projects',
  usage: `project ${Object.keys(verbs).join('|')} FILE.longtake …`,
  details: [
    'new       makes an empty project',
    'import    takes in media files, folders and timelines (.otio)',
    'add       puts a clip, a still or a title on the timeline',
    'edit      does any edit of the editor, given as JSON',
    'undo, redo  takes edits back, makes them again',
    'info      says what is in a project',
    'check     looks at every part of the file and at every media',
    'relink    finds media again that are not where they were',
    'export    writes the film, or its timeline as OTIO, EDL or FCPXML',
    'versions  lists, saves and removes named versions',
    'restore   goes back to a version, or to a backup',
    '',
    'longtake project VERB --help shows what each takes; docs/projects.md builds a film from a script.',
  ],
  options: {},
  verbs,
  run: () => {
    throw new UserFacingError('usage', 'project needs a verb.', 'longtake project --help lists them.');
  },
};
