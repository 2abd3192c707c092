/** What a person can wish of an export, as the dialog holds it. */
import { exportExtensions, exportPresets } from '../../../engine/contract/export-settings.ts';
import type { ExportCodec, ExportPreset, ExportSettingsInput } from '../../../engine/contract/export-settings.ts';

export const presetNames = Object.keys(exportPresets) as ExportPreset[];
export type Purpose = ExportPreset | 'own';

/** Codecs whose quality is a number; the largest that it may be. */
export const qualities: Partial<Record<ExportCodec, number>> = { h264: 51, h265: 51, av1: 63, vp9: 63 };
/** Codecs that may be written with 10 bits by choice, with transparency, and without any sound. */
export const tenBit: readonly ExportCodec[] = ['h264', 'h265', 'av1'];
export const transparent: readonly ExportCodec[] = ['prores', 'png'];
export const silent: readonly ExportCodec[] = ['gif', 'png'];
export const copying: readonly ExportCodec[] = ['h264', 'h265'];

export const settingsOf = (purpose: Purpose, own: ExportSettingsInput): ExportSettingsInput =>
  purpose === 'own' ? own : exportPresets[purpose];

/** The same wishes for another codec, without those that it cannot fulfil. */
export const withCodec = (settings: ExportSettingsInput, codec: ExportCodec): ExportSettingsInput => ({
  ...settings,
  codec,
  quality: null,
  bits: tenBit.includes(codec) ? (settings.bits ?? 8) : 8,
  alpha: transparent.includes(codec) && (settings.alpha ?? false),
  copyUntouched: copying.includes(codec) && (settings.copyUntouched ?? false),
});

/** A name without an ending that some codec's files have. */
export const bareName = (name: string): string => {
  const endings = Object.values(exportExtensions).flat();
  const ending = endings.find((each) => name.toLowerCase().endsWith(each));
  return (ending === undefined ? name : name.slice(0, -ending.length)).trim();
};

/** The file as it will be called; characters that no system has in names become dashes. */
export const fileName = (name: string, { codec }: ExportSettingsInput): string =>
  `${bareName(name).replace(/[/\\:*?"<>|\p{Cc}]/gu, '-')}${exportExtensions[codec][0]}`;

/** A path in a folder, written as the folder's system does. */
export const pathIn = (folder: string, name: string): string => {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`;
};

/** Of a settings' file, without the dot. */
export const endingOf = ({ codec }: ExportSettingsInput): string => exportExtensions[codec][0].slice(1);

export const folderOf = (path: string): string => path.replace(/[/\\][^/\\]*$/, '') || '/';
