import type { Clip } from '../../engine/contract/timeline/entities.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import { madeUpPlaces } from '../generate/made-up-places.ts';
import { keyFramesOf, keyLine, keySize } from './clip-keys.ts';
import { clipFlag, clipMarkersOf } from './clip-markers.ts';
import type { Palette } from './palette.ts';
import type { Row } from './rows.ts';
import { cutToFit } from './scene.ts';
import type { Scene } from './scene.ts';
import { xOf } from './time-scale.ts';
import { extremesBetween } from './waveform.ts';

/** Height of the line with a clip's name, pixels. */
const nameLine = 18;
/** From this height on a row has a line for the name apart from the picture. */
const tall = 40;

/** Below a take, where little of it was filmed, pixels. */
const madeUpLine = 3;

type Box = { x: number; y: number; w: number; h: number };

export const clipColour = (clip: Clip, row: Row, palette: Palette): string => {
  if (row.track.kind === 'audio') return palette['clip-audio'];
  if (clip.kind === 'title') return palette['clip-title'];
  return clip.kind === 'still' ? palette['clip-still'] : palette['clip-video'];
};

/** Quiet sound is drawn louder than it is: a third of the height is a sixth of full scale, so that speech has a shape. */
const seen = (level: number): number => level ** 0.6;

/** Seconds of source at frame k of a clip; as good as pixels need it. */
const secondsAt = (clip: Clip, framesPerSecond: number, k: number): number =>
  toNumber(clip.sourceIn) + ((clip.reverse ? clip.duration - 1 - k : k) * toNumber(clip.speed)) / framesPerSecond;

const nearestPicture = (times: readonly number[], seconds: number): number => {
  let best = 0;
  for (let i = 1; i < times.length; i++) if (Math.abs(times[i] - seconds) < Math.abs(times[best] - seconds)) best = i;
  return best;
};

const drawPictures = (context: CanvasRenderingContext2D, scene: Scene, clip: Clip, box: Box): void => {
  const media = clip.mediaId === null ? undefined : scene.document.media.get(clip.mediaId);
  const strip = media?.picture && scene.media.strip(media);
  if (!strip) return;
  const rate = toNumber(scene.sequence.frameRate);
  const width = (box.h * strip.width) / strip.height;
  const first = Math.max(0, Math.floor(-box.x / width));
  const last = Math.min(Math.ceil(box.w / width), Math.ceil((scene.width - box.x) / width));
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.w, box.h);
  context.clip();
  for (let tile = first; tile < last; tile++) {
    const frame = ((tile + 0.5) * width) / scene.time.scale;
    const picture = nearestPicture(strip.times, secondsAt(clip, rate, Math.min(frame, clip.duration - 1)));
    const x = box.x + tile * width;
    context.drawImage(strip.image, picture * strip.width, 0, strip.width, strip.height, x, box.y, width, box.h);
  }
  context.restore();
};

const drawWave = (context: CanvasRenderingContext2D, scene: Scene, clip: Clip, box: Box): void => {
  const media = clip.mediaId === null ? undefined : scene.document.media.get(clip.mediaId);
  const peaks = media?.sound && scene.media.peaks(media);
  if (!media?.sound || !peaks) return;
  const rate = toNumber(scene.sequence.frameRate);
  const offset = toNumber(media.sound.offset);
  const middle = box.y + box.h / 2;
  const perPixel = 1 / scene.time.scale;
  const seconds = (toNumber(clip.speed) * perPixel) / rate;
  context.fillStyle = scene.palette['clip-ink'];
  context.globalAlpha *= 0.42;
  context.beginPath();
  const end = Math.min(scene.width, box.x + box.w);
  for (let x = Math.max(0, Math.floor(box.x)); x < end; x++) {
    const from = secondsAt(clip, rate, (x - box.x) * perPixel) - offset;
    const { low, high } = extremesBetween(peaks, from, from + seconds);
    const up = Math.max(0.5, (seen(high) * box.h) / 2);
    context.rect(x, middle - up, 1, up + Math.max(0.5, (seen(-low) * box.h) / 2));
  }
  context.fill();
  context.globalAlpha /= 0.42;
};

