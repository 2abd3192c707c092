import type { Size } from '../contract/compositing/placement.ts';
import type { ExportSettings } from '../contract/export-settings.ts';
import type { Sequence } from '../contract/timeline/entities.ts';
import { toNumber } from '../contract/timeline/rational.ts';
import { usualQuality } from '../render/export/encoder-args.ts';

/**
 * Bits per pixel and frame at the codec's usual quality; halved every `half` steps of CRF where the codec has one. Measured on the demo's clips
 * (docs/decisions.md), between which it differs by up to a half either way: a talking head takes less, water and leaves take more.
 */
const rates: Record<ExportSettings['codec'], { bits: number; half?: number }> = {
  h264: { bits: 0.18, half: 5 },
  h265: { bits: 0.128, half: 6.3 },
  av1: { bits: 0.1, half: 10.4 },
  vp9: { bits: 0.138, half: 10 },
  prores: { bits: 3.7 },
  gif: { bits: 4.4 },
  png: { bits: 7.6 },
  wav: { bits: 0 },
};

/** Codecs that spend bits on what there is to see: a picture that was enlarged has less of that for each pixel. */
const enlargedBits = ({ fit, size }: ExportSettings, sequence: Size): number => {
  if (!size) return 1;
  const [across, down] = [size.width / sequence.width, size.height / sequence.height];
  const times = fit === 'crop' ? Math.max(across, down) : Math.min(across, down);
  return Math.max(1, times) ** -0.75;
};

/** Bits a second: AAC or Opus, and PCM where the container is for editing or for sound alone. */
const soundBits = ({ codec, sound }: ExportSettings): number => {
  if (codec === 'gif' || codec === 'png' || !sound) return 0;
  return codec === 'prores' || codec === 'wav' ? 2 * 24 * 48_000 : 192_000;
};

/** About how large an export will be, bytes. */
export const estimateBytes = (
  sequence: Pick<Sequence, 'frameRate' | 'width' | 'height'>,
  settings: ExportSettings,
  frames: number,
): number => {
  const { bits, half } = rates[settings.codec];
  const usual = usualQuality[settings.codec] ?? 0;
  const { width, height } = settings.size ?? sequence;
  const scale =
    half === undefined ? 1 : 2 ** ((usual - (settings.quality ?? usual)) / half) * enlargedBits(settings, sequence);
  const seconds = frames / toNumber(sequence.frameRate);
  return Math.round((bits * scale * width * height * frames + soundBits(settings) * seconds) / 8);
};
