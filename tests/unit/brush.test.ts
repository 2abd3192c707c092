import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generationWishSchema } from '../../engine/contract/generation/wish.ts';
import type { MaskShape } from '../../engine/contract/generation/wish.ts';
import { documentOf } from '../../engine/contract/timeline/document.ts';
import { plainPlacement } from '../../engine/contract/timeline/operations/new-clips.ts';
import { maskOfShapes } from '../../engine/frames/stroke-mask.ts';
import { outlinesOf } from '../../engine/tasks/mask-outline.ts';
import { cameraMoves, cameraOf, cameraText, held, toggled } from '../../renderer/brush/camera.ts';
import { begun, redone, undone, went } from '../../renderer/brush/history.ts';
import {
  blankMask,
  boxShape,
  isBlankMask,
  keysWithin,
  shapesAt,
  shapesOfOutlines,
  strokeShape,
  withoutKey,
  withShapes,
} from '../../renderer/brush/mask-drawing.ts';
import { endMask, moveMask, startMask } from '../../renderer/brush/mask-gesture.ts';
import {
  blankMotion,
  handleAt,
  withArrow,
  withErased,
  withKeep,
  withRegion,
} from '../../renderer/brush/motion-drawing.ts';
import { endMotion, moveMotion, startMotion } from '../../renderer/brush/motion-gesture.ts';
import type { MotionTool } from '../../renderer/brush/motion-gesture.ts';
import { drawingOf, motionWish } from '../../renderer/brush/motion-wish.ts';
import { clipMap, plainMap, within } from '../../renderer/brush/picture-map.ts';
import { erased, middleOf, pathOf, resized, thinned, toLine, usualRadius } from '../../renderer/brush/strokes.ts';
import type { Line, Point } from '../../renderer/brush/strokes.ts';

const coordinate = fc.double({ min: 0, max: 1000, noNaN: true });
const point = fc.tuple(coordinate, coordinate);
const line = fc.record({
  radius: fc.double({ min: 2, max: 80, noNaN: true }),
  points: fc.array(point, { minLength: 1, maxLength: 60 }),
});
const size = { width: 1000, height: 600 };

describe('painted lines', () => {
  it('stay where they were when points are left out', () => {
    fc.assert(
      fc.property(line, (painted) => {
        const fewer = thinned(painted);
        expect(fewer.points.length).toBeLessThanOrEqual(painted.points.length);
        const tolerance = Math.max(0.5, painted.radius * 0.06) + 0.1;
        for (const each of painted.points) expect(toLine(each, fewer)).toBeLessThanOrEqual(tolerance);
      }),
    );
  });

  it('are small to send: a slow stroke of a thousand reports is a few points', () => {
    const points = Array.from({ length: 1000 }, (_, i): Point => [i, 200 + 50 * Math.sin(i / 200)]);
    expect(thinned({ radius: 30, points }).points.length).toBeLessThan(25);
  });

  it('lose what an eraser came over, and nothing else', () => {
    fc.assert(
      fc.property(line, line, (painted, eraser) => {
        const left = erased(painted, eraser);
        const reach = Math.max(eraser.radius, painted.radius * 0.5);
        if (left.length === 1 && left[0] === painted) return;
        for (const piece of left) {
          expect(piece.radius).toBeCloseTo(painted.radius, 0);
          // What is left lies on the line that was there, clear of the eraser but for what thinning moves it.
          for (const each of piece.points) {
            expect(toLine(each, painted)).toBeLessThanOrEqual(0.2);
            expect(toLine(each, eraser)).toBeGreaterThan(reach - 0.2);
          }
        }
      }),
    );
    const across: Line = {
      radius: 10,
      points: [
        [0, 100],
        [400, 100],
      ],
    };
    const pieces = erased(across, { radius: 20, points: [[200, 100]] });
    expect(pieces.length).toBe(2);
    expect(erased(across, { radius: 20, points: [[200, 300]] })).toEqual([across]);
    expect(erased(across, { radius: 500, points: [[200, 100]] })).toEqual([]);
  });

  it('have a middle, also when they are a dot', () => {
    expect(middleOf([{ radius: 5, points: [[10, 20]] }])).toEqual([10, 20]);
    const [x, y] = middleOf([
      {
        radius: 1,
        points: [
          [0, 0],
          [100, 0],
        ],
      },
    ]);
    expect(x).toBeCloseTo(49.5, 0);
    expect(y).toBe(0);
    expect(pathOf({ radius: 5, points: [[10, 20]] })).toBe('M10 20h0');
  });

  it('have a brush between a dot and half the picture', () => {
    let radius = usualRadius(1000, 600);
    for (let i = 0; i < 60; i++) radius = resized(radius, 1, 1000, 600);
    expect(radius).toBe(300);
    for (let i = 0; i < 90; i++) radius = resized(radius, -1, 1000, 600);
    expect(radius).toBeCloseTo(2.4);
  });
});

