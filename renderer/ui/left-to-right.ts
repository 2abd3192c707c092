/** A text that reads from left to right within a line of any direction: 1920 × 1080 keeps its width in front in Arabic. */
export const leftToRight = (text: string): string => `\u2066${text}\u2069`;
