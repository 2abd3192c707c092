import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, Route } from 'playwright-core';
import { chromiumPath } from '../browser.ts';

/** A page of the scheme is one of this origin here: Chromium knows no foreign schemes, and takes this one for as safe as theirs. */
const stage = 'http://editor.localhost';
const origin = 'longtake://editor';

export const toStage = (url: string): string => url.replace(origin, stage);
export const fromStage = (url: string): string => url.replace(stage, origin);
export const isOnStage = (url: string): boolean => url.startsWith(`${stage}/`);

type Handler = (request: Request) => Promise<Response>;

/** Has a protocol's handler answer what a page asked for. */
export const answerRoute = async (route: Route, handler: Handler): Promise<void> => {
  const request = route.request();
  const body = request.postDataBuffer();
  const answer = await handler(
    new Request(fromStage(request.url()), {
      ...{ method: request.method(), headers: await request.allHeaders() },
      ...(body && { body: new Uint8Array(body) }),
    }),
  );
  await route
    .fulfill({
      ...{ status: answer.status, headers: Object.fromEntries(answer.headers) },
      body: Buffer.from(await answer.arrayBuffer()),
    })
    // The page may have gone meanwhile.
    .catch(() => undefined);
};

/** One Chromium for all windows of the program; the test comes to it by the debugging port that it was told. */
export const startBrowser = async (port: string): Promise<{ context: BrowserContext; close: () => Promise<void> }> => {
  const profile = mkdtempSync(path.join(tmpdir(), 'longtake-double-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...{ executablePath: chromiumPath(), viewport: { width: 1440, height: 900 } },
    args: [
      ...['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'],
      `--remote-debugging-port=${port}`,
    ],
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
};
