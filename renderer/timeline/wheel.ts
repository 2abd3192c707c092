import type { TimelineView } from './timeline-view.svelte.ts';

const pixelsOf = (delta: number, { deltaMode }: WheelEvent): number =>
  deltaMode === WheelEvent.DOM_DELTA_PIXEL ? delta : delta * 16;

/**
 * The wheel over an element: with Ctrl, Alt or a pinch it zooms about the pointer; else it pans, sideways with Shift and where there are no
 * rows to scroll to. @returns what ends it
 */
export const wheel = (element: HTMLElement, view: TimelineView): (() => void) => {
  const turned = (event: WheelEvent): void => {
    event.preventDefault();
    const [x, y] = [pixelsOf(event.deltaX, event), pixelsOf(event.deltaY, event)];
    if (event.ctrlKey || event.altKey || event.metaKey) {
      view.zoom(Math.exp(-(y || x) / 240), event.clientX - element.getBoundingClientRect().left);
      return;
    }
    const sideways = event.shiftKey || (x === 0 && !view.rowsOverflow);
    if (sideways) view.pan(x || y, 0);
    else view.pan(x, y);
  };
  // Not passive: the page must neither zoom nor scroll.
  element.addEventListener('wheel', turned, { passive: false });
  return () => element.removeEventListener('wheel', turned);
};
