/** The viewer of an open editor, as tests look at it. */
import type { Locator, Page } from 'playwright-core';
import { readFrame } from '../e2e/numbered-clips.ts';
import type { SeenFrame } from '../e2e/numbered-clips.ts';

export type ViewerPage = {
  canvas: () => Locator;
  /** Waits until the canvas shows a frame and nothing newer is on its way. */
  shows: (frame: number) => Promise<void>;
  /** R, G, B, A of the canvas. */
  pixels: () => Promise<{ width: number; height: number; data: Uint8Array }>;
  /** What a numbered clip on the canvas says that it is. */
  seen: () => Promise<SeenFrame>;
  timecode: () => Locator;
  goTo: (frame: number, perSecond?: number) => Promise<void>;
};

export const viewerOf = (page: Page): ViewerPage => {
  const canvas = (): Locator => page.locator('canvas[data-frame]');
  const shows = (frame: number): Promise<void> =>
    page.locator(`[role="img"][aria-busy="false"] canvas[data-frame="${frame}"]`).waitFor({ timeout: 30_000 });
  const pixels = async (): Promise<{ width: number; height: number; data: Uint8Array }> => {
    const { width, height, base64 } = await page.evaluate<{ width: number; height: number; base64: string }>(`(() => {
      const canvas = document.querySelector('canvas[data-frame]');
      const flat = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
      flat.drawImage(canvas, 0, 0);
      const { data } = flat.getImageData(0, 0, canvas.width, canvas.height);
      let text = '';
      for (let i = 0; i < data.length; i += 4096) text += String.fromCharCode(...data.subarray(i, i + 4096));
      return { width: canvas.width, height: canvas.height, base64: btoa(text) };
    })()`);
    return { width, height, data: Buffer.from(base64, 'base64') };
  };
  const timecode = (): Locator => page.getByLabel('Timecode of the playhead');
  return {
    ...{ canvas, shows, pixels, timecode },
    seen: async () => {
      const { width, height, data } = await pixels();
      return readFrame(
        data.filter((_, i) => i % 4 === 1),
        width,
        height,
      );
    },
    goTo: async (frame, perSecond = 24) => {
      const two = (value: number): string => String(value).padStart(2, '0');
      await timecode().fill(`00:00:${two(Math.floor(frame / perSecond))}:${two(frame % perSecond)}`);
      await timecode().press('Enter');
      await shows(frame);
    },
  };
};

/** Peak signal to noise over R, G and B of R, G, B, A bytes, decibels. */
export const pixelPsnr = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error(`psnr: ${a.length} and ${b.length} bytes`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += (a[i] - b[i]) ** 2;
  return sum === 0 ? Infinity : 10 * Math.log10((255 ** 2 * a.length * 0.75) / sum);
};

/** To be given to `addInitScript`: `window.heard` is the loudness (root mean square) of every stretch of sound that is started. */
export const listenScript = `(() => {
  window.heard = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...words) {
    const samples = this.buffer.getChannelData(0);
    window.heard.push(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length));
    return start.apply(this, words);
  };
})()`;

/** To be given to `addInitScript`: the viewer draws by WebGL, as on a machine with a graphics card, though the processor makes it up. */
export const graphicsCardScript = `(() => {
  const ask = WebGL2RenderingContext.prototype.getParameter;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    const { UNMASKED_RENDERER_WEBGL } = this.getExtension('WEBGL_debug_renderer_info') ?? {};
    return name === UNMASKED_RENDERER_WEBGL ? 'As if there were a card' : ask.call(this, name);
  };
})()`;
