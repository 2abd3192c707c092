import { levelsOf, lumaWeights } from '../../../engine/contract/compositing/colour.ts';
import type { Picture, PlanarPixels } from '../picture.ts';
import { createPass, createTexture, deleteTarget } from './program.ts';
import type { Target, TargetPool } from './program.ts';
import { everywhere, fromPlanes, premultiply } from './shaders.ts';

/** Pictures as textures of premultiplied bytes; the last ones used are kept. What is got is good until the next one is asked for. */
export type Uploads = { targetOf: (picture: Picture) => Target };

/** Bytes of textures that are kept: about thirty frames of full HD. */
const mostBytes = 256e6;

export const createUploads = (gl: WebGL2RenderingContext, pool: TargetPool): Uploads => {
  const convert = createPass(gl, everywhere, fromPlanes);
  const multiply = createPass(gl, everywhere, premultiply);
  const staging = [0, 1, 2, 3].map(() => createTexture(gl));
  const kept = new Map<Picture, Target>();
  let bytes = 0;

  const intoStaging = (
    at: number,
    data: Uint8Array | ImageBitmap,
    size: { width: number; height: number; stride?: number; channels: 1 | 2 | 4 },
  ): void => {
    const { width, height, stride = width * size.channels, channels } = size;
    const [inside, format] = { 1: [gl.R8, gl.RED], 2: [gl.RG8, gl.RG], 4: [gl.RGBA8, gl.RGBA] }[channels];
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, staging[at]);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, stride / channels);
    if (data instanceof Uint8Array)
      gl.texImage2D(gl.TEXTURE_2D, 0, inside, width, height, 0, format, gl.UNSIGNED_BYTE, data);
    else gl.texImage2D(gl.TEXTURE_2D, 0, inside, width, height, 0, format, gl.UNSIGNED_BYTE, data);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  };

  const drawInto = (target: Target): void => {
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.viewport(0, 0, target.width, target.height);
    gl.disable(gl.BLEND);
  };

  const planes = (pixels: PlanarPixels, target: Target): void => {
    const { data, codedWidth, codedHeight, halvedAcross, halvedDown, interleaved, range, matrix } = pixels;
    const chroma = {
      width: (codedWidth + halvedAcross) >> halvedAcross,
      height: (codedHeight + halvedDown) >> halvedDown,
    };
    pixels.planes.forEach(({ offset, stride }, at) => {
      const luma = at === 0 || at === 3;
      const size = luma ? { width: codedWidth, height: codedHeight } : chroma;
      intoStaging(at, data.subarray(offset), { ...size, stride, channels: interleaved && at === 1 ? 2 : 1 });
    });
    const { black, luma, grey, chroma: span } = levelsOf(8, range);
    const { red, blue } = lumaWeights[matrix];
    drawInto(target);
    convert({
      ...{ first: { texture: staging[0] }, second: { texture: staging[1] } },
      ...{ third: { texture: staging[2] }, fourth: { texture: staging[3] } },
      ...{ interleaved, hasAlpha: pixels.planes.length === 4, stackedAlpha: pixels.stackedAlpha, pq: pixels.pq },
      ...{ flip: pixels.flip, rotation: pixels.rotation, halved: [halvedAcross, halvedDown] },
      coded: [codedWidth, pixels.stackedAlpha ? codedHeight / 2 : codedHeight],
      ...{ levels: [black, luma, grey, span], lumaWeights: [red, blue] },
    });
  };

  const uploaded = (picture: Picture): Target => {
    const { width, height, pixels } = picture;
    const target = pool.take(width, height);
    if (pixels.kind === 'planes') planes(pixels, target);
    else if (pixels.kind === 'image' || pixels.premultiplied) {
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, target.texture);
      if (pixels.kind === 'image') gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels.image);
      else gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels.data);
    } else {
      intoStaging(0, pixels.data, { width, height, channels: 4 });
      drawInto(target);
      multiply({ picture: { texture: staging[0] } });
    }
    return target;
  };

  return {
    targetOf: (picture) => {
      const target = kept.get(picture) ?? uploaded(picture);
      if (!kept.delete(picture)) bytes += target.width * target.height * 4;
      kept.set(picture, target);
      for (const [oldest, old] of kept) {
        if (bytes <= mostBytes || oldest === picture) break;
        kept.delete(oldest);
        bytes -= old.width * old.height * 4;
        // One of the same size is wanted next, as a rule.
        if (old.width === target.width && old.height === target.height) pool.give(old);
        else deleteTarget(gl, old);
      }
      return target;
    },
  };
};
