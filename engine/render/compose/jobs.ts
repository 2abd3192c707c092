import type { Size } from '../../contract/compositing/placement.ts';
import type { FrameLayer } from './frame.ts';
import type { OutputFormat } from './to-planes.ts';

/**
 * One frame to compose and to convert for the encoder. Stills and titles lie in shared memory. Frames of clips are copied on the way: shared
 * memory is not counted by a thread's garbage collector, and a thread that sees a new piece of it every frame would hold on to thousands.
 */
export type ComposeJob = { id: number; layers: FrameLayer[]; frame: Size; output: OutputFormat };

export type ComposeAnswer = { id: number; bytes: Uint8Array } | { id: number; failure: string };
