import type { FileFilter, OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { ChooseRequest, SaveRequest } from '../engine/contract/desktop.ts';
import { endingsOfKind } from '../engine/contract/file-kinds.ts';
import type { Translate } from './texts.ts';

const media = ['video', 'audio', 'still'] as const;

const filtersOf = (kinds: ChooseRequest['kinds'], t: Translate): FileFilter[] => {
  const chosen = (among: readonly (keyof typeof endingsOfKind)[]): string[] =>
    among.filter((kind) => kinds.includes(kind)).flatMap((kind) => endingsOfKind[kind]);
  const filters = [
    { name: t('desktop.files.project'), extensions: chosen(['project']) },
    { name: t('desktop.files.media'), extensions: chosen(media) },
  ].filter(({ extensions }) => extensions.length > 0);
  // A film may well have an ending that nobody thought of; a project has its own.
  return kinds.includes('project') ? filters : [...filters, { name: t('desktop.files.all'), extensions: ['*'] }];
};

/** What a window's wish is to the system's dialog. Only that of a Mac lets one choose files and folders in one go. */
export const openDialogOptions = (
  { title, action, kinds, multiple, folders }: ChooseRequest,
  t: Translate,
  platform: NodeJS.Platform,
): OpenDialogOptions => {
  const several = multiple ? (['multiSelections'] as const) : [];
  if (kinds.length === 0) {
    return { title, buttonLabel: action, properties: ['openDirectory', 'createDirectory', ...several] };
  }
  const both = folders && platform === 'darwin' ? (['openDirectory'] as const) : [];
  return {
    ...{ title, buttonLabel: action, filters: filtersOf(kinds, t) },
    properties: ['openFile', ...both, ...several],
  };
};

/** The same for a file that is to be written: the system asks itself before another one is replaced. */
export const saveDialogOptions = ({ title, action, path, kind }: SaveRequest): SaveDialogOptions => ({
  ...{ title, buttonLabel: action, defaultPath: path },
  filters: [{ name: kind.name, extensions: [kind.ending] }],
  properties: ['createDirectory', 'showOverwriteConfirmation'],
});
