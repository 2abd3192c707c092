/**
 * Draws the demo media of resources/demo: `node_modules/.bin/node scripts/render-demo.ts [NAME…]`.
 *
 * `--frame SECONDS OUT.png` draws one picture of a clip instead, `--height N` at another size (for a quick look).
 * Every pixel and sample comes from seeded integer hashes: the same script draws the same frames again.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Clip } from './demo/clip.ts';
import { renderClip, writePicture } from './demo/clip.ts';
import { develop } from './demo/develop.ts';
import { landscape } from './demo/landscape.ts';
import { painting } from './demo/painting.ts';
import { lake, rain, wind } from './demo/sound.ts';
import { street } from './demo/street.ts';
import { water } from './demo/water.ts';

const clips: Record<string, Clip> = {
  'valley-at-dusk': { frames: 108, rate: 24, crf: 24, scene: landscape, sound: wind },
  'lake-at-dawn': { frames: 108, rate: 24, crf: 21, scene: water, sound: lake },
  'walk-in-the-rain': { frames: 108, rate: 24, crf: 21, scene: street, sound: rain },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { frame: { type: 'string', multiple: true }, height: { type: 'string' }, out: { type: 'string' } },
});
const height = Number(values.height ?? 1080);
const width = Math.round((height * 16) / 9 / 2) * 2;
const folder = values.out ?? join(import.meta.dirname, '../resources/demo');
await mkdir(folder, { recursive: true });

for (const [name, clip] of Object.entries(clips)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  if (values.frame) {
    const scene = clip.scene(width, height);
    for (const seconds of values.frame.map(Number)) {
      const rows = develop(scene.draw(seconds), scene.look, Math.round(seconds * clip.rate));
      await writePicture(rows, width, height, join(folder, `${name}-${seconds}.png`));
    }
  } else {
    await renderClip(clip, width, height, join(folder, `${name}.mp4`));
  }
}

if (!values.frame && (positionals.length === 0 || positionals.includes('poppy-field'))) {
  const tall = Math.round((height * 1600) / 1080);
  await writePicture(painting(tall * 1.5, tall), tall * 1.5, tall, join(folder, 'poppy-field.jpg'));
}
