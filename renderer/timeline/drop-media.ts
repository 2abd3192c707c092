import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import { snapCandidates } from '../../engine/contract/timeline/snapping.ts';
import { carriesMedia, droppedMedia, mediaUnderWay } from '../ui/media-drag.ts';
import { rulerHeight } from './draw-ruler.ts';
import { moreToSnapTo, snapped } from './gestures/gesture.ts';
import type { Stage } from './gestures/gesture.ts';
import { placeMedia } from './place-media.ts';
import type { Placing } from './place-media.ts';
import { rowAt } from './rows.ts';
import { nearestFrame } from './time-scale.ts';

/**
 * Media that are dragged onto the clips: they come to lie where they are dropped, over what is there; with Ctrl what comes later moves.
 * Alt takes the picture alone, Shift the sound. @returns what ends it
 */
export const dropMedia = (element: HTMLElement, stage: () => Stage): (() => void) => {
  const placed = (event: DragEvent, mediaIds: readonly string[]): Placing | undefined => {
    const now = stage();
    const { editor, view, sequence, rows } = now;
    const { left, top } = element.getBoundingClientRect();
    const row = rowAt(rows, event.clientY - top - rulerHeight + view.top);
    const frame = nearestFrame(view.time, event.clientX - left);
    const candidates = snapCandidates(editor.view.document, sequence.id, {
      except: new Set(),
      more: moreToSnapTo(now),
    });
    const at = frame + snapped(now, candidates, [frame], 0);
    const mode = event.ctrlKey || event.metaKey ? 'insert' : 'overwrite';
    const parts = event.altKey ? 'picture' : event.shiftKey ? 'sound' : 'both';
    return placeMedia(editor.view.document, { sequence, mediaIds, at, mode, track: row?.track, parts });
  };

  const over = (event: DragEvent): void => {
    if (!carriesMedia(event.dataTransfer) || !event.dataTransfer) return;
    event.preventDefault();
    const { view } = stage();
    try {
      const placing = placed(event, mediaUnderWay());
      event.dataTransfer.dropEffect = 'copy';
      view.ghost = placing ? { ...placing, insert: event.ctrlKey || event.metaKey } : null;
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error;
      event.dataTransfer.dropEffect = 'none';
      view.ghost = null;
    }
  };
  const leave = (): void => {
    const { view } = stage();
    view.ghost = null;
    view.snapAt = null;
  };
  const drop = (event: DragEvent): void => {
    if (!carriesMedia(event.dataTransfer) || !event.dataTransfer) return;
    event.preventDefault();
    const { editor, fail } = stage();
    const place = async (mediaIds: readonly string[]): Promise<void> => {
      const placing = placed(event, mediaIds);
      if (!placing || placing.operations.length === 0) return;
      await editor.store.edit('batch', { operations: placing.operations });
      editor.select(placing.clipIds);
    };
    place(droppedMedia(event.dataTransfer)).catch(fail).finally(leave);
  };

  const listeners = { dragenter: over, dragover: over, dragleave: leave, drop };
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
  return () => {
    for (const [name, listener] of Object.entries(listeners))
      element.removeEventListener(name, listener as EventListener);
  };
};
