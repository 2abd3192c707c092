import type { Size } from '../../contract/compositing/placement.ts';
import type { FrameLayer } from './frame.ts';
import type { OutputFormat } from './to-planes.ts';

/** One frame to compose and to convert for the encoder. Pictures lie in shared memory, so nothing is copied on the way. */
export type ComposeJob = { id: number; layers: FrameLayer[]; frame: Size; output: OutputFormat };

export type ComposeAnswer = { id: number; bytes: Uint8Array } | { id: number; failure: string };
