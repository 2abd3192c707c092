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

/** Seconds of work as a person guesses them: "4 sec", "3 min" or "2.5 hr". */
export const timeLeftOf = (seconds: number, language: string): string => {
  const [value, unit] =
    seconds < 90
      ? ([Math.max(1, seconds), 'second'] as const)
      : seconds < 5400
        ? ([seconds / 60, 'minute'] as const)
        : ([seconds / 3600, 'hour'] as const);
  return new Intl.NumberFormat(language, {
    ...{ style: 'unit', unit, unitDisplay: 'short' },
    maximumFractionDigits: unit === 'hour' ? 1 : 0,
  }).format(value);
};
