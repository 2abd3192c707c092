import type { Playback, TitleBitmap } from '../../../engine/contract/protocol/derived.ts';
import type { Title } from '../../../engine/contract/timeline/entities.ts';
import type { Media } from '../../../engine/contract/timeline/media.ts';
import type { Rational } from '../../../engine/contract/timeline/rational.ts';
import type { Picture } from '../picture.ts';

/** What a drawing shows. `lane` keeps apart what reads one media at two places at once: a clip. */
export type PictureRequest =
  | { kind: 'frame'; media: Media; time: Rational; lane: string }
  | { kind: 'still'; media: Media }
  | { kind: 'title'; title: Title; width: number; height: number };

/** A picture, and for a title where its first pixel lies in the frame. */
export type Found = { picture: Picture; x: number; y: number };

/** Why a media shows nothing: its proxy is on its way, its file is not there, or it cannot be decoded. */
export type Trouble = { trouble: 'making' | 'missing' | 'failed'; mediaId: string };

/** What is asked of the engine. */
export type PictureHost = {
  playback: (mediaId: string) => Promise<Playback>;
  mediaUrl: (mediaId: string) => string;
  titleBitmap: (title: Title, width: number, height: number) => Promise<TitleBitmap>;
};
