const day = 24 * 3600 * 1000;

/** "today", "yesterday", "14 Nov" or, from another year, "14 Nov 2025", in the language's own words. */
export const dayOf = (moment: Date, now: Date, language: string): string => {
  const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(moment)) / day);
  if (days === 0 || days === 1) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day');
  const year = moment.getFullYear() === now.getFullYear() ? undefined : ('numeric' as const);
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year }).format(moment);
};

/** Seconds as 0:31, 2:04 or 1:02:03. */
export const clockOf = (seconds: number): string => {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};
