/**
 * Takes the pictures of docs/manual.md from the real editor with the demo's media: `npm run render:manual`. Every picture is what a person would
 * see there; what was grown in them was grown by the model that ships, a minute or two each.
 */
import { mkdirSync } from 'node:fs';
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
await page.waitForTimeout(20_000);
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
await page.getByRole('button', { name: /^1 job/ }).click();
await page.waitForTimeout(12_000);
await picture('jobs');
await inspector()
  .getByText(/1 · in use/)
  .waitFor({ timeout: patience });
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
await picture('versions');
await page.getByRole('tab', { name: 'History' }).click();
await picture('history');
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
await page.getByRole('button', { name: 'Longtake' }).click();
await page.getByRole('heading', { name: 'What would you like to make?' }).waitFor();

await page.getByRole('button', { name: 'Models …' }).click();
await page.getByRole('dialog', { name: 'Models' }).waitFor();
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
  [0.2, 0.75],
  [0.4, 0.75],
]);
await page.keyboard.press('k');
await stroke(overlay(), [
  [0.1, 0.1],
  [0.9, 0.1],
]);
await picture('animate');

await browser.close();
await host.close();
