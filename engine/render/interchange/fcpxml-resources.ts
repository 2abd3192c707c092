import type { Sequence } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { divide, one, rational, toNumber } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { numberedPath } from '../resolve-media.ts';
import { fileUrl } from './file-url.ts';
import type { Losses } from './interchange.ts';
import { element } from './xml.ts';
import type { Xml } from './xml.ts';

/** Finest step of times whose denominator the format cannot hold. */
const finest = 90000;

/** Seconds as FCPXML writes them; a denominator has 32 bits there. */
export const timeText = (seconds: Rational): string => {
  const { num, den } = seconds.den < 2 ** 31 ? seconds : rational(Math.round(toNumber(seconds) * finest), finest);
  return den === 1 ? `${num}s` : `${num}/${den}s`;
};

const basicTitle = '.../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti';
const crossDissolve = 'FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265';

export type Resources = {
  format: (sequence: Sequence) => string;
  asset: (media: Media) => string;
  title: () => string;
  dissolve: () => string;
  elements: () => Xml[];
};

/** The list of what a project refers to; each thing is listed once, when it is first asked for. */
export const createResources = (losses: Losses): Resources => {
  const listed = new Map<string, { id: string; made: Xml }>();
  const list = (key: string, make: (id: string) => Xml): string => {
    const known = listed.get(key);
    if (known) return known.id;
    const id = `r${listed.size + 1}`;
    // A resource may ask for others while it is made; its number is its own before that.
    const entry = { id, made: element('format') };
    listed.set(key, entry);
    entry.made = make(id);
    return id;
  };
  const format = (width: number, height: number, rate: Rational | null, sampleAspect: Rational): string =>
    list(JSON.stringify([width, height, rate, sampleAspect]), (id) =>
      element('format', {
        id,
        name: rate ? undefined : 'FFVideoFormatRateUndefined',
        frameDuration: rate ? timeText(divide(one, rate)) : undefined,
        width: String(width),
        height: String(height),
        paspH: sampleAspect.num === sampleAspect.den ? undefined : String(sampleAspect.num),
        paspV: sampleAspect.num === sampleAspect.den ? undefined : String(sampleAspect.den),
        colorSpace: rate ? '1-1-1 (Rec. 709)' : undefined,
      }),
    );
  return {
    format: ({ width, height, frameRate }) => format(width, height, frameRate, one),
    asset: (media) =>
      list(media.id, (id) => {
        const { picture, sound } = media;
        if (media.kind === 'images') losses.add('Numbered pictures are named by the first of them', media.name);
        const source = media.kind === 'images' ? numberedPath(media.path, media.firstNumber ?? 0) : media.path;
        return element(
          'asset',
          {
            id,
            name: media.name,
            start: '0s',
            duration: timeText(assetSeconds(media)),
            hasVideo: picture ? '1' : undefined,
            format: picture
              ? format(picture.width, picture.height, picture.frameRate, picture.sampleAspect)
              : undefined,
            hasAudio: sound ? '1' : undefined,
            audioSources: sound ? '1' : undefined,
            audioChannels: sound ? String(sound.channels) : undefined,
            audioRate: sound ? String(sound.sampleRate) : undefined,
          },
          [element('media-rep', { kind: 'original-media', src: fileUrl(source) })],
        );
      }),
    title: () => list('title', (id) => element('effect', { id, name: 'Basic Title', uid: basicTitle })),
    dissolve: () => list('dissolve', (id) => element('effect', { id, name: 'Cross Dissolve', uid: crossDissolve })),
    elements: () => [...listed.values()].map(({ made }) => made),
  };
};

/** Seconds that an asset lasts; a still has no length. */
export const assetSeconds = ({ picture, sound }: Media): Rational => {
  if (picture) return picture.duration ?? rational(0);
  return sound ? rational(sound.samples, sound.sampleRate) : rational(0);
};
