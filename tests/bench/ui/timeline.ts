/** A project of 10,000 clips on 20 tracks in the window: opening it, moving about in it, and what keys do. */
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { fullSequence, writeContent } from '../../support/large-project.ts';
import { openBenchEditor, spreadOf } from './bench-editor.ts';
import type { Spread } from './bench-editor.ts';
import { keyScript, wheelScript } from './page-watch.ts';

export type TimelineFeel = {
  clips: number;
  tracks: number;
  /** From the click on the recent project to the first frame with its clips, milliseconds; the engine reads the file anew each time. */
  opening: Spread;
  /** Milliseconds of script a frame. */
  panning: Spread;
  zooming: Spread;
  /** From the key press to its change on screen, milliseconds. */
  keys: Record<string, Spread>;
  /** Of the key that moves a clip: until the engine has it on the disk, and the window says so. */
  kept: Spread;
  allKeys: Spread;
};

const clips = 10_000;
const tracks = 20;

const timecode = `() => document.querySelector('main input').value`;
const pressedTool = `() => document.querySelector('[role="toolbar"] [aria-pressed="true"]').textContent`;
const drawn = `() => watch.drawn`;
const isOther = (state: string): string => `(before) => (${state})() !== before`;
/** What the list of clips says of the one that is in hand, its start among it, and how often the clips were drawn. */
const inHand = `() => ({
  says: document.getElementById(document.querySelector('#timeline-clips [role="listbox"]').getAttribute('aria-activedescendant'))?.textContent,
  drawn: watch.drawn,
})`;
const isMoved = `(before) => { const now = (${inHand})(); return now.says !== before.says && now.drawn > before.drawn; }`;
const isKept = `() => document.querySelector('header [role="status"]').textContent.includes('all changes kept')
  && document.querySelector('header button[aria-label="Undo"]').title.includes('Move')`;

const pressed = async (page: Page, key: string, state: string, change: string): Promise<number> => {
  await page.evaluate(keyScript(state, change));
  await page.keyboard.press(key);
  const took = await page.evaluate<number>('window.pressed');
  await page.evaluate('watch.painted()');
  return took;
};

/** @param rounds how often it is opened; keys are pressed eight times as often */
export const measureTimelineFeel = async (rounds = 5): Promise<TimelineFeel> => {
  const editor = await openBenchEditor();
  const { host, page } = editor;
  try {
    const names = Array.from({ length: rounds }, (_, i) => `Feature ${i + 1}`);
    const first = path.join(host.root, `${names[0]}.longtake`);
    writeContent(first, fullSequence({ clips, tracks }).changes);
    for (const name of names.slice(1)) copyFileSync(first, path.join(host.root, `${name}.longtake`));
    const client = host.client();
    for (const name of names) await client.call('project.open', { path: path.join(host.root, `${name}.longtake`) });
    // A new engine has none of them open.
    await host.restart();
    await page.goto(host.server.newLink());
    const opening: number[] = [];
    for (const name of names) {
      await page.getByRole('button', { name: new RegExp(`^${name}`) }).waitFor();
      const took = await page.evaluate<number>(`(async () => {
        const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim().startsWith('${name}'));
        const [before, from] = [watch.drawn, performance.now()];
        button.click();
        return (await watch.until(() => document.querySelector('#timeline-clips') && watch.drawn > before)) - from;
      })()`);
      opening.push(took);
      if (name !== names.at(-1)) await page.getByRole('button', { name: 'Longtake', exact: true }).click();
    }
    await page.getByText('all changes kept').waitFor();

    await page.keyboard.press('Shift+Z');
    // Out of the whole, in to single clips, and out again.
    const zooming = await page.evaluate<number[]>(
      wheelScript(240, '(i) => ({ ctrlKey: true, deltaY: i < 120 ? -12 : 12 })'),
    );
    for (let i = 0; i < 12; i++) await page.keyboard.press('=');
    const panning = await page.evaluate<number[]>(
      wheelScript(240, '(i) => ({ shiftKey: true, deltaY: i < 120 ? 40 : -40 })'),
    );

    const keys: Record<string, number[]> = { tool: [], 'next cut': [], zoom: [], 'a clip moved by a frame': [] };
    const kept: number[] = [];
    await page.keyboard.press('Home');
    for (let i = 0; i < rounds * 8; i++) {
      for (const tool of ['b', 'v']) keys.tool.push(await pressed(page, tool, pressedTool, isOther(pressedTool)));
      keys['next cut'].push(await pressed(page, 'ArrowDown', timecode, isOther(timecode)));
      keys.zoom.push(await pressed(page, i % 2 ? '-' : '=', drawn, isOther(drawn)));
      await page.keyboard.press('ArrowDown');
      // A clip of the top track and its sound, a little behind its start.
      const playhead = await page.locator('#timeline-clips .playhead').boundingBox();
      const area = await page.locator('#timeline-clips').boundingBox();
      if (!playhead || !area) throw new Error('no playhead');
      await page.mouse.click(playhead.x + 8, area.y + 60);
      await page.locator('#timeline-clips [role="listbox"]').focus();
      await page.evaluate('watch.painted()');
      keys['a clip moved by a frame'].push(await pressed(page, i % 2 ? ',' : '.', inHand, isMoved));
      kept.push(await page.evaluate<number>(`watch.until(${isKept}).then((at) => at - window.pressedAt)`));
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('Control+z');
      await page.locator('header button[aria-label="Undo"]:disabled').waitFor();
    }
    return {
      ...{ clips, tracks, opening: spreadOf(opening), panning: spreadOf(panning), zooming: spreadOf(zooming) },
      keys: Object.fromEntries(Object.entries(keys).map(([name, values]) => [name, spreadOf(values)])),
      kept: spreadOf(kept),
      allKeys: spreadOf(Object.values(keys).flat()),
    };
  } finally {
    await editor.close();
  }
};
