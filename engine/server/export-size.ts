import type { ExportSettings } from '../contract/export-settings.ts';
import type { Sequence } from '../contract/timeline/entities.ts';
import { toNumber } from '../contract/timeline/rational.ts';
import { usualQuality } from '../render/export/encoder-args.ts';

/**
 * Bits per pixel and frame of usual live footage at the codec's usual quality; halved every `half` steps of CRF where the codec has one. A
 * guess: a talking head takes a third of it, water and leaves three times as much.
 */
const rates: Record<ExportSettings['codec'], { bits: number; half?: number }> = {
  h264: { bits: 0.11, half: 6 },
  h265: { bits: 0.06, half: 6 },
  av1: { bits: 0.05, half: 10 },
  vp9: { bits: 0.06, half: 10 },
  prores: { bits: 3.5 },
  gif: { bits: 3 },
  png: { bits: 12 },
  wav: { bits: 0 },
};

/** Bits a second: AAC or Opus, and PCM where the container is for editing or for sound alone. */
const soundBits = ({ codec, sound }: ExportSettings): number => {
  if (codec === 'gif' || codec === 'png' || !sound) return 0;
  return codec === 'prores' || codec === 'wav' ? 2 * 24 * 48_000 : 192_000;
};

/** About how large an export will be, bytes. */
export const estimateBytes = (sequence: Sequence, settings: ExportSettings, frames: number): number => {
  const { bits, half } = rates[settings.codec];
  const usual = usualQuality[settings.codec] ?? 0;
  const { width, height } = settings.size ?? sequence;
  const scale = half === undefined ? 1 : 2 ** ((usual - (settings.quality ?? usual)) / half);
  const seconds = frames / toNumber(sequence.frameRate);
  return Math.round((bits * scale * width * height * frames + soundBits(settings) * seconds) / 8);
};
