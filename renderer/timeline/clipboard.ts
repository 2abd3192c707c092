import { clipboardSchema, copyClips } from '../../engine/contract/timeline/clipboard.ts';
import type { Clipboard } from '../../engine/contract/timeline/clipboard.ts';
import { endOf, tracksOf } from '../../engine/contract/timeline/document.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import type { Track } from '../../engine/contract/timeline/entities.ts';
import type { Stage } from './gestures/gesture.ts';
import { isWhole } from './gestures/together.ts';

/** How the system's clipboard names copied clips; other windows of Longtake take them too. */
const clipsType = 'application/x-longtake-clips';

/**
 * What was copied last, and the text that stands for it on the clipboard: the clips' names. A paste as plain text, which Ctrl+Shift+V is to
 * browsers, brings that text and nothing else.
 */
type Copied = { text: string; clips: Clipboard };
let copied: Copied | undefined;
/** The other windows of Longtake, which may paste it too. */
const windows = new BroadcastChannel('longtake: copied clips');
windows.onmessage = ({ data }: MessageEvent<Copied>) => (copied = data);

/** Puts the selected clips on the clipboard. @returns whether there were any */
export const copySelection = ({ editor }: Stage, data: DataTransfer | null): boolean => {
  if (!data || editor.selection.size === 0) return false;
  const clips = copyClips(editor.view.document, [...editor.selection]);
  copied = { text: clips.items.map(({ clip }) => clip.name).join('\n'), clips };
  windows.postMessage(copied);
  data.setData(clipsType, JSON.stringify(clips));
  data.setData('text/plain', copied.text);
  return true;
};

export const cutSelection = (stage: Stage, data: DataTransfer | null): boolean => {
  if (!copySelection(stage, data)) return false;
  const { editor, fail } = stage;
  const withLinked = isWhole(editor.view.document, editor.selection);
  editor.store.edit('delete', { clipIds: [...editor.selection], withLinked }).catch(fail);
  return true;
};

/** What a paste brings: as plain text it is meant to move what comes later. */
const clipsOn = (data: DataTransfer | null): { clips: Clipboard; mode: 'overwrite' | 'insert' } | undefined => {
  const text = data?.getData(clipsType) ?? '';
  if (text !== '') {
    const parsed = clipboardSchema.safeParse(JSON.parse(text));
    return parsed.success ? { clips: parsed.data, mode: 'overwrite' } : undefined;
  }
  if (!copied || data?.getData('text/plain') !== copied.text) return undefined;
  return { clips: copied.clips, mode: 'insert' };
};

/** The track that the first of a kind goes to: where it was copied from, else the lowest that may be edited. */
const trackFor = ({ editor, sequence }: Stage, { items }: Clipboard, kind: Track['kind']): string | null => {
  const { document } = editor.view;
  const first = items.find((item) => item.trackKind === kind && item.place === 0);
  const own = first && document.tracks.get(first.clip.trackId);
  if (own?.sequenceId === sequence.id && !own.locked) return own.id;
  return tracksOf(document, sequence.id, kind).find(({ locked }) => !locked)?.id ?? null;
};

/** Puts what was copied at the playhead, which goes on to its end. @returns whether there were clips on the clipboard */
export const pasteAtPlayhead = (stage: Stage, data: DataTransfer | null): boolean => {
  const brought = clipsOn(data);
  if (!brought) return false;
  const { clips: clipboard, mode } = brought;
  const { editor, sequence, fail } = stage;
  const at = editor.frame;
  const known = new Set(editor.view.document.clips.keys());
  const tracks = {
    videoTrackId: trackFor(stage, clipboard, 'video'),
    audioTrackId: trackFor(stage, clipboard, 'audio'),
  };
  const starts = clipboard.items.map(({ clip }) => clip.start);
  const ends = clipboard.items.map(({ clip }) => endOf(clip));
  const frames = Math.max(...ends) - Math.min(...starts);
  const to = at + Math.round(frames * (toNumber(sequence.frameRate) / toNumber(clipboard.frameRate)));
  const paste = async (): Promise<void> => {
    await editor.store.edit('paste', { sequenceId: sequence.id, clipboard, at, mode, ...tracks });
    // What was cut to make room has new pieces too, but they lie beyond.
    const fresh = Array.from(editor.view.document.clips.values()).filter(({ id }) => !known.has(id));
    editor.select(fresh.filter((clip) => clip.start >= at && endOf(clip) <= to).map(({ id }) => id));
    editor.frame = to;
  };
  paste().catch(fail);
  return true;
};
