/**
 * The timeline in memory, 10,000 clips on 20 tracks: what is seen in a frame and heard in a second, and how long each kind of edit takes
 * until it is worked out, with its inverse, and applied; nothing is written. Alone: `node tests/bench/projects/timeline.ts [ROUNDS]`.
 */
import { applyChanges } from '../../../engine/contract/timeline/apply-changes.ts';
import type { Change } from '../../../engine/contract/timeline/change.ts';
import { clipsOf, emptyDocument, sequenceEnd } from '../../../engine/contract/timeline/document.ts';
import type { Document } from '../../../engine/contract/timeline/document.ts';
import { layersAt } from '../../../engine/contract/timeline/layers.ts';
import { runOperation } from '../../../engine/contract/timeline/operations/registry.ts';
import { soundSpans } from '../../../engine/contract/timeline/sound-spans.ts';
import { newId } from '../../../engine/projects/ids.ts';
import { fullSequence } from '../../support/large-project.ts';
import { editsOf, timed, timesOf } from './store.ts';
import type { Times } from './store.ts';

export type TimelineSpeed = {
  clips: number;
  tracks: number;
  /** Milliseconds a call. */
  layers: Times;
  /** Milliseconds for one second of sound. */
  sound: Times;
  edits: Record<string, Times>;
  allEdits: Times;
};

/** Every clip meets the next in a dissolve of 10 frames, so that nearly half of all frames are a transition on every track. */
const withTransitions = (document: Document, trackIds: readonly string[]): Document => {
  const changes = trackIds.flatMap((trackId) => {
    const clips = clipsOf(document, trackId);
    return clips.slice(1).map((clip, i): Change => ({
      type: 'put',
      entity: 'transition',
      value: {
        ...{ id: newId(), trackId, leftClipId: clips[i].id, rightClipId: clip.id, before: 10, after: 10 },
        ...{ kind: 'dissolve', colour: '#000000', direction: 'left', softness: 0 },
      },
    }));
  });
  return applyChanges(document, changes);
};

/** @param rounds of every kind of edit; a hundred times as many frames */
export const measureTimeline = (rounds = 200, clips = 10_000, tracks = 20): TimelineSpeed => {
  const seen = fullSequence({ clips, tracks, gap: 0 });
  const shown = withTransitions(
    applyChanges(emptyDocument, seen.changes),
    [...seen.video, ...seen.audio].map((track) => track.id),
  );
  const end = sequenceEnd(shown, seen.sequence.id);
  // Frames far apart, so that no search profits from the one before.
  const frameOf = (n: number): number => (n * 7919) % end;
  const layers: number[] = [];
  for (let n = 0; n < rounds * 100; n++) timed(layers, () => layersAt(shown, seen.sequence.id, frameOf(n)));
  const sound: number[] = [];
  for (let n = 0; n < rounds * 10; n++) {
    timed(sound, () => soundSpans(shown, seen.sequence.id, frameOf(n), frameOf(n) + 25));
  }

  const made = fullSequence({ clips, tracks });
  const before = applyChanges(emptyDocument, made.changes);
  const edits: Record<string, number[]> = {};
  for (const [name, edit] of Object.entries(editsOf(made))) {
    edits[name] = [];
    const editor = {
      document: () => before,
      edit: (op: string, input: unknown) => applyChanges(before, runOperation(before, op, input, { newId }).forward),
    };
    for (let n = 0; n < rounds; n++) timed(edits[name], () => edit(editor, n));
  }
  return {
    clips,
    tracks,
    layers: timesOf(layers),
    sound: timesOf(sound),
    edits: Object.fromEntries(Object.entries(edits).map(([name, values]) => [name, timesOf(values)])),
    allEdits: timesOf(Object.values(edits).flat()),
  };
};

if (import.meta.main) {
  const [rounds] = process.argv.slice(2).map(Number);
  const speed = measureTimeline(rounds || undefined);
  const line = (name: string, { median, p99, worst }: Times): void =>
    console.log(
      `${name.padEnd(34)} median ${(median * 1000).toFixed(0)} µs, p99 ${(p99 * 1000).toFixed(0)}, worst ${(worst * 1000).toFixed(0)}`,
    );
  line('layers at a frame', speed.layers);
  line('a second of sound', speed.sound);
  for (const [name, times] of Object.entries(speed.edits)) line(name, times);
  line('all edits', speed.allEdits);
}
