import { timecodeOf } from '../../engine/contract/timeline/timecode.ts';
import type { Marker } from '../../engine/contract/timeline/entities.ts';
import { ticksFor } from './ruler-ticks.ts';
import type { Scene } from './scene.ts';
import { timeAt, xOf } from './time-scale.ts';

export const rulerHeight = 34;
/** Pixels between the starts of two labels at least. */
const labelWidth = 100;
/** Half the width of a marker's flag, pixels. */
export const flag = 5;

type Range = { inPoint: number | null; outPoint: number | null };

/** Markers of the sequence itself, not those of its clips. */
export const sequenceMarkers = ({ document, sequence }: Pick<Scene, 'document' | 'sequence'>): Marker[] =>
  Array.from(document.markers.values()).filter(
    ({ sequenceId, clipId }) => sequenceId === sequence.id && clipId === null,
  );

const drawRange = (context: CanvasRenderingContext2D, scene: Scene, { inPoint, outPoint }: Range): void => {
  if (inPoint === null && outPoint === null) return;
  const from = Math.max(0, xOf(scene.time, inPoint ?? 0));
  const to = outPoint === null ? scene.width : Math.min(scene.width, xOf(scene.time, outPoint));
  if (to <= from) return;
  context.globalAlpha = 0.22;
  context.fillStyle = scene.palette.accent;
  context.fillRect(from, 0, to - from, rulerHeight);
  context.globalAlpha = 1;
  if (inPoint !== null) context.fillRect(from, 0, 2, rulerHeight);
  if (outPoint !== null) context.fillRect(to - 2, 0, 2, rulerHeight);
};

const drawTicks = (context: CanvasRenderingContext2D, { palette, sequence, time, width }: Scene): void => {
  const { label, small } = ticksFor(sequence.frameRate, time.scale, labelWidth);
  const first = Math.floor(time.left / small) * small;
  context.font = `11px ${palette['f-mono']}`;
  context.textBaseline = 'alphabetic';
  for (let frame = first; frame <= timeAt(time, width); frame += small) {
    const x = Math.round(xOf(time, frame)) + 0.5;
    const labelled = frame % label === 0;
    context.fillStyle = labelled ? palette['line-strong'] : palette.line;
    context.fillRect(x - 0.5, rulerHeight - (labelled ? 10 : 5), 1, labelled ? 10 : 5);
  }
  context.fillStyle = palette['text-2'];
  const { startTimecode, frameRate, dropFrame } = sequence;
  // A label may begin off screen and reach into it.
  for (let frame = Math.floor(time.left / label) * label; frame <= timeAt(time, width); frame += label)
    context.fillText(timecodeOf(frame + startTimecode, frameRate, dropFrame), Math.round(xOf(time, frame)) + 6, 18);
};

const drawMarker = (context: CanvasRenderingContext2D, scene: Scene, marker: Marker): void => {
  const x = xOf(scene.time, marker.frame);
  const end = xOf(scene.time, marker.frame + marker.duration);
  if (end < -flag || x > scene.width + flag) return;
  context.fillStyle = marker.colour;
  if (marker.duration > 0) {
    context.globalAlpha = 0.35;
    context.fillRect(x, rulerHeight - 8, end - x, 8);
    context.globalAlpha = 1;
  }
  context.beginPath();
  context.moveTo(x - flag, rulerHeight - 14);
  context.lineTo(x + flag, rulerHeight - 14);
  context.lineTo(x + flag, rulerHeight - 6);
  context.lineTo(x, rulerHeight);
  context.lineTo(x - flag, rulerHeight - 6);
  context.closePath();
  context.fill();
  if (scene.detail?.kind !== 'marker' || scene.detail.id !== marker.id) return;
  context.strokeStyle = scene.palette.focus;
  context.lineWidth = 2;
  context.stroke();
};

export const drawRuler = (context: CanvasRenderingContext2D, scene: Scene, range: Range): void => {
  drawRange(context, scene, range);
  drawTicks(context, scene);
  for (const marker of sequenceMarkers(scene)) drawMarker(context, scene, marker);
};
