/**
 * Takes the pictures of docs/manual.md from the real editor with the demo's media: `npm run render:manual`. Every picture is what a person would
 * see there; what was grown in them was grown by the model that ships, a minute or two each.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { builtEditor, openBrowser } from '../tests/support/browser.ts';
import { startHost } from '../tests/support/editor-host.ts';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, 'docs', 'pictures', 'manual');
const demoFolder = path.join(root, 'resources', 'demo');
const patience = 600_000;

mkdirSync(folder, { recursive: true });
const host = await startHost({ renderer: builtEditor(), demoFolder, roots: null });
const browser = await openBrowser();
const page: Page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(60_000);

const picture = async (name: string): Promise<void> => {
  // What was told meanwhile hides nothing.
  const told = page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Dismiss' });
  while ((await told.count()) > 0) await told.first().click({ timeout: 2000 }).catch(() => undefined); // prettier-ignore
  // Messages that fade in, thumbnails and decoders come to rest.
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1200);
  const shot = await page.screenshot();
  await sharp(shot)
    .resize({ width: 1280 })
    .webp({ quality: 80 })
    .toFile(path.join(folder, `${name}.webp`));
  console.log(name);
};
/** The picture at the playhead is drawn. */
const settled = (): Promise<void> => page.locator('[role="img"][aria-busy="false"] canvas[data-frame]').waitFor();
const inspector = (): Locator => page.locator('section[aria-label="Inspector"]');
const stroke = async (over: Locator, points: readonly (readonly [number, number])[]): Promise<void> => {
  const box = await over.boundingBox();
  if (!box) throw new Error('nothing to draw on');
  const at = ([x, y]: readonly [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
  await page.mouse.up();
};
const closeDialog = (): Promise<void> => page.keyboard.press('Escape');

await page.goto(host.server.newLink());
await page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();
await picture('doors');

await page.getByRole('button', { name: 'Open the demo project' }).click();
await page.getByRole('heading', { name: 'Longtake demo' }).waitFor();
const area = await page.locator('#timeline-clips').boundingBox();
if (!area) throw new Error('there is no timeline');
await page.mouse.move(area.x + 4, area.y + 60);
await page.keyboard.press('Shift+Z');
// Thumbnails, waveforms and light copies are made.
const shelf = page.getByRole('listbox', { name: 'Media' });
const pictured = shelf.locator('[style*="background-image"]');
await pictured.nth(3).waitFor({ timeout: patience });
await page.getByRole('list', { name: 'On its way' }).waitFor({ state: 'detached', timeout: patience });
await page.mouse.click(area.x + 60, area.y + 34 + 32);
await picture('editor');

await page.keyboard.press('Shift+G');
await inspector().getByRole('radio', { name: 'Extend' }).check({ force: true });
const by = inspector().getByRole('textbox', { name: 'By' });
await by.fill('1s');
await by.press('Enter');
await inspector()
  .getByText(/new frames from the last/)
  .waitFor();
await picture('grow');
await inspector().getByRole('radio', { name: '3', exact: true }).check({ force: true });
await inspector()
  .getByRole('button', { name: /^Grow 3 takes/ })
  .click();
const work = page.getByRole('button', { name: /^1 job/ });
await work.click();
await page.getByRole('article', { name: /^Extend/ }).first().locator('img').waitFor({ timeout: patience }); // prettier-ignore
await picture('jobs');
await work.waitFor({ state: 'detached', timeout: patience });
await page.getByRole('tab', { name: 'Takes' }).click();
await picture('takes');

await inspector().getByRole('radio', { name: 'Erase' }).check({ force: true });
const overlay = (): Locator => page.getByRole('application', { name: 'Draw on the picture' });
await overlay().waitFor();
await page.keyboard.press('b');
await stroke(overlay(), [
  [0.55, 0.5],
  [0.75, 0.75],
]);
await picture('erase');

await page.getByRole('button', { name: 'Export', exact: true }).click();
await page.getByRole('dialog', { name: 'Export the film' }).waitFor();
await picture('export');
await closeDialog();

await page.getByRole('tab', { name: 'Versions' }).click();
for (const name of ['First cut', 'With a longer lake']) {
  await page.getByRole('textbox', { name: 'Name of this version' }).fill(name);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: `Go back to ${name}` }).waitFor();
}
await picture('versions');
await page.getByRole('tab', { name: 'Media' }).click();

