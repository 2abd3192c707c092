/** Places on the timeline of a window, for the mouse. */
import type { Page } from 'playwright-core';
import { fittingScale } from '../../renderer/timeline/time-scale.ts';

/** Rows of the lowest picture track: `name` is the line with a clip's name, `low` the lower half, where cuts are blended; pixels. */
const rows = { name: 8, middle: 32, low: 54 };
const rulerHeight = 34;

export type TimelineArea = {
  /** Where a frame is in a row of the first track of the window, pixels of the page. */
  at: (frame: number, row: keyof typeof rows) => [x: number, y: number];
  /** Shows the whole of so many frames, and half as many behind them to drag into. */
  fit: (frames: number) => Promise<void>;
  /** Puts the playhead on a frame. */
  goTo: (frame: number) => Promise<void>;
  /** Presses at one place and drags to another one, without letting go. */
  hold: (from: [number, number], to: [number, number]) => Promise<void>;
};

/** @throws Error where the window shows no timeline */
export const timelineArea = async (page: Page): Promise<TimelineArea> => {
  const area = await page.locator('#timeline-clips').boundingBox();
  if (!area) throw new Error('there is no timeline');
  let pixelsPerFrame = 1;
  const at: TimelineArea['at'] = (frame, row) => [area.x + frame * pixelsPerFrame, area.y + rulerHeight + rows[row]];
  return {
    at,
    fit: async (frames) => {
      pixelsPerFrame = fittingScale(frames, area.width) / 1.5;
      await page.mouse.move(area.x + 4, area.y - 60);
      await page.keyboard.press('Shift+Z');
      await page.keyboard.press('-');
    },
    goTo: (frame) => page.mouse.click(at(frame, 'name')[0] + 2, area.y + 8),
    hold: async (from, to) => {
      await page.mouse.move(...from);
      await page.mouse.down();
      await page.mouse.move((from[0] + to[0]) / 2, to[1], { steps: 3 });
      await page.mouse.move(...to, { steps: 3 });
    },
  };
};