describe('where the picture lies on the screen', () => {
  it('leads there and back, to less than a hundredth of a pixel', () => {
    fc.assert(
      fc.property(
        point,
        fc.integer({ min: 30, max: 4000 }),
        fc.integer({ min: 30, max: 4000 }),
        (at, width, height) => {
          const map = plainMap(size, { width, height });
          const [x, y] = map?.toSource(map.toScreen(at)) ?? [NaN, NaN];
          expect(x).toBeCloseTo(at[0], 6);
          expect(y).toBeCloseTo(at[1], 6);
        },
      ),
    );
    expect(plainMap(size, { width: 0, height: 0 })).toBeUndefined();
  });

  const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const media = {
    ...{ id: id(1), kind: 'still' as const, name: 'lake', binId: null, path: '/lake.jpg', relativePath: null },
    ...{ firstNumber: null, bytes: 1, hash: '0'.repeat(64), sound: null, provenance: null, starred: false },
    picture: {
      ...{ width: 2400, height: 1600, sampleAspect: { num: 1, den: 1 }, frameRate: null, variableRate: false },
      ...{ frameCount: 1, duration: null, codec: 'mjpeg', pixelFormat: 'yuv420p', alpha: false, interlaced: false },
    },
  };
  const shown = (placement: Partial<typeof plainPlacement>, zoom: number, frame = 3) => {
    const track = {
      ...{ id: id(3), sequenceId: id(2), kind: 'video' as const, order: 0, name: 'V1', locked: false, muted: false },
      ...{ solo: false, gain: 0, height: 64 },
    };
    const clip = {
      ...{ id: id(4), trackId: id(3), kind: 'still' as const, name: 'lake', mediaId: id(1), start: 0, duration: 10 },
      ...{ sourceIn: { num: 0, den: 1 }, speed: { num: 1, den: 1 }, reverse: false, offsetSamples: 0, enabled: true },
      ...{ linkId: null, groupId: null, gain: null, fadeIn: 0, fadeOut: 0, title: null },
      placement: { ...plainPlacement, ...placement },
    };
    const sequence = {
      ...{ id: id(2), name: 'S', frameRate: { num: 24, den: 1 }, width: 1200, height: 600, startTimecode: 0 },
      dropFrame: false,
    };
    const document = documentOf({ media: [media], sequences: [sequence], tracks: [track], clips: [clip] });
    return clipMap({ document, sequenceId: id(2), frame, clipId: id(4), media, zoom });
  };
  const still = (value: number) => ({ value, keys: [] });

  it('follows fit and zoom of the viewer', () => {
    // 2400x1600 inside of 1200x600: 900x600, 150 pixels from the left; half as large on the screen.
    const map = shown({}, 0.5);
    expect(map?.toScreen([0, 0])).toEqual([75, 0]);
    expect(map?.toScreen([2400, 1600])).toEqual([525, 300]);
    expect(map?.scale).toBeCloseTo(0.1875);
  });

  it('follows where the clip was moved, scaled and turned to', () => {
    const map = shown({ x: still(100), y: still(-50), scale: still(2), rotation: still(90) }, 1);
    const [x, y] = map?.toScreen([1200, 800]) ?? [0, 0];
    expect([x, y]).toEqual([700, 250]);
    const [right, down] = map?.toScreen([1300, 800]) ?? [0, 0];
    expect(right).toBeCloseTo(700);
    expect(down).toBeCloseTo(325);
  });

  it('is nowhere while the playhead is beside the clip', () => {
    expect(shown({}, 1, 10)).toBeUndefined();
  });

  it('holds a pointer within the picture', () => {
    expect(within([-5, 700], size)).toEqual([0, 599]);
  });
});

