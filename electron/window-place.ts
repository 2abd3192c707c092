import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** Pixels of the desktop. */
type Area = { x: number; y: number; width: number; height: number };

const whole = z.number().int().min(-100_000).max(100_000);
const placeSchema = z.object({
  bounds: z.object({ x: whole, y: whole, width: whole.min(1), height: whole.min(1) }),
  maximised: z.boolean(),
});
/** Where a window was, and whether it filled the screen. */
export type WindowPlace = z.infer<typeof placeSchema>;

export const usualSize = { width: 1440, height: 900 };

const shared = (a: Area, b: Area): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/**
 * Where a new window goes: where the last one was as long as a good part of that is on a screen (one may have been unplugged), else in the middle
 * (without x and y), and never larger than the screen.
 * @param screens the usable areas of all screens, the first one first
 */
export const placeOnScreens = (
  last: WindowPlace | undefined,
  screens: readonly Area[],
): Partial<Area> & typeof usualSize => {
  const wanted = last?.bounds ?? usualSize;
  const on =
    last && screens.find((screen) => shared(last.bounds, screen) > 0.3 * last.bounds.width * last.bounds.height);
  const { width, height } = on ?? screens[0] ?? usualSize;
  const size = { width: Math.min(wanted.width, width), height: Math.min(wanted.height, height) };
  return on && last ? { x: last.bounds.x, y: last.bounds.y, ...size } : size;
};

/** @returns undefined when nothing was kept, or nothing that can be read */
export const readWindowPlace = (file: string): WindowPlace | undefined => {
  try {
    return placeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
};

/** What cannot be kept is not worth a word. */
export const keepWindowPlace = (file: string, place: WindowPlace): void => {
  try {
    writeFileSync(file, JSON.stringify(place));
  } catch {
    return;
  }
};
