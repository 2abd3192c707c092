import type { VideoSample } from 'mediabunny';
import type { Matrix } from '../../../engine/contract/compositing/colour.ts';
import type { Picture, PlanarPixels } from '../picture.ts';

/** Chroma halved across and down, by WebCodecs' names of 8-bit formats; all have Y, Cb, Cr in planes, or Cb and Cr in one. */
const layouts: Partial<Record<string, { halvedAcross: 0 | 1; halvedDown: 0 | 1; interleaved: boolean }>> = {
  I420: { halvedAcross: 1, halvedDown: 1, interleaved: false },
  I420A: { halvedAcross: 1, halvedDown: 1, interleaved: false },
  NV12: { halvedAcross: 1, halvedDown: 1, interleaved: true },
  I422: { halvedAcross: 1, halvedDown: 0, interleaved: false },
  I422A: { halvedAcross: 1, halvedDown: 0, interleaved: false },
  I444: { halvedAcross: 0, halvedDown: 0, interleaved: false },
  I444A: { halvedAcross: 0, halvedDown: 0, interleaved: false },
};

/** Untagged: BT.709 from 720 lines up, else BT.601, as the engine reads it. Browsers call every untagged frame BT.709. */
const matrixOf = (matrix: string | null | undefined, lines: number): Matrix => {
  if (!matrix || matrix === 'rgb') return lines >= 720 ? 'bt709' : 'bt601';
  if (matrix.startsWith('bt2020')) return 'bt2020';
  return matrix === 'bt709' ? 'bt709' : 'bt601';
};

const withTransfer = (transfer: string | null): boolean => transfer === 'pq' || transfer === 'smpte2084';

export type CopyOptions = {
  stackedAlpha: boolean;
  /** How the file says that its colours are to be read. */
  told: VideoColorSpaceInit;
  /** Of the source's own frames: says how an untagged picture is read, also through a proxy of another size. */
  lines: number;
};

/** A frame's pixels, copied, so that the decoder has its own back. The sample stays the caller's to close. */
export const copySample = async (sample: VideoSample, { stackedAlpha, told, lines }: CopyOptions): Promise<Picture> => {
  const { width: codedWidth, height: codedHeight } = sample.visibleRect;
  const tall = stackedAlpha ? codedHeight / 2 : codedHeight;
  const upright = sample.rotation % 180 === 0;
  const [width, height] = upright ? [codedWidth, tall] : [tall, codedWidth];
  const layout = layouts[sample.format ?? ''];
  if (!layout) {
    const data = new Uint8Array(sample.allocationSize({ format: 'RGBA' }));
    await sample.copyTo(data, { format: 'RGBA' });
    return {
      width: codedWidth,
      height: codedHeight,
      pixels: { kind: 'rgba', data, premultiplied: false },
      bytes: data.length,
    };
  }
  const data = new Uint8Array(sample.allocationSize());
  const planes = await sample.copyTo(data);
  const { fullRange, transfer } = sample.colorSpace;
  const pixels: PlanarPixels = {
    ...{
      kind: 'planes',
      data,
      planes: planes.map(({ offset, stride }) => ({ offset, stride })),
      ...layout,
      stackedAlpha,
    },
    ...{ matrix: matrixOf(told.matrix, lines), range: fullRange ? 'full' : 'limited', pq: withTransfer(transfer) },
    ...{ codedWidth, codedHeight, rotation: sample.rotation, flip: sample.flip },
  };
  return { width, height, pixels, bytes: data.length };
};
