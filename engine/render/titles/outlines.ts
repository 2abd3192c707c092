import type { PlacedGlyph } from './layout.ts';
import type { TitleFont } from './fonts.ts';

type Command = { type: string; values: number[] };
const drawn = new WeakMap<TitleFont, Map<number, Command[]>>();

const commandsOf = (font: TitleFont, id: number): Command[] => {
  const glyphs = drawn.get(font) ?? new Map<number, Command[]>();
  drawn.set(font, glyphs);
  const commands = glyphs.get(id) ?? font.font.glyphToJson(id);
  glyphs.set(id, commands);
  return commands;
};

/** How far a chord may lie from its curve, pixels: below what eight bits of coverage can show. */
const flatness = 0.02;
const steps = (bend: number): number => Math.min(64, Math.max(1, Math.ceil(Math.sqrt(bend / flatness))));

/**
 * A glyph's outline as closed polygons.
 * @param em pixels per em
 * @returns x and y in turn, pixels of the frame; curves are replaced by chords
 */
export const polygonsOf = ({ font, id, x, y }: PlacedGlyph, em: number): number[][] => {
  const scale = em / font.unitsPerEm;
  const polygons: number[][] = [];
  let points: number[] = [];
  const at = (values: number[], i: number): [number, number] => [
    x + (values[i] + values[i + 1] * font.slant) * scale,
    y - values[i + 1] * scale,
  ];
  for (const { type, values } of commandsOf(font, id)) {
    if (type === 'M') polygons.push((points = [...at(values, 0)]));
    else if (type === 'L') points.push(...at(values, 0));
    else if (type === 'Q') {
      const [x0, y0] = points.slice(-2);
      const [x1, y1] = at(values, 0);
      const [x2, y2] = at(values, 2);
      const n = steps((Math.abs(x0 - 2 * x1 + x2) + Math.abs(y0 - 2 * y1 + y2)) / 4);
      for (let k = 1; k <= n; k++) {
        const t = k / n;
        const u = 1 - t;
        points.push(u * u * x0 + 2 * u * t * x1 + t * t * x2, u * u * y0 + 2 * u * t * y1 + t * t * y2);
      }
    } else if (type === 'C') {
      const [x0, y0] = points.slice(-2);
      const [x1, y1] = at(values, 0);
      const [x2, y2] = at(values, 2);
      const [x3, y3] = at(values, 4);
      const bend =
        Math.abs(x0 - 2 * x1 + x2) +
        Math.abs(y0 - 2 * y1 + y2) +
        Math.abs(x1 - 2 * x2 + x3) +
        Math.abs(y1 - 2 * y2 + y3);
      const n = steps(bend);
      for (let k = 1; k <= n; k++) {
        const t = k / n;
        const u = 1 - t;
        const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
        points.push(a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3);
      }
    }
  }
  return polygons;
};
