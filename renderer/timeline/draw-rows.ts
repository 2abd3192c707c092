import { clipsBetween, endOf, transitionAtEnd, transitionAtStart } from '../../engine/contract/timeline/document.ts';
import type { Clip, Track, Transition } from '../../engine/contract/timeline/entities.ts';
import { narrowClip } from './clip-markers.ts';
import { clipColour, drawClip } from './draw-clip.ts';
import { spanOf, transitionBand } from './hit.ts';
import type { Row } from './rows.ts';
import { cutToFit } from './scene.ts';
import type { Scene } from './scene.ts';
import { timeAt, xOf } from './time-scale.ts';

/** Strokes of one colour, drawn at once; what would fall on the same pixels is left out. */
const drawStrokes = (context: CanvasRenderingContext2D, scene: Scene, row: Row, clips: readonly Clip[]): void => {
  const { palette, selection, time, top } = scene;
  const byColour = new Map<string, Clip[]>();
  for (const clip of clips) {
    const colour = selection.has(clip.id)
      ? palette.accent
      : clip.kind === 'take'
        ? palette.grown
        : clipColour(clip, row, palette);
    const list = byColour.get(colour);
    if (list) list.push(clip);
    else byColour.set(colour, [clip]);
  }
  for (const [colour, list] of byColour) {
    context.fillStyle = colour;
    context.beginPath();
    let drawn = -Infinity;
    for (const clip of list) {
      const from = xOf(time, clip.start);
      const to = Math.max(from + 1, xOf(time, endOf(clip)) - (clip.duration * time.scale > 2 ? 1 : 0));
      if (to <= drawn + 0.5) continue;
      context.rect(Math.max(from, drawn), row.y - top + 2, to - Math.max(from, drawn), row.height - 5);
      drawn = to;
    }
    context.fill();
  }
};

const drawTransition = (context: CanvasRenderingContext2D, scene: Scene, row: Row, transition: Transition): void => {
  const { palette, detail, time, top, document, words } = scene;
  const { from, to } = spanOf(document, transition);
  const band = transitionBand(row);
  const [x, w] = [xOf(time, from), (to - from) * time.scale];
  if (w < 3) return;
  const [y, h] = [band.top - top - 4, band.height];
  const selected = detail?.kind === 'transition' && detail.id === transition.id;
  context.fillStyle = palette['bg-raised'];
  context.globalAlpha = 0.92;
  context.beginPath();
  context.roundRect(x, y, w, h, 3);
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = selected ? palette.accent : palette['text-2'];
  context.lineWidth = selected ? 2 : 1;
  context.stroke();
  context.beginPath();
  context.moveTo(x, y + h);
  context.lineTo(x + w, y);
  context.globalAlpha = 0.5;
  context.stroke();
  context.globalAlpha = 1;
  context.font = `11px ${palette.f}`;
  const label = words.transition(transition.kind);
  context.fillStyle = palette.text;
  if (h >= 16 && cutToFit(context, label, w - 8) === label) context.fillText(label, x + 4, y + h / 2 + 4);
};

/** Whether a track is seen or heard now. */
export const isOn = (track: Track, tracks: readonly Track[]): boolean =>
  !track.muted && (track.solo || !tracks.some((other) => other.kind === track.kind && other.solo));

const drawRow = (context: CanvasRenderingContext2D, scene: Scene, row: Row, on: boolean): void => {
  const { document, palette, time, top, width } = scene;
  const y = row.y - top;
  context.fillStyle = palette.line;
  context.fillRect(0, y + row.height - 1, width, 1);
  const clips = clipsBetween(
    document,
    row.track.id,
    Math.max(0, Math.floor(time.left)),
    Math.ceil(timeAt(time, width)) + 1,
  );
  const isNarrow = (clip: Clip): boolean => clip.duration * time.scale < narrowClip;
  drawStrokes(context, scene, row, clips.filter(isNarrow));
  const wide = clips.filter((clip) => !isNarrow(clip));
  for (const clip of wide) drawClip(context, scene, row, clip);
  const transitions = new Set<Transition>();
  for (const clip of wide)
    for (const transition of [transitionAtStart(document, clip.id), transitionAtEnd(document, clip.id)])
      if (transition) transitions.add(transition);
  for (const transition of transitions) drawTransition(context, scene, row, transition);
  if (on && !row.track.locked) return;
  // What does not count at present recedes into the panel.
  context.globalAlpha = on ? 0.25 : 0.6;
  context.fillStyle = palette['bg-panel'];
  context.fillRect(0, y, width, row.height - 1);
  context.globalAlpha = 1;
};

/** Draws the rows that are on screen, and of them the clips that are. */
export const drawRows = (context: CanvasRenderingContext2D, scene: Scene): void => {
  const { rows, top, height } = scene;
  context.textBaseline = 'alphabetic';
  const tracks = rows.map(({ track }) => track);
  for (const row of rows)
    if (row.y + row.height > top && row.y < top + height) drawRow(context, scene, row, isOn(row.track, tracks));
};
