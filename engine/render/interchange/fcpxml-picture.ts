import { valueAt } from '../../contract/timeline/animated.ts';
import type { Animated } from '../../contract/timeline/animated.ts';
import type { Clip, Sequence, Title, Track } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import type { Losses } from './interchange.ts';
import { timeText } from './fcpxml-resources.ts';
import { secondsOf } from './sequence-view.ts';
import { element } from './xml.ts';
import type { Xml } from './xml.ts';

const decimal = (value: number): string => String(Math.round(value * 1e6) / 1e6 || 0);

/** An animated value as it is at the clip's first frame; that it moves is lost. */
const first = (animated: Animated, name: string, losses: Losses): number => {
  if (animated.keys.length > 0) losses.add('Keyframes are not carried, the first frame holds', name);
  return valueAt(animated, 0);
};

const fades = (clip: Clip, sequence: Sequence): Xml[] => {
  if (clip.fadeIn + clip.fadeOut === 0) return [];
  const fade = (name: string, frames: number): Xml[] =>
    frames > 0 ? [element(name, { type: 'linear', duration: timeText(secondsOf(frames, sequence)) })] : [];
  return [element('param', { name: 'amount' }, [...fade('fadeIn', clip.fadeIn), ...fade('fadeOut', clip.fadeOut)])];
};

/** Crop, fit, transform and opacity. Positions are percent of the sequence's height, y upwards; turns go counterclockwise. */
export const pictureAdjustments = (
  clip: Clip,
  media: Media | undefined,
  sequence: Sequence,
  losses: Losses,
): { crop: Xml[]; conform: Xml[]; transform: Xml[]; blend: Xml[] } => {
  if (!clip.placement) return { crop: [], conform: [], transform: [], blend: [] };
  const { placement } = clip;
  const at = (key: Exclude<keyof typeof placement, 'fit'>): number => first(placement[key], clip.name, losses);
  const [left, top, right, bottom] = [at('cropLeft'), at('cropTop'), at('cropRight'), at('cropBottom')];
  const picture = media?.picture;
  const wide = picture ? picture.width / picture.height : 1;
  const share = (value: number): string => decimal(value * 100);
  const rect = { left: share(left * wide), top: share(top), right: share(right * wide), bottom: share(bottom) };
  const [x, y, scale, rotation, opacity] = [at('x'), at('y'), at('scale'), at('rotation'), at('opacity')];
  const fading = fades(clip, sequence);
  const height = sequence.height / 100;
  return {
    crop:
      left + top + right + bottom > 0 ? [element('adjust-crop', { mode: 'trim' }, [element('trim-rect', rect)])] : [],
    conform:
      placement.fit === 'inside'
        ? []
        : [element('adjust-conform', { type: placement.fit === 'cover' ? 'fill' : 'none' })],
    transform:
      x !== 0 || y !== 0 || scale !== 1 || rotation !== 0
        ? [
            element('adjust-transform', {
              position: `${decimal(x / height)} ${decimal(-y / height)}`,
              scale: `${decimal(scale)} ${decimal(scale)}`,
              rotation: decimal(-rotation),
            }),
          ]
        : [],
    blend: opacity !== 1 || fading.length > 0 ? [element('adjust-blend', { amount: decimal(opacity) }, fading)] : [],
  };
};

/** The clip's level and its track's together. */
export const soundAdjustments = (clip: Clip, track: Track, sequence: Sequence, losses: Losses): Xml[] => {
  if (!clip.gain) return [];
  const level = first(clip.gain, clip.name, losses) + track.gain;
  const fading = fades(clip, sequence);
  return level !== 0 || fading.length > 0 ? [element('adjust-volume', { amount: `${decimal(level)}dB` }, fading)] : [];
};

const fonts: Record<Title['font'], string> = { sans: 'Helvetica', serif: 'Times New Roman', mono: 'Courier New' };
const alignments: Record<Title['align'], string> = { start: 'left', centre: 'center', end: 'right' };

const colourText = (colour: string, opacity = 1): string =>
  [...[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255), opacity].map(decimal).join(' ');

/** A title's text and its style, which has the number `style` in the whole file. */
export const titleText = (title: Title, style: string, { height }: Sequence, name: string, losses: Losses): Xml[] => {
  const { background, outline, shadow } = title;
  if (background.opacity > 0) losses.add('The background of a title is not carried', name);
  if (shadow.opacity > 0) losses.add('The shadow of a title is not carried', name);
  losses.add('Titles are set in a common font of the same kind', name);
  const words = {
    font: fonts[title.font],
    fontSize: decimal(title.size * height),
    fontColor: colourText(title.colour),
    bold: title.weight === 'bold' ? '1' : '0',
    italic: title.italic ? '1' : '0',
    strokeColor: outline.width > 0 ? colourText(outline.colour) : undefined,
    strokeWidth: outline.width > 0 ? decimal(outline.width * height) : undefined,
    alignment: alignments[title.align],
  };
  return [
    element('text', {}, [element('text-style', { ref: style }, [title.text])]),
    element('text-style-def', { id: style }, [element('text-style', words)]),
  ];
};
