import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import type { Change } from '../../engine/contract/timeline/change.ts';
import { emptyDocument } from '../../engine/contract/timeline/document.ts';
import { newTrack } from '../../engine/contract/timeline/operations/sequences.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { contentOf } from '../../engine/projects/difference.ts';
import { newId } from '../../engine/projects/ids.ts';
import { connect, makeEmpty } from '../../engine/projects/open-file.ts';
import { changeWriter } from '../../engine/projects/write-changes.ts';
import { madeUpClip, madeUpMedia } from './random-sequence.ts';

export const clipFrames = 50;
const framesEach = clipFrames * 4;

/** Writes changes into a project's file as if they had always been there: no history. */
export const writeContent = (file: string, changes: readonly Change[]): void => {
  makeEmpty(file);
  const db = connect(file, false);
  db.transaction(() => changeWriter(db)(contentOf(applyChanges(emptyDocument, changes))))();
  db.close();
};

/**
 * A sequence whose tracks (half video, half audio, linked in pairs) are full of clips of 50 frames, each with handles, with `gap` frames
 * between them; every tenth picture moves.
 */
export const fullSequence = ({ clips, tracks, gap = 10 }: { clips: number; tracks: number; gap?: number }) => {
  const sequence = {
    ...{ id: newId(), name: 'Film', frameRate: rational(25), width: 1920, height: 1080 },
    ...{ startTimecode: 0, dropFrame: false },
  };
  const media = Array.from({ length: 200 }, (_, i) =>
    madeUpMedia(newId(), 'video', `shot-${i}.mov`, { frames: framesEach }),
  );
  const half = tracks / 2;
  const video = Array.from({ length: half }, (_, order) => newTrack(newId(), sequence.id, 'video', order));
  const audio = Array.from({ length: half }, (_, order) => newTrack(newId(), sequence.id, 'audio', order));
  const changes: Change[] = [
    { type: 'put', entity: 'sequence', value: sequence },
    ...media.map((value): Change => ({ type: 'put', entity: 'media', value })),
    ...[...video, ...audio].map((value): Change => ({ type: 'put', entity: 'track', value })),
  ];
  for (let i = 0; i < clips / 2; i++) {
    const linkId = newId();
    const common = {
      ...{ start: Math.floor(i / half) * (clipFrames + gap), duration: clipFrames, sourceIn: rational(2), linkId },
    };
    const source = media[i % media.length];
    const picture = madeUpClip(newId(), video[i % half], source, common);
    const keys = [0, 25].map((frame) => ({ frame, value: frame + i, easing: 'smooth' as const }));
    const moving = picture.placement && i % 10 === 0 ? { ...picture.placement, x: { value: 0, keys } } : null;
    changes.push({ type: 'put', entity: 'clip', value: moving ? { ...picture, placement: moving } : picture });
    changes.push({
      type: 'put',
      entity: 'clip',
      value: madeUpClip(newId(), audio[i % half], source, common),
    });
  }
  return { sequence, video, audio, changes };
};
