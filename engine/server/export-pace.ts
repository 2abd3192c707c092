import { z } from 'zod';
import type { ExportResult, ExportSettings } from '../contract/export-settings.ts';
import type { Size } from '../contract/compositing/placement.ts';
import type { JsonFile } from './json-file.ts';

/** Seconds a million pixels, by codec and how long its encoder may think. */
export const exportPacesSchema = z.record(z.string(), z.number().positive());
type Paces = z.infer<typeof exportPacesSchema>;

/** How fast this machine writes films: learnt from the ones that it has written. */
export type ExportPace = {
  /** Seconds that so many frames will take; null while no such film was written here, and where copying makes it anybody's guess. */
  secondsFor: (sequence: Size, settings: ExportSettings, frames: number) => Promise<number | null>;
  /** Keeps in mind how long an export took. */
  learn: (sequence: Size, settings: ExportSettings, result: Pick<ExportResult, 'frames' | 'seconds'>) => Promise<void>;
};

/** Part that the newest export has in what is known: a machine that is busy for once must not spoil it. */
const newest = 0.35;
/** A shorter export is mostly the starting of programs, seconds. */
const shortest = 2;

const millions = (sequence: Size, { size }: ExportSettings, frames: number): number => {
  const { width, height } = size ?? sequence;
  return (width * height * frames) / 1e6;
};
const keyOf = ({ codec, speed, bits }: ExportSettings): string => `${codec}/${speed}/${bits}`;
const isKnowable = ({ codec, copyUntouched }: ExportSettings): boolean => codec !== 'wav' && !copyUntouched;

export const createExportPace = (file: JsonFile<Paces>): ExportPace => ({
  secondsFor: async (sequence, settings, frames) => {
    if (!isKnowable(settings)) return null;
    const pace = (await file.read())[keyOf(settings)];
    return pace === undefined ? null : pace * millions(sequence, settings, frames);
  },
  learn: async (sequence, settings, { frames, seconds }) => {
    if (!isKnowable(settings) || seconds < shortest || frames === 0) return;
    const key = keyOf(settings);
    const measured = seconds / millions(sequence, settings, frames);
    await file.change((paces) => {
      const known = paces[key];
      return { ...paces, [key]: known === undefined ? measured : known + (measured - known) * newest };
    });
  },
});
