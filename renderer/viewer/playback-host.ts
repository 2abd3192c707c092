import { mediaUrl } from '../../engine/contract/protocol/urls.ts';
import type { EngineClient } from '../document/engine-client.ts';
import type { PictureHost } from '../playback/sources/picture-source.ts';

/** What pictures and sounds of a project are played from, by the engine's word. */
export const derivedPlaybackHost = (client: EngineClient, project: string): PictureHost => ({
  playback: (mediaId) => client.call('derived.playback', { project, mediaId }),
  mediaUrl: (mediaId) => mediaUrl(project, mediaId),
  titleBitmap: (title, width, height) => client.call('titles.bitmap', { title, width, height }),
});
