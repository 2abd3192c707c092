import { EditRefused } from '../../engine/contract/timeline/edit-refused.ts';
import { carriesMedia, droppedMedia, mediaUnderWay } from '../ui/media-drag.ts';
import { rulerHeight } from './draw-ruler.ts';
import { snappedFrame } from './gestures/gesture.ts';
import type { Stage } from './gestures/gesture.ts';
import { placeMedia } from './place-media.ts';
import type { PlaceOptions } from './place-media.ts';
import { rowAt } from './rows.ts';
import { nearestFrame } from './time-scale.ts';

const carriesFiles = (transfer: DataTransfer | null): boolean => transfer?.types.includes('Files') ?? false;

type Options = {
  stage: () => Stage;
  /** Brings files of the system's file manager into the project. @returns ids of their media */
  copy: (files: readonly File[]) => Promise<readonly string[]>;
};

/**
 * Media of the bin, or files, that are dragged onto the clips: they come to lie where they are dropped, over what is there; with Ctrl what
 * comes later moves. Alt takes the picture alone, Shift the sound. @returns what ends it
 */
export const dropMedia = (element: HTMLElement, { stage, copy }: Options): (() => void) => {
  /** Where media would be put, and how. */
  const aim = (event: DragEvent): Omit<PlaceOptions, 'mediaIds'> => {
    const now = stage();
    const { view, sequence, rows } = now;
    const { left, top } = element.getBoundingClientRect();
    return {
      sequence,
      at: snappedFrame(now, nearestFrame(view.time, event.clientX - left)),
      track: rowAt(rows, event.clientY - top - rulerHeight + view.top)?.track,
      mode: event.ctrlKey || event.metaKey ? 'insert' : 'overwrite',
      parts: event.altKey ? 'picture' : event.shiftKey ? 'sound' : 'both',
    };
  };

  const over = (event: DragEvent): void => {
    const { dataTransfer } = event;
    if (!dataTransfer || !(carriesMedia(dataTransfer) || carriesFiles(dataTransfer))) return;
    event.preventDefault();
    const { editor, view } = stage();
    const aimed = aim(event);
    dataTransfer.dropEffect = 'copy';
    view.ghost = null;
    if (carriesFiles(dataTransfer)) {
      // How long they are is not known yet: a line is all that can be shown.
      view.bladeAt = aimed.at;
      return;
    }
    try {
      const placing = placeMedia(editor.view.document, { ...aimed, mediaIds: mediaUnderWay() });
      view.ghost = { ...placing, insert: aimed.mode === 'insert' };
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error;
      dataTransfer.dropEffect = 'none';
    }
  };
  const leave = (): void => {
    const { view } = stage();
    view.ghost = null;
    view.snapAt = null;
    view.bladeAt = null;
  };
  const place = async (aimed: Omit<PlaceOptions, 'mediaIds'>, mediaIds: readonly string[]): Promise<void> => {
    const { editor } = stage();
    const { operations, clipIds } = placeMedia(editor.view.document, { ...aimed, mediaIds });
    if (operations.length === 0) return;
    await editor.store.edit('batch', { operations });
    editor.select(clipIds);
  };
  const drop = (event: DragEvent): void => {
    const { dataTransfer } = event;
    if (!dataTransfer || !(carriesMedia(dataTransfer) || carriesFiles(dataTransfer))) return;
    event.preventDefault();
    const aimed = aim(event);
    const { fail } = stage();
    const media = carriesMedia(dataTransfer)
      ? Promise.resolve(droppedMedia(dataTransfer))
      : copy([...dataTransfer.files]);
    leave();
    media.then((ids) => place(aimed, ids)).catch(fail);
  };

  const listeners = { dragenter: over, dragover: over, dragleave: leave, drop };
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
  return () => {
    for (const [name, listener] of Object.entries(listeners))
      element.removeEventListener(name, listener as EventListener);
  };
};