describe('drawing what moves', () => {
  const gesture = (tool: MotionTool, drawing = blankMotion, points: readonly Point[] = [], radius = 40) =>
    points.slice(1).reduce(moveMotion, startMotion({ tool, drawing, size, radius, at: points[0], reach: 12 }));

  it('is an arrow from where it was pressed to where it was let go; a click is none', () => {
    const drawn = endMotion(
      gesture('arrow', blankMotion, [
        [100, 100],
        [150, 100],
        [300, 120],
      ]),
    );
    expect(drawn.arrows).toEqual([{ x: 100, y: 100, dx: 200, dy: 20 }]);
    expect(
      endMotion(
        gesture('arrow', drawn, [
          [600, 300],
          [605, 300],
        ]),
      ),
    ).toBe(drawn);
    expect(
      endMotion(
        gesture('arrow', blankMotion, [
          [100, 100],
          [5000, -90],
        ]),
      ).arrows,
    ).toEqual([{ x: 100, y: 100, dx: 899, dy: -100 }]);
  });

  it('takes an arrow by its ends instead of drawing another', () => {
    const drawn = withArrow(blankMotion, { x: 100, y: 100, dx: 200, dy: 0 });
    expect(handleAt(drawn, [305, 100], 12)).toEqual({ of: 'arrow', index: 0, end: 'tip' });
    expect(
      endMotion(
        gesture('arrow', drawn, [
          [300, 100],
          [300, 200],
        ]),
      ).arrows,
    ).toEqual([{ x: 100, y: 100, dx: 200, dy: 100 }]);
    expect(
      endMotion(
        gesture('arrow', drawn, [
          [100, 100],
          [50, 50],
        ]),
      ).arrows,
    ).toEqual([{ x: 50, y: 50, dx: 200, dy: 0 }]);
  });

  it('joins paint that touches a region, and begins another elsewhere', () => {
    const one = endMotion(
      gesture('region', blankMotion, [
        [100, 300],
        [300, 300],
      ]),
    );
    const two = endMotion(
      gesture('region', one, [
        [310, 320],
        [400, 320],
      ]),
    );
    expect(two.regions.length).toBe(1);
    expect(two.regions[0].strokes.length).toBe(2);
    expect(two.regions[0].arrow).toMatchObject({ dx: 120, dy: 0 });
    expect(
      endMotion(
        gesture('region', two, [
          [800, 100],
          [900, 100],
        ]),
      ).regions.length,
    ).toBe(2);
  });

  it('moves a box along its path, whatever it lies over', () => {
    const corners: Point[] = [
      [400, 300],
      [200, 100],
    ];
    const one = endMotion(gesture('box-path', blankMotion, corners));
    expect(one.regions).toHaveLength(1);
    expect(one.regions[0].arrow).toEqual({ x: 300, y: 200, dx: 120, dy: 0 });
    const covered = (at: Point) => one.regions[0].strokes.some((each) => toLine(at, each) <= each.radius);
    for (const at of [[210, 110], [390, 290], [300, 200], [202, 200], [300, 102]] as const) expect(covered(at)).toBe(true); // prettier-ignore
    for (const at of [[198, 200], [402, 200], [300, 98], [300, 302]] as const) expect(covered(at)).toBe(false); // prettier-ignore
    const two = endMotion(gesture('box-path', one, corners));
    expect(two.regions).toHaveLength(2);
    const bent: Point[] = [[420, 200], [300, 90]]; // prettier-ignore
    expect(endMotion(gesture('box-path', one, bent)).regions[0].arrow).toMatchObject({ dx: 0, dy: -110 });
    expect(endMotion(gesture('box-path', one, [[600, 400], [604, 500]]))).toBe(one); // prettier-ignore
  });

  it('erases paint where it went and arrows whole', () => {
    let drawn = withArrow(blankMotion, { x: 500, y: 50, dx: 100, dy: 0 });
    drawn = withKeep(drawn, {
      radius: 20,
      points: [
        [100, 100],
        [700, 100],
      ],
    });
    drawn = withRegion(
      drawn,
      {
        radius: 20,
        points: [
          [100, 400],
          [200, 400],
        ],
      },
      size,
    );
    const less = withErased(drawn, {
      radius: 30,
      points: [
        [550, 0],
        [550, 200],
      ],
    });
    expect(less.arrows).toEqual([]);
    expect(less.keep.length).toBe(2);
    expect(less.regions).toEqual(drawn.regions);
    expect(
      withErased(drawn, {
        radius: 30,
        points: [
          [90, 400],
          [210, 400],
        ],
      }).regions,
    ).toEqual([]);
  });

  it('becomes a wish that the engine reads, and can be drawn again from it', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 3 }), (regions, keep) => {
        let drawn = withArrow(blankMotion, { x: 10, y: 20, dx: 30.5, dy: -4 });
        for (const each of regions) drawn = withRegion(drawn, each, size);
        for (const each of keep) drawn = withKeep(drawn, each);
        const wish = motionWish(drawn, toggled(held, 'pan left'));
        const id = '00000000-0000-7000-8000-000000000001';
        const whole = {
          ...{ task: 'animate', mediaId: id, clipId: null, seconds: 2, prompt: '', seed: 1, takes: 1 },
          ...{ quality: 'draft', model: 'm', ...wish },
        };
        expect(generationWishSchema.parse(whole)).toEqual(whole);
        expect(motionWish(drawingOf(wish, size), cameraOf(wish.camera))).toEqual(wish);
      }),
    );
  });
});

