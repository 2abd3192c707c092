import type { Title } from '../../contract/timeline/entities.ts';
import { titleSchema } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { patternOf } from '../../contract/timeline/picture-pattern.ts';
import { fileUrl, pathOfUrl } from './file-url.ts';
import { longtakeWords, otioNode, schemaOf } from './otio-nodes.ts';
import type { OtioNode } from './otio-nodes.ts';
import { referenceMetadataSchema, titleGenerator } from './otio-longtake.ts';
import type { TimelineMetadata } from './otio-longtake.ts';

/** A media file that a timeline asks for; who opens the timeline finds it. */
export type WantedMedia = {
  /** Stands as `mediaId` in the read clips until the media is found. */
  id: string;
  name: string;
  /** Absolute or from the timeline file's folder; for numbered pictures an ffmpeg pattern. Null when it lies on another machine. */
  path: string | null;
  /** Numbered pictures: the first number. */
  firstNumber: number | null;
  /** What Longtake knew of it when it wrote the timeline; null when that is missing or another program changed the path. */
  record: Omit<Media, 'id' | 'binId'> | null;
};

export type MediaShelf = {
  /** What the clip's active reference names: a media, a title, or a sentence's beginning that says why neither. */
  referenced: (clip: OtioNode, where: string) => { media: WantedMedia } | { title: Title } | { missing: string };
  all: () => WantedMedia[];
};

/** Gathers the media of a timeline; each is wanted once, however many clips use it. */
export const createMediaShelf = (records: TimelineMetadata['media'], newId: () => string): MediaShelf => {
  const wanted = new Map<string, WantedMedia>();
  const want = (node: OtioNode, path: string | null, firstNumber: number | null): WantedMedia => {
    const key = longtakeWords(referenceMetadataSchema, node)?.key;
    const known = key !== undefined && Object.hasOwn(records, key) ? records[key] : undefined;
    // A URL has only slashes, whatever the path had.
    const same = known && path !== null && fileUrl(known.path) === fileUrl(path);
    const record = same ? known : null;
    const identity = JSON.stringify(record ? [key] : [path, firstNumber, path === null ? node.name : '']);
    const media = wanted.get(identity) ?? {
      id: newId(),
      name: (record?.name ?? (node.name || path?.split(/[\\/]/).at(-1) || 'media')).slice(0, 1000),
      path,
      firstNumber,
      record,
    };
    wanted.set(identity, media);
    return media;
  };
  return {
    all: () => [...wanted.values()],
    referenced: (clip, where) => {
      const active = clip.active_media_reference_key ?? 'DEFAULT_MEDIA';
      const references = clip.media_references ?? {};
      const value = Object.hasOwn(references, active) ? references[active] : clip.media_reference;
      if (value === undefined || value === null) return { missing: 'A clip without media is left out' };
      const node = otioNode(value, `the media of ${where}`);
      switch (schemaOf(node)) {
        case 'ExternalReference':
          return { media: want(node, pathOfUrl(node.target_url ?? ''), null) };
        case 'ImageSequenceReference':
          return { media: want(node, picturePattern(node), node.start_frame ?? 0) };
        case 'GeneratorReference': {
          const title = titleSchema.safeParse(node.parameters).data;
          if (node.generator_kind === titleGenerator && title) return { title };
          return { missing: 'A generator that Longtake does not know is left out' };
        }
        case 'MissingReference':
          return { missing: 'A clip without media is left out' };
        default:
          return { missing: `A clip of ${schemaOf(node)} is left out` };
      }
    },
  };
};

const picturePattern = ({ target_url_base, name_prefix, name_suffix, frame_zero_padding }: OtioNode): string | null => {
  const folder = pathOfUrl(target_url_base ?? '');
  if (folder === null) return null;
  return patternOf({
    folder: /[\\/]$/.test(folder) ? folder : `${folder}/`,
    prefix: name_prefix ?? '',
    digits: frame_zero_padding ?? 0,
    suffix: name_suffix ?? '',
  });
};
