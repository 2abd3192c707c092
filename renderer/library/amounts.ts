const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes as 340 kB or 1.2 GB (thousands, not 1024), in the language's own way. */
export const sizeOf = (bytes: number, language: string): string => {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(language, {
    ...{ style: 'unit', unit: units[step], unitDisplay: 'short' },
    maximumFractionDigits: step > 1 && value < 100 ? 1 : 0,
  }).format(value);
};

/** Seconds that are left, as "4 sec" or "3 min". */
export const timeLeftOf = (seconds: number, language: string): string => {
  const minutes = seconds >= 90;
  const value = Math.max(1, Math.round(minutes ? seconds / 60 : seconds));
  return new Intl.NumberFormat(language, {
    ...{ style: 'unit', unit: minutes ? 'minute' : 'second', unitDisplay: 'short' },
  }).format(value);
};
