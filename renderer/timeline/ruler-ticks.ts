import { nominalRate } from '../../engine/contract/timeline/timecode.ts';
import type { Rational } from '../../engine/contract/timeline/rational.ts';

/** Frames between two labels, and between two small ticks. */
export type Ticks = { label: number; small: number };

const secondsSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000];

/** Divisors of a rate, so that labels within a second fall on whole shares of it. */
const frameSteps = (fps: number): number[] =>
  Array.from({ length: fps - 1 }, (_, i) => i + 1).filter((step) => fps % step === 0);

/**
 * The closest ticks whose labels do not touch.
 * @param scale pixels per frame
 * @param labelWidth pixels that a label needs
 */
export const ticksFor = (frameRate: Rational, scale: number, labelWidth: number): Ticks => {
  const fps = nominalRate(frameRate);
  const steps = [...frameSteps(fps), ...secondsSteps.map((seconds) => seconds * fps)];
  const found = steps.findIndex((step) => step * scale >= labelWidth);
  const at = found < 0 ? steps.length - 1 : found;
  const label = steps[at];
  const small = steps.find((step) => label % step === 0 && step * scale >= 8) ?? label;
  return { label, small };
};
