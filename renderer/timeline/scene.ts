import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Sequence } from '../../engine/contract/timeline/entities.ts';
import type { Detail } from '../ui/editor.svelte.ts';
import type { ClipMedia } from './clip-media.ts';
import type { Palette } from './palette.ts';
import type { Row } from './rows.ts';
import type { TimeScale } from './time-scale.ts';

/** Everything that a picture of the timeline is drawn from. Lengths are CSS pixels. */
export type Scene = {
  document: Document;
  sequence: Sequence;
  rows: readonly Row[];
  time: TimeScale;
  /** Pixels of the rows that are scrolled off above. */
  top: number;
  width: number;
  height: number;
  palette: Palette;
  selection: ReadonlySet<string>;
  detail: Detail | null;
  /** The clip that the keyboard is on, in the list for screen readers. */
  focusedClipId: string | null;
  media: ClipMedia;
  words: Words;
};

/** Texts of the canvas, in the user's language. */
export type Words = {
  /** What a generated clip says of itself, for example "grown 1:12". */
  made: (clip: Clip) => string;
  /** Its length alone, where there is no room for more. */
  length: (clip: Clip) => string;
  transition: (kind: 'dissolve' | 'dip' | 'wipe' | 'push') => string;
  offline: string;
};

/** Sets a canvas up for its size in CSS pixels, at the screen's own resolution; clears it. */
export const prepare = (canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null => {
  const ratio = devicePixelRatio;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
};

const widths = new Map<string, number>();

/** As much of a text as fits a width; '' when not even two letters do. The font must be set. */
export const cutToFit = (context: CanvasRenderingContext2D, text: string, width: number): string => {
  const key = `${context.font}|${text}`;
  let whole = widths.get(key);
  if (whole === undefined) {
    // Names change seldom; ten thousand of them are a megabyte.
    if (widths.size > 10_000) widths.clear();
    whole = context.measureText(text).width;
    widths.set(key, whole);
  }
  if (whole <= width) return text;
  const letters = Math.floor((text.length * width) / whole) - 1;
  return letters < 2 ? '' : `${text.slice(0, letters).trimEnd()}…`;
};
