import type { Size } from '../../engine/contract/compositing/placement.ts';
import { createGlCompositor } from './gl/gl-compositor.ts';
import { hasGraphicsCard } from './graphics-card.ts';
import type { FrameLayer } from './picture.ts';
import { createSoftwareCompositor } from './software/software-compositor.ts';

/** Draws frames as engine/contract/compositing says. */
export type Compositor = {
  /**
   * Composes layers, bottom first, and shows them on the canvas over black.
   * @param frame in which the layers are placed, pixels
   * @param shown of the canvas: the same, or smaller for a quicker picture
   */
  show: (layers: FrameLayer[], frame: Size, shown: Size) => void;
  /** Does ahead what of a frame can be done ahead. */
  prepare: (layers: FrameLayer[], frame: Size, shown: Size) => void;
};

export type Surface = HTMLCanvasElement | OffscreenCanvas;

/** @throws Error where nothing can be drawn */
export const createCompositor = (canvas: Surface): Compositor => {
  if (!hasGraphicsCard()) return createSoftwareCompositor(canvas);
  try {
    return createGlCompositor(canvas);
  } catch {
    return createSoftwareCompositor(canvas);
  }
};
