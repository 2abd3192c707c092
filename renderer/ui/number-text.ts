/** A number as a field shows it: at most so many decimals, none that say nothing. */
export const numberText = (value: number, decimals: number): string => {
  const text = value.toFixed(decimals);
  return (decimals > 0 ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');
};

/** What somebody typed: a comma or a point, a sign, a unit behind it; sums such as 100+12. Undefined where it is no number. */
export const typedNumber = (text: string): number | undefined => {
  const clean = text.replaceAll(',', '.').replaceAll('−', '-').replace(/\s/g, '');
  const match = /^([+-]?\d*\.?\d+)([+-]\d*\.?\d+)?[^\d.]*$/.exec(clean);
  if (!match) return undefined;
  const value = Number(match[1]) + Number(match[2] ?? 0);
  return Number.isFinite(value) ? value : undefined;
};

/** Within the bounds and on the grid of decimals. */
export const bounded = (value: number, min: number, max: number, decimals: number): number => {
  const scale = 10 ** decimals;
  return Math.min(max, Math.max(min, Math.round(value * scale) / scale));
};
