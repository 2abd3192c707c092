import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCanvas, fillPolygon, layOver } from '../../../scripts/demo/canvas.ts';
import { develop } from '../../../scripts/demo/develop.ts';
import { strideOf, walk } from '../../../scripts/demo/figure.ts';
import { landscape } from '../../../scripts/demo/landscape.ts';
import { lake } from '../../../scripts/demo/sound.ts';
import { street } from '../../../scripts/demo/street.ts';
import { water } from '../../../scripts/demo/water.ts';

describe('canvas', () => {
  it('covers exactly the area of a polygon, wherever its edges lie', () => {
    const canvas = createCanvas(40, 30);
    fillPolygon(canvas, [3.3, 4.1, 31.7, 9.6, 12.2, 26.4], [1, 1, 1]);
    const area = Math.abs((31.7 - 3.3) * (26.4 - 4.1) - (12.2 - 3.3) * (9.6 - 4.1)) / 2;
    const covered = canvas.data.reduce((sum, value, i) => sum + (i % 4 === 3 ? value : 0), 0);
    expect(covered).toBeCloseTo(area, 1);
  });

  it('moves a layer by whole pixels without changing it', () => {
    const layer = createCanvas(16, 8);
    layer.data.fill(0.5, (3 * 16 + 9) * 4, (3 * 16 + 10) * 4);
    const target = createCanvas(10, 8);
    layOver(target, layer, 4, 1);
    expect(target.data[(2 * 10 + 5) * 4]).toBeCloseTo(0.5, 6);
  });
});

describe('the walker', () => {
  it('stands on feet that do not slide: a standing foot moves back exactly as fast as the walk goes on', () => {
    for (const [a, b] of [
      [0.1, 0.2],
      [0.25, 0.4],
    ]) {
      const travelled = walk(b).ankles[0][0] - walk(a).ankles[0][0];
      expect(travelled).toBeCloseTo(-(b - a) * strideOf, 6);
    }
  });

  it('keeps both feet on or above the ground and its thighs in one piece', () => {
    for (let k = 0; k < 40; k++) {
      const pose = walk(k / 40);
      for (const side of [0, 1] as const) {
        expect(pose.toes[side][1]).toBeGreaterThan(0);
        const [kx, ky] = pose.knees[side];
        expect(Math.hypot(kx - pose.hip[0], ky - pose.hip[1])).toBeCloseTo(0.25, 3);
      }
    }
  });
});

describe('scenes', () => {
  const scenes = { landscape, water, street };
  for (const [name, make] of Object.entries(scenes)) {
    it(`${name}: the same moment gives the same bytes, another moment others`, () => {
      const bytes = (seconds: number): string => {
        const scene = make(128, 72);
        return createHash('sha256')
          .update(develop(scene.draw(seconds), scene.look, 5))
          .digest('hex');
      };
      expect(bytes(1)).toBe(bytes(1));
      expect(bytes(1)).not.toBe(bytes(2));
    });
  }
});

describe('sound', () => {
  it('is quiet, steady and the same every time', () => {
    const [a, b] = [lake(1.5), lake(1.5)];
    expect(a.left).toEqual(b.left);
    expect(a.left).not.toEqual(a.right);
    const level = Math.sqrt(a.left.reduce((sum, value) => sum + value * value, 0) / a.left.length);
    expect(level).toBeGreaterThan(0.005);
    expect(level).toBeLessThan(0.08);
    expect(Math.max(...a.left.map(Math.abs))).toBeLessThan(0.5);
  });
});
