/** Seconds as a person guesses them: "19 s", "4 min", "2 h", in the language's own way. */
export const aboutSeconds = (seconds: number, language: string): string => {
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
