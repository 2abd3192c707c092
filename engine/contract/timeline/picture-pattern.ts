/** An ffmpeg pattern of numbered pictures in its parts; a % of the name itself is doubled in the pattern only. */
export type PicturePattern = { folder: string; prefix: string; digits: number; suffix: string };

/** @returns undefined for what is no pattern */
export const patternParts = (pattern: string): PicturePattern | undefined => {
  const match = /^((?:.*[\\/])?)((?:%%|[^%\\/])*)%(?:0(\d{1,2}))?d((?:%%|[^%\\/])*)$/s.exec(pattern);
  if (!match) return undefined;
  const [, folder, prefix, digits = '0', suffix] = match;
  const plain = (text: string): string => text.replaceAll('%%', '%');
  return { folder: plain(folder), prefix: plain(prefix), digits: Number(digits), suffix: plain(suffix) };
};

export const patternOf = ({ folder, prefix, digits, suffix }: PicturePattern): string => {
  const doubled = (text: string): string => text.replaceAll('%', '%%');
  return `${doubled(folder)}${doubled(prefix)}%${digits > 0 ? `0${digits}` : ''}d${doubled(suffix)}`;
};
