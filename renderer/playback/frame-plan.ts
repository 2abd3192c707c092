import { weightOf } from '../../engine/contract/compositing/blending.ts';
import { coversFrame, placePart, placePicture } from '../../engine/contract/compositing/placement.ts';
import type { Placed, Size } from '../../engine/contract/compositing/placement.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { layersAt } from '../../engine/contract/timeline/layers.ts';
import type { PictureLayer } from '../../engine/contract/timeline/layers.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import type { Drawing, FrameLayer } from './picture.ts';
import { resampled } from './placed.ts';
import type { Found, PictureRequest } from './sources/picture-source.ts';

/** A drawing whose pixels are still to be had. `placed` speaks of the whole source picture, or of the frame for a title. */
export type Planned = { request: PictureRequest; whole: Size; placed: Placed; opacity: number; opaque: boolean };

export type FramePlan = { size: Size; layers: FrameLayer<Planned>[] };

const hides = ({ placed, opacity, opaque }: Planned, frame: Size): boolean =>
  opaque && weightOf(opacity) === 256 && coversFrame(placed, frame);

const layerHides = (layer: FrameLayer<Planned>, frame: Size): boolean =>
  layer.type === 'picture'
    ? hides(layer.drawing, frame)
    : layer.from !== null && layer.to !== null && hides(layer.from, frame) && hides(layer.to, frame);

const plannedOf = (document: Document, layer: PictureLayer | null, frame: Size): Planned | null => {
  if (!layer) return null;
  const { source, opacity } = layer;
  if ('title' in source) {
    const whole = { width: frame.width, height: frame.height };
    const placed = placePicture(layer, { ...whole, sampleAspect: { num: 1, den: 1 } }, frame);
    return { request: { kind: 'title', title: source.title, ...whole }, whole, placed, opacity, opaque: false };
  }
  const media = document.media.get(source.mediaId);
  if (!media?.picture) return null;
  const { width, height, alpha } = media.picture;
  const still = media.kind === 'still';
  return {
    request: still ? { kind: 'still', media } : { kind: 'frame', media, time: source.time, lane: layer.clipId },
    whole: { width, height },
    placed: placePicture(layer, media.picture, frame),
    ...{ opacity, opaque: !alpha },
  };
};

/** What has to be drawn for a frame, bottom first, without what is hidden. @throws RangeError for a sequence that is not there */
export const planFrame = (document: Document, sequenceId: string, frame: number): FramePlan => {
  const sequence = document.sequences.get(sequenceId);
  if (!sequence) throw new RangeError(`plan: no sequence ${sequenceId}`);
  const size = { width: sequence.width, height: sequence.height };
  const layers: FrameLayer<Planned>[] = [];
  for (const layer of layersAt(document, sequenceId, frame)) {
    if (layer.type === 'picture') {
      const drawing = layer.picture.opacity > 0 ? plannedOf(document, layer.picture, size) : null;
      if (drawing) layers.push({ type: 'picture', drawing });
      continue;
    }
    const { kind, colour, direction, softness, progress } = layer;
    const [from, to] = [plannedOf(document, layer.from, size), plannedOf(document, layer.to, size)];
    layers.push({ type: 'transition', from, to, kind, colour, direction, softness, progress: toNumber(progress) });
  }
  const lowest = layers.findLastIndex((layer) => layerHides(layer, size));
  return { size, layers: layers.slice(Math.max(0, lowest)) };
};

export const requestsOf = ({ layers }: FramePlan): PictureRequest[] =>
  layers
    .flatMap((layer) => (layer.type === 'picture' ? [layer.drawing] : [layer.from, layer.to]))
    .filter((drawing) => drawing !== null)
    .map(({ request }) => request);

/** The placement for what was found: a proxy has other samples than its source, a title's bitmap is a part of the frame. */
const placedFor = ({ request, whole, placed }: Planned, { picture, x, y }: Found): Placed => {
  if (request.kind === 'title') return placePart(placed, { x, y, width: picture.width, height: picture.height });
  return resampled(placed, whole.width / picture.width, whole.height / picture.height);
};

/** Layers to draw; what is in trouble (undefined) is left out. */
export const layersOf = (
  { layers }: FramePlan,
  foundFor: (request: PictureRequest) => Found | undefined,
): FrameLayer[] => {
  const drawingOf = (planned: Planned | null): Drawing | null => {
    const found = planned && foundFor(planned.request);
    return found ? { picture: found.picture, placed: placedFor(planned, found), opacity: planned.opacity } : null;
  };
  return layers.flatMap((layer): FrameLayer[] => {
    if (layer.type === 'transition') return [{ ...layer, from: drawingOf(layer.from), to: drawingOf(layer.to) }];
    const drawing = drawingOf(layer.drawing);
    return drawing ? [{ type: 'picture', drawing }] : [];
  });
};
