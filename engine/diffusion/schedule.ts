/**
 * Levels of a rectified flow, from 1 (its source) downwards; the step after the last leads to 0 (the clean latent). The source is
 * `temperature` of noise, on top of the motion prior or alone.
 */
export type Schedule = { levels: number[]; temperature: number; source: 'noise' | 'prior' };

export type PackSchedule = Pick<Schedule, 'temperature' | 'source'> & { presets: Record<string, number[]> };

/**
 * The preset of a pack for a number of steps.
 * @throws RangeError where the pack has no such preset or its levels do not fall from 1 towards 0.
 */
export const scheduleOf = ({ presets, temperature, source }: PackSchedule, steps: number): Schedule => {
  const levels = presets[String(steps)];
  if (levels === undefined) throw new RangeError(`the pack has no preset of ${steps} steps`);
  if (levels[0] !== 1 || levels.some((level, i) => level <= 0 || (i > 0 && level >= levels[i - 1]))) {
    throw new RangeError(`the pack's preset of ${steps} steps does not fall from 1 towards 0`);
  }
  return { levels, temperature, source };
};
