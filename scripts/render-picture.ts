/**
 * Makes the README's picture from the demo's result, so that it is always one of the pack that ships:
 *
 *   npm run demo && npm run render:picture
 *
 * Four frames of demo-results/valley-at-dusk-longer.mp4: the last one filmed, and those 8, 16 and 24 frames later.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { findFfmpeg } from '../engine/media/ffmpeg-binary.ts';
import { probe } from '../engine/media/probe.ts';

const root = path.join(import.meta.dirname, '..');
const filmed = await probe(path.join(root, 'resources/demo/valley-at-dusk.mp4'));
const grown = path.join(root, 'demo-results/valley-at-dusk-longer.mp4');
const target = path.join(root, 'docs/pictures/extend.jpg');

const last = filmed.frameCount - 1;
const chosen = [0, 8, 16, 24].map((later) => `eq(n\\,${last + later})`).join('+');
mkdirSync(path.dirname(target), { recursive: true });
const filters = `select=${chosen},scale=640:-2:flags=area,tile=2x2:padding=4`;
execFileSync(
  findFfmpeg().ffmpeg,
  ['-v', 'error', '-y', '-i', grown, '-vf', filters, '-frames:v', '1', '-q:v', '3', target],
  { stdio: 'inherit' },
);
console.log(target);