let hatch: { colour: string; tile: HTMLCanvasElement } | undefined;

/** Slanted amber stripes: whatever is generated has them. */
const hatchTile = (colour: string): HTMLCanvasElement => {
  if (hatch?.colour === colour) return hatch.tile;
  const tile = document.createElement('canvas');
  tile.width = tile.height = 14;
  const context = tile.getContext('2d');
  if (context) {
    context.strokeStyle = colour;
    context.globalAlpha = 0.5;
    context.lineWidth = 4;
    for (const at of [-14, 0, 14]) {
      context.beginPath();
      context.moveTo(at - 2, 16);
      context.lineTo(at + 16, -2);
      context.stroke();
    }
  }
  hatch = { colour, tile };
  return tile;
};

const drawMade = (context: CanvasRenderingContext2D, scene: Scene, clip: Clip, box: Box): void => {
  const { palette } = scene;
  const pattern = context.createPattern(hatchTile(palette.grown), 'repeat');
  if (pattern) {
    pattern.setTransform(new DOMMatrix().translateSelf(box.x, 0));
    context.fillStyle = pattern;
    context.fillRect(box.x, box.y, box.w, box.h);
  }
  // Solid where it is mostly made up.
  const take = clip.mediaId === null ? undefined : scene.document.media.get(clip.mediaId);
  context.fillStyle = palette.grown;
  for (const { first, last } of take ? madeUpPlaces(scene.document, take, clip) : []) {
    const [from, to] = [first, last + 1].map((frame) => box.x + (frame - clip.start) * scene.time.scale);
    context.fillRect(from, box.y + box.h - madeUpLine, to - from, madeUpLine);
  }
  context.font = `600 11px ${palette.f}`;
  const { made, length } = scene.words;
  // A word that is cut off says nothing.
  const label = [made, length].map((word) => word(clip)).find((text) => context.measureText(text).width <= box.w - 12);
  if (label === undefined || box.h < 22) return;
  const width = context.measureText(label).width + 8;
  context.fillStyle = palette.grown;
  context.beginPath();
  context.roundRect(box.x + box.w - width - 3, box.y + box.h - 19, width, 16, 3);
  context.fill();
  context.fillStyle = palette['grown-ink'];
  context.fillText(label, box.x + box.w - width + 1, box.y + box.h - 7);
};

/** Fades as dark corners: what is cut away is what is not seen or heard. */
const drawFades = (context: CanvasRenderingContext2D, scene: Scene, clip: Clip, box: Box): void => {
  if (clip.fadeIn === 0 && clip.fadeOut === 0) return;
  const [head, tail] = [clip.fadeIn * scene.time.scale, clip.fadeOut * scene.time.scale];
  const { x, y, w, h } = box;
  context.fillStyle = scene.palette['bg-app'];
  context.globalAlpha *= 0.6;
  context.beginPath();
  context.moveTo(x, y + h);
  context.lineTo(x, y);
  context.lineTo(x + head, y);
  context.closePath();
  context.moveTo(x + w, y + h);
  context.lineTo(x + w, y);
  context.lineTo(x + w - tail, y);
  context.closePath();
  context.fill();
  context.globalAlpha /= 0.6;
};

const drawKeys = (context: CanvasRenderingContext2D, scene: Scene, clip: Clip, box: Box): void => {
  const keys = keyFramesOf(clip);
  if (keys.length === 0 || box.h < 28) return;
  const y = box.y + box.h - keyLine;
  context.beginPath();
  for (const frame of keys) {
    const x = xOf(scene.time, clip.start + frame);
    context.moveTo(x - keySize, y);
    context.lineTo(x, y - keySize);
    context.lineTo(x + keySize, y);
    context.lineTo(x, y + keySize);
    context.closePath();
  }
  context.fillStyle = scene.palette['clip-ink'];
  context.fill();
  context.strokeStyle = scene.palette['bg-app'];
  context.lineWidth = 1;
  context.stroke();
};

