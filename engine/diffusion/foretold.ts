import type { Image } from '../frames/image.ts';
import { createImage } from '../frames/image.ts';
import { warp } from '../frames/warp.ts';
import { blockMeans, inside } from './fields.ts';
import type { FlowOf, KnownFrame } from './prior.ts';

/** exp(−(mean |difference| / 0.1)²) of each latent cell, [1,h,w]. */
const trustOf = (picture: Image, shown: Image): Image => {
  const count = picture.width * picture.height;
  const difference = createImage(1, picture.width, picture.height);
  for (let i = 0; i < 3 * count; i++) difference.data[i % count] += Math.abs(picture.data[i] - shown.data[i]) / 3;
  const means = blockMeans(difference);
  return { ...means, data: means.data.map((e) => Math.exp(-((e / 0.1) ** 2))) };
};

/** How well a reference seen along a flow shows a picture, with the share of each cell that lies within the reference. */
export const trustAlong = (picture: Image, reference: Image, flow: Image): Image => {
  const trust = trustOf(picture, warp(reference, flow));
  const within = blockMeans(inside(flow)).data;
  return { ...trust, data: trust.data.map((v, i) => v * within[i]) };
};

/**
 * How well the nearest known frame of each side could have been foretold from the two beyond it, as 2·trust − 1: by their motion carried on
 * (before, after), by standing still (before, after); 0 where there are no two. Sides are nearest first.
 */
export const foretold = (before: KnownFrame[], after: KnownFrame[], flowOf: FlowOf): Image => {
  const like = (before[0] ?? after[0]).picture;
  const out = createImage(4, like.width / 8, like.height / 8);
  const count = out.width * out.height;
  for (const [side, [near, next, far]] of [before, after].entries()) {
    if (near === undefined || next === undefined || far === undefined) continue;
    const carried = trustOf(near.picture, warp(next.picture, flowOf(next.picture, far.picture)));
    const held = trustOf(near.picture, next.picture);
    for (let i = 0; i < count; i++) {
      out.data[side * count + i] = 2 * carried.data[i] - 1;
      out.data[(2 + side) * count + i] = 2 * held.data[i] - 1;
    }
  }
  return out;
};
