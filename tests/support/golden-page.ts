/** Runs in a page: draws the golden vectors with the preview's compositor. */
import { placePicture } from '../../engine/contract/compositing/placement.ts';
import { createGlCompositor } from '../../renderer/playback/gl/gl-compositor.ts';
import type { Drawing, FrameLayer, Picture } from '../../renderer/playback/picture.ts';
import type { ReferenceDrawing, ReferenceLayer, ReferencePicture } from './reference-compositor.ts';

type Vectors = {
  frame: { width: number; height: number };
  pictures: Record<string, Omit<ReferencePicture, 'rgba'> & { rgba: string }>;
  cases: { layers: ReferenceLayer[] }[];
};

/** R, G, B, A of every case. */
export const drawAll = ({ frame, pictures, cases }: Vectors): number[][] => {
  const compositor = createGlCompositor(new OffscreenCanvas(frame.width, frame.height));
  const decoded = new Map(
    Object.entries(pictures).map(([name, { width, height, rgba }]): [string, Picture] => {
      const data = Uint8Array.from(atob(rgba), (letter) => letter.charCodeAt(0));
      return [name, { width, height, pixels: { kind: 'rgba', data, premultiplied: true }, bytes: data.length }];
    }),
  );
  const drawing = (one: ReferenceDrawing): Drawing => ({
    picture: decoded.get(one.picture) as Picture,
    placed: placePicture(one, pictures[one.picture], frame),
    opacity: one.opacity,
  });
  const layerOf = (layer: ReferenceLayer): FrameLayer =>
    layer.type === 'picture'
      ? { type: 'picture', drawing: drawing(layer.drawing) }
      : { ...layer, from: layer.from && drawing(layer.from), to: layer.to && drawing(layer.to) };
  return cases.map(({ layers }) => {
    compositor.show(layers.map(layerOf), frame, frame);
    return [...compositor.read()];
  });
};
