import type { MotionLatentDit } from '../models/motion-latent-dit.ts';

/** What this room needs of a loaded model. */
export type DitModel = Pick<MotionLatentDit, 'manifest' | 'encode' | 'decode' | 'denoise' | 'refine'>;