describe('the camera', () => {
  it('has at most one of two opposite moves, and finds its words again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...cameraMoves)), (presses) => {
        const camera = presses.reduce(toggled, { ...held, speed: 'slow' as const });
        expect(new Set(camera.moves.map((move) => move.split(' ')[0])).size).toBe(camera.moves.length);
        const again = cameraOf(cameraText(camera));
        expect(new Set(again.moves)).toEqual(new Set(camera.moves));
        if (camera.moves.length > 0) expect(again.speed).toBe('slow');
      }),
    );
    expect(cameraText(held)).toBe('');
  });
});

describe('a mask by frames', () => {
  const box = boxShape([10, 10], [110, 60], 4);
  if (box?.shape !== 'box') throw new Error('a box');
  const keyed = withShapes(withShapes(blankMask, 20, []), 10, [box]);

  it('is ruled by the key before a frame, and by the first before all', () => {
    expect(keyed.keys.map(({ frame }) => frame)).toEqual([10, 20]);
    expect(shapesAt(keyed, 5)).toEqual([box]);
    expect(shapesAt(keyed, 15)).toEqual([box]);
    expect(shapesAt(keyed, 25)).toEqual([]);
    expect(withoutKey(keyed, 20).keys.length).toBe(1);
    expect(isBlankMask(keyed)).toBe(false);
    expect(isBlankMask(withShapes(blankMask, 3, [strokeShape({ radius: 9, points: [[1, 1]] }, true)]))).toBe(true);
  });

  it('has a key within any stretch of frames that it is seen in', () => {
    expect(keysWithin(keyed, 12, 30).map(({ frame }) => frame)).toEqual([12, 20]);
    expect(keysWithin(keyed, 0, 15).map(({ frame }) => frame)).toEqual([10]);
    expect(keysWithin(keyed, 10, 15)).toEqual([{ frame: 10, shapes: [box] }]);
    expect(keysWithin(keyed, 0, 5)).toEqual([{ frame: 0, shapes: [box] }]);
    expect(keysWithin(blankMask, 0, 5)).toEqual([]);
  });

  it('is drawn whichever way a box is dragged, and corrected from what was seen', () => {
    const start = { drawing: keyed, frame: 15, shapes: [box], size, radius: 10, reach: 4 };
    const dragged = endMask(moveMask(startMask({ ...start, tool: 'box', at: [300, 200] }), [250, 100]));
    expect(shapesAt(dragged, 15)).toEqual([box, { shape: 'box', x: 250, y: 100, width: 50, height: 100 }]);
    expect(shapesAt(dragged, 12)).toEqual([box]);
    expect(endMask(startMask({ ...start, tool: 'box', at: [300, 200] }))).toBe(keyed);
    const rubbed = endMask(moveMask(startMask({ ...start, tool: 'erase', at: [0, 0] }), [50, 50]));
    expect(shapesAt(rubbed, 15).at(-1)).toMatchObject({ shape: 'stroke', erase: true });
  });

  it('is corrected from the very outline that the picture led it to', () => {
    const small = { width: 240, height: 144 };
    const scale = { x: small.width / size.width, y: small.height / size.height };
    const broad = line.map((each) => ({ ...each, radius: Math.max(20, each.radius) }));
    const ofShapes = (shapes: readonly MaskShape[]) => maskOfShapes(shapes, small.width, small.height, scale);
    fc.assert(
      fc.property(fc.array(broad, { minLength: 1, maxLength: 4 }), (lines) => {
        const led = ofShapes(lines.map((each) => strokeShape(each, false)));
        const shapes = shapesOfOutlines(outlinesOf(led, size), size);
        expect(shapes.length).toBeLessThanOrEqual(300);
        const again = ofShapes(shapes);
        let [common, either] = [0, 0];
        for (const [i, value] of led.data.entries()) {
          common += Math.min(value, again.data[i]);
          either += Math.max(value, again.data[i]);
        }
        // A pixel at the border here and there.
        expect(either - common).toBeLessThanOrEqual(6 + either * 0.1);
      }),
      { numRuns: 60 },
    );
    expect(shapesOfOutlines([], size)).toEqual([]);
  });

  it('has boxes that are taken by their border to be moved, and by a corner to be stretched', () => {
    const drawn = withShapes(blankMask, 3, [box, { ...box, x: 300 }]);
    const dragged = (from: Point, to: Point) => {
      const start = { tool: 'box' as const, drawing: drawn, frame: 3, shapes: shapesAt(drawn, 3), size, reach: 8 };
      return shapesAt(endMask(moveMask(startMask({ ...start, radius: 20, at: from }), to)), 3);
    };
    expect(dragged([350, 12], [370, 42])).toEqual([box, { ...box, x: 320, y: 40 }]);
    expect(dragged([109, 61], [139, 81])).toEqual([
      { ...box, width: 130, height: 70 },
      { ...box, x: 300 },
    ]);
    // Over the opposite corner it is turned round; to nothing it is left as it was.
    expect(dragged([300, 10], [500, 30])[1]).toMatchObject({ x: 400, width: 100, y: 30, height: 30 });
    expect(dragged([300, 10], [398, 58])).toEqual(shapesAt(drawn, 3));
    // Within it, another one begins.
    expect(dragged([330, 30], [380, 50])).toHaveLength(3);
  });
});

describe('steps of a drawing', () => {
  it('go back and forth, and a new one ends the way forth', () => {
    let history = begun(0);
    for (const next of [1, 2, 3]) history = went(history, next);
    history = undone(undone(history));
    expect(history.now).toBe(1);
    expect(redone(history).now).toBe(2);
    history = went(history, 9);
    expect(redone(history)).toBe(history);
    expect(undone(undone(undone(history))).now).toBe(0);
    expect(went(history, 9)).toBe(history);
  });
});
