/**
 * A project of 10,000 clips on 20 tracks: how long it takes to open, and how long each kind of edit and its undo take until they are on the
 * disk. Opening is measured in a process of its own each time, from the first line of the engine's code to the document, and within one.
 * Alone: `node tests/bench/projects/store.ts [ROUNDS]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipsOf } from '../../../engine/contract/timeline/document.ts';
import type { Document } from '../../../engine/contract/timeline/document.ts';
import type { Clip } from '../../../engine/contract/timeline/entities.ts';
import { openProject } from '../../../engine/projects/project.ts';
import { fullSequence, writeContent } from '../../support/large-project.ts';

/** Milliseconds. */
export type Times = { median: number; p99: number; worst: number; count: number };
export type StoreSpeed = {
  clips: number;
  tracks: number;
  /** A fresh process each: `open` is openProject alone. */
  openCold: Times;
  openWarm: Times;
  edits: Record<string, Times>;
  undos: Record<string, Times>;
  allEdits: Times;
  allUndos: Times;
};

export const timesOf = (values: number[]): Times => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { median: at(0.5), p99: at(0.99), worst: at(1), count: sorted.length };
};

export const timed = <T>(into: number[], work: () => T): T => {
  const from = performance.now();
  const result = work();
  into.push(performance.now() - from);
  return result;
};

type Made = ReturnType<typeof fullSequence>;

/** A project, or a document in memory. */
export type Editor = { document: () => Document; edit: (name: string, input: unknown) => unknown };

/** One edit of each kind on a clip picked by a number; every one of them leaves the clip in place once it is undone. */
export const editsOf = ({ sequence, video, audio, changes }: Made): Record<string, (p: Editor, n: number) => void> => {
  const mediaId = changes.flatMap((change) =>
    change.type === 'put' && change.entity === 'media' ? [change.value.id] : [],
  )[0];
  const clipAt = (project: Editor, n: number): Clip => {
    const clips = clipsOf(project.document(), video[n % video.length].id);
    return clips[(n * 7919) % (clips.length - 2)];
  };
  const targets = { videoTrackId: video[0].id, audioTrackId: audio[0].id };
  return {
    move: (p, n) => void p.edit('move', { clipIds: [clipAt(p, n).id], by: 3 }),
    trim: (p, n) => void p.edit('trim', { clipId: clipAt(p, n).id, edge: 'tail', by: -4 }),
    'set-clip': (p, n) => void p.edit('set-clip', { clipIds: [clipAt(p, n).id], changes: { name: `take ${n}` } }),
    'set-keyframe': (p, n) =>
      void p.edit('set-keyframe', {
        clipId: clipAt(p, n).id,
        property: 'opacity',
        frame: 5,
        value: 0.5,
        easing: 'linear',
      }),
    'blade one': (p, n) => {
      const clip = clipAt(p, n);
      p.edit('blade', { sequenceId: sequence.id, frame: clip.start + 20, trackIds: [clip.trackId] });
    },
    delete: (p, n) => void p.edit('delete', { clipIds: [clipAt(p, n).id] }),
    'ripple-trim on all tracks': (p, n) => {
      const clip = clipsOf(p.document(), video[n % video.length].id)[0];
      p.edit('ripple-trim', { clipId: clip.id, edge: 'tail', by: -2, scope: 'all' });
    },
    'insert at 0 on all tracks': (p) =>
      void p.edit('insert', { sequenceId: sequence.id, source: { mediaId }, at: 0, scope: 'all', ...targets }),
    'add-marker': (p, n) =>
      void p.edit('add-marker', { sequenceId: sequence.id, frame: n, name: `scene ${n}`, colour: '#ff0000' }),
  };
};

const measureOpenCold = (file: string, rounds: number): Times =>
  timesOf(
    Array.from({ length: rounds }, () =>
      Number(execFileSync(process.execPath, [join(import.meta.dirname, 'open-once.ts'), file], { encoding: 'utf8' })),
    ),
  );

/** @param rounds of every kind of edit */
export const measureStore = async (rounds = 200, clips = 10_000, tracks = 20): Promise<StoreSpeed> => {
  const folder = mkdtempSync(join(tmpdir(), 'longtake-bench-'));
  try {
    const file = join(folder, 'large.longtake');
    const made = fullSequence({ clips, tracks });
    writeContent(file, made.changes);
    const openCold = measureOpenCold(file, 7);
    const warm: number[] = [];
    for (let i = 0; i < 7; i++) {
      const from = performance.now();
      const project = await openProject(file, { backupEvery: 0 });
      warm.push(performance.now() - from);
      await project.close();
    }
    const project = await openProject(file);
    const edits: Record<string, number[]> = {};
    const undos: Record<string, number[]> = {};
    for (const [name, edit] of Object.entries(editsOf(made))) {
      edits[name] = [];
      undos[name] = [];
      for (let n = 0; n < rounds; n++) {
        timed(edits[name], () => edit(project, n));
        timed(undos[name], () => project.undo());
      }
    }
    await project.close();
    const all = (by: Record<string, number[]>): Record<string, Times> =>
      Object.fromEntries(Object.entries(by).map(([name, values]) => [name, timesOf(values)]));
    return {
      clips,
      tracks,
      openCold,
      openWarm: timesOf(warm),
      edits: all(edits),
      undos: all(undos),
      allEdits: timesOf(Object.values(edits).flat()),
      allUndos: timesOf(Object.values(undos).flat()),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const [rounds] = process.argv.slice(2).map(Number);
  const speed = await measureStore(rounds || undefined);
  const line = (name: string, { median, p99, worst }: Times): void =>
    console.log(`${name.padEnd(34)} median ${median.toFixed(2)} ms, p99 ${p99.toFixed(2)}, worst ${worst.toFixed(2)}`);
  line('open, fresh process', speed.openCold);
  line('open again', speed.openWarm);
  for (const name of Object.keys(speed.edits)) {
    line(name, speed.edits[name]);
    line('  undone', speed.undos[name]);
  }
  line('all edits', speed.allEdits);
  line('all undos', speed.allUndos);
}
