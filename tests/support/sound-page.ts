/** Runs in a page of the editor: mixes a sequence's sound as the preview does. */
import type { Snapshot } from '../../engine/contract/protocol/snapshot.ts';
import { documentOfSnapshot } from '../../engine/contract/protocol/snapshot.ts';
import { documentUrl, mediaUrl } from '../../engine/contract/protocol/urls.ts';
import { createMixer } from '../../renderer/playback/sound/mixer.ts';
import { createPictureStore } from '../../renderer/playback/sources/picture-store.ts';

/** Left samples of the stretches [frames[i], frames[i + 1]), one after the other. */
export const mixLeft = async (project: string, frames: number[]): Promise<number[]> => {
  const document = documentOfSnapshot((await (await fetch(documentUrl(project))).json()) as Snapshot);
  const [sequenceId] = document.sequences.keys();
  const store = createPictureStore({
    playback: () => Promise.resolve({ source: 'original', url: null, item: null, reasons: [] }),
    mediaUrl: (mediaId) => mediaUrl(project, mediaId),
    titleBitmap: () => Promise.reject(new Error('only sound')),
  });
  const mixer = createMixer(store.files);
  const samples: number[] = [];
  for (let i = 0; i + 1 < frames.length; i++) {
    const { left } = await mixer.mix(document, sequenceId, frames[i], frames[i + 1]);
    for (const sample of left) samples.push(sample);
  }
  mixer.close();
  store.close();
  return samples;
};