for (const [theme, language, name] of [
  ['light', 'en', 'editor-light'],
  ['dark', 'ar', 'editor-arabic'],
] as const) {
  await host.client().call('preferences.set', { values: { theme, language } });
  await page.waitForTimeout(1500);
  await picture(name);
}
await host.client().call('preferences.set', { values: { theme: 'dark', language: 'en' } });
await page.waitForTimeout(1000);

/** The playhead to a place of the ruler, pixels. */
const playheadTo = async (x: number): Promise<void> => {
  await page.mouse.click(area.x + x, area.y + 10);
  await settled();
};
await page.getByRole('tab', { name: 'Clip' }).click();
await shelf.getByRole('option', { name: 'valley-at-dusk.mp4' }).dblclick();
await settled();
for (const key of ['Shift+ArrowRight', 'i', ...Array<string>(5).fill('Shift+ArrowRight'), 'o'])
  await page.keyboard.press(key);
await picture('source');
await page.keyboard.press('q');
await page.mouse.click(area.x + 120, area.y + 34 + 32);
await page.getByRole('tab', { name: 'Clip' }).click();
await playheadTo(160);
await picture('title');
await page.getByRole('tab', { name: 'Keyframes' }).click();
const keyframe = async (x: number, name: string, value: string): Promise<void> => {
  await playheadTo(x);
  const field = inspector().getByRole('spinbutton', { name, exact: true });
  const set = inspector().getByRole('button', { name: `${name}: set a keyframe here` });
  if (
    (await inspector()
      .getByRole('button', { name: `${name}: to the keyframe before` })
      .count()) === 0
  )
    await set.click();
  await field.fill(value);
  await field.press('Enter');
  // A number that is typed again where the old one still stands would be no change.
  while (!(await field.inputValue()).startsWith(`${value} `)) await page.waitForTimeout(50);
};
await keyframe(75, 'Opacity', '0');
await keyframe(130, 'Opacity', '100');
await keyframe(130, 'Scale', '100');
await keyframe(270, 'Scale', '130');
await playheadTo(200);
await picture('keyframes');
await page.getByRole('tab', { name: 'History' }).click();
await picture('history');
await page.getByRole('tab', { name: 'Media' }).click();
await page.getByRole('button', { name: 'Preferences and keys' }).click();
await page.getByRole('dialog', { name: 'Preferences and keys' }).waitFor();
await picture('preferences');
await closeDialog();

await page.getByRole('button', { name: 'Longtake' }).click();
await page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();

await page.getByRole('button', { name: 'Models …' }).click();
await page.getByRole('dialog', { name: 'Models' }).waitFor();
await page.getByRole('button', { name: 'Measure the speed' }).first().click();
await page.getByText(/s a frame at/).first().waitFor({ timeout: patience }); // prettier-ignore
await picture('models');
await closeDialog();

const dropped = (files: readonly { name: string; type: string; base64: string }[]) =>
  page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of list)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    return transfer;
  }, files);
const still = await sharp(path.join(demoFolder, 'poppy-field.jpg')).jpeg({ quality: 92 }).toBuffer();
await page.getByRole('button', { name: /^Animate a still/ }).click();
await page.getByRole('group', { name: 'Drop a picture here' }).dispatchEvent('drop', {
  dataTransfer: await dropped([{ name: 'poppy-field.jpg', type: 'image/jpeg', base64: still.toString('base64') }]),
});
await overlay().waitFor();
await stroke(overlay(), [
  [0.15, 0.22],
  [0.45, 0.14],
]);
await page.keyboard.press('k');
await stroke(overlay(), [
  [0.62, 0.48],
  [0.78, 0.48],
]);
await picture('animate');

await page.getByRole('button', { name: 'Back', exact: true }).click();
await page.getByRole('button', { name: /^Make a transition/ }).click();
const clips = ['lake-at-dawn.mp4', 'valley-at-dusk.mp4'].map((name) => ({
  ...{ name, type: 'video/mp4' },
  base64: readFileSync(path.join(demoFolder, name)).toString('base64'),
}));
await page.getByRole('group', { name: 'The first clip' }).dispatchEvent('drop', { dataTransfer: await dropped(clips) });
const make = page.getByRole('button', { name: 'Make the transition' });
await make.waitFor({ timeout: patience });
await make.click();
await page.getByText('1 · in use').waitFor({ timeout: patience });
await page.getByRole('button', { name: /^Pause/ }).click();
const timecode = page.getByRole('textbox', { name: 'Timecode of the playhead' });
// The middle of the second in which one becomes the other: half a second of either clip of four and a half gives way to it.
await timecode.fill('00:00:04:12');
await timecode.press('Enter');
await settled();
await picture('transition');

await browser.close();
await host.close();