const nameOf = (scene: Scene, clip: Clip): string => {
  const { num, den } = clip.speed;
  const speed = num === den && !clip.reverse ? '' : `  ${clip.reverse ? '−' : ''}${Math.round((100 * num) / den)}%`;
  const away = clip.mediaId !== null && scene.media.offline(clip.mediaId) ? `${scene.words.offline} · ` : '';
  return `${away}${clip.name}${speed}`;
};

const drawMarkers = (context: CanvasRenderingContext2D, scene: Scene, clip: Clip, box: Box): void => {
  for (const { id, frame, colour } of clipMarkersOf(scene.document, clip)) {
    const x = xOf(scene.time, clip.start + frame);
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(x - clipFlag.half, box.y);
    context.lineTo(x + clipFlag.half, box.y);
    context.lineTo(x, box.y + clipFlag.height);
    context.closePath();
    context.fill();
    if (scene.detail?.kind !== 'marker' || scene.detail.id !== id) continue;
    context.strokeStyle = scene.palette.focus;
    context.lineWidth = 2;
    context.stroke();
  }
};

/** A clip that is wide enough to be more than a stroke. `row.y` counts from the top of the rows. */
export const drawClip = (context: CanvasRenderingContext2D, scene: Scene, row: Row, clip: Clip): void => {
  const { palette } = scene;
  const x = xOf(scene.time, clip.start);
  const box = {
    ...{ x, y: row.y - scene.top + 2, h: row.height - 5 },
    w: Math.max(1, clip.duration * scene.time.scale - 1),
  };
  const away = clip.mediaId !== null && scene.media.offline(clip.mediaId);
  const colour = away ? palette['clip-offline'] : clipColour(clip, row, palette);
  context.globalAlpha = clip.enabled ? 1 : 0.4;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(box.x, box.y, box.w, box.h, Math.min(4, box.w / 3));
  context.fill();
  const line = box.h >= tall ? nameLine : 0;
  const inner = { x: box.x + 1, y: box.y + line, w: box.w - 2, h: box.h - line - 1 };
  if (row.track.kind === 'audio') drawWave(context, scene, clip, { ...inner, y: inner.y + 2, h: inner.h - 4 });
  else if (box.w >= 12 && line > 0) drawPictures(context, scene, clip, inner);
  if (clip.kind === 'take') drawMade(context, scene, clip, inner);
  drawFades(context, scene, clip, box);
  if (box.w >= 28) {
    context.font = `11px ${palette.f}`;
    const left = Math.max(box.x, 0) + 6;
    const name = cutToFit(context, nameOf(scene, clip), box.x + box.w - left - 6);
    context.fillStyle = palette['clip-ink'];
    if (name !== '') context.fillText(name, left, box.y + 13);
  }
  drawKeys(context, scene, clip, box);
  drawBorder(context, scene, clip, box);
  drawMarkers(context, scene, clip, box);
  context.globalAlpha = 1;
};

const drawBorder = (context: CanvasRenderingContext2D, scene: Scene, clip: Clip, { x, y, w, h }: Box): void => {
  const { palette, selection, focusedClipId } = scene;
  const selected = selection.has(clip.id);
  if (!selected && clip.kind !== 'take' && focusedClipId !== clip.id) return;
  context.lineWidth = selected ? 2 : 1.5;
  context.strokeStyle = selected ? palette.accent : palette.grown;
  context.setLineDash([]);
  if (selected || clip.kind === 'take') {
    context.beginPath();
    context.roundRect(x + 1, y + 1, Math.max(1, w - 2), h - 2, 3);
    context.stroke();
  }
  if (focusedClipId !== clip.id) return;
  context.strokeStyle = palette.text;
  context.lineWidth = 2;
  context.setLineDash([4, 3]);
  context.strokeRect(x + 3, y + 3, Math.max(1, w - 6), h - 6);
  context.setLineDash([]);
};
