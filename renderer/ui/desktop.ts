import type { DesktopBridge } from './desktop-bridge.ts';

/** The desktop shell around this window; undefined in a browser. */
export const desktop = (globalThis as { longtake?: DesktopBridge }).longtake;
