/** Files as a browser has them when they are dropped on it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { JSHandle, Locator, Page } from 'playwright-core';

const typeOf = (file: string): string => (file.endsWith('.png') ? 'image/png' : 'video/mp4');

const transferOf = (page: Page, files: readonly string[]): Promise<JSHandle<DataTransfer>> =>
  page.evaluateHandle(
    (list) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of list)
        transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
      return transfer;
    },
    files.map((file) => ({
      ...{ name: path.basename(file), type: typeOf(file) },
      base64: readFileSync(file).toString('base64'),
    })),
  );

/** Drops files, PNG or MP4, where a person would let go of them. */
export const dropFiles = async (page: Page, zone: Locator, files: readonly string[]): Promise<void> =>
  zone.dispatchEvent('drop', { dataTransfer: await transferOf(page, files) });
