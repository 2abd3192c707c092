/** Runs in a page of the editor: decodes a film as fast as it can, without showing it. */
import { ALL_FORMATS, Input, UrlSource, VideoSampleSink } from 'mediabunny';
import { mediaUrl } from '../../engine/contract/protocol/urls.ts';

/** Frames a second, from the first frame on, of at most so many frames. */
export const decodeAlone = async (project: string, mediaId: string, most: number): Promise<number> => {
  const source = new UrlSource(new URL(mediaUrl(project, mediaId), location.origin));
  const input = new Input({ formats: ALL_FORMATS, source });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('no picture');
  let frames = 0;
  let from = 0;
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.close();
    // What it takes to begin is not its speed.
    if (frames === 0) from = performance.now();
    frames += 1;
    if (frames > most) break;
  }
  const seconds = (performance.now() - from) / 1000;
  input.dispose();
  return (frames - 1) / seconds;
};
