import type { LayerOf } from '../../engine/contract/compositing/layer-of.ts';
import type { Matrix } from '../../engine/contract/compositing/colour.ts';
import type { Placed } from '../../engine/contract/compositing/placement.ts';

/** One plane of code values of 8 bits: `offset` and `stride` in bytes. */
export type Plane = { offset: number; stride: number };

/** A decoded frame in its own encoding, as the decoder laid it down. */
export type PlanarPixels = {
  kind: 'planes';
  data: Uint8Array;
  /** Y, Cb, Cr and perhaps A; or Y and Cb with Cr interleaved. */
  planes: Plane[];
  interleaved: boolean;
  /** Chroma is halved across, down: 1, else 0. */
  halvedAcross: 0 | 1;
  halvedDown: 0 | 1;
  matrix: Matrix;
  range: 'limited' | 'full';
  pq: boolean;
  /** The lower half is the alpha of the upper one (proxy-alpha.mp4). */
  stackedAlpha: boolean;
  /** Of the coded frame; the picture is turned clockwise, then mirrored. */
  codedWidth: number;
  codedHeight: number;
  rotation: 0 | 90 | 180 | 270;
  flip: boolean;
};

/** R, G, B, A bytes; `premultiplied` or not. */
export type PlainPixels = { kind: 'rgba'; data: Uint8Array; premultiplied: boolean };
/** Premultiplied. */
export type ImagePixels = { kind: 'image'; image: ImageBitmap };

/** A picture that can be drawn; the object itself is what caches know it by. */
export type Picture = {
  /** Upright, samples. */
  width: number;
  height: number;
  pixels: PlanarPixels | PlainPixels | ImagePixels;
  /** Of memory. */
  bytes: number;
};

/** A picture in its place; `placed` speaks of the picture's own samples. */
export type Drawing = { picture: Picture; placed: Placed; opacity: number };

/** What lies on one track: `from` and `to` are null where nothing is. */
export type FrameLayer<D = Drawing> = LayerOf<D>;
