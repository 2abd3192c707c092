import { EditRefused } from './edit-refused.ts';
import type { EditRefusal } from './edit-refused.ts';

/** What is said when nothing nearer to the cause is known: a sentence and a remedy. */
const sentences: Record<EditRefusal, [message: string, remedy: string]> = {
  'not-found': ['What should be edited is not there any more.', 'Select it again.'],
  overlap: ['The clips would overlap.', 'Make room first, or overwrite what is there.'],
  'no-handles': [
    'There is not enough material beyond the cut for this transition.',
    'Shorten it, or trim the clips first.',
  ],
  'outside-source': ['The clip has no more material there.', 'Move the edit by fewer frames.'],
  'locked-track': ['The track is locked.', 'Unlock it first.'],
  'wrong-track': ['There is no track for this clip there.', 'Choose a track of the same kind, or add one.'],
  'wrong-kind': ['This cannot be done with a clip of this kind.', 'Select another clip.'],
  'not-adjacent': ['The two clips do not meet.', 'Close the gap between them first.'],
  'in-use': ['It is still used.', 'Remove what uses it first.'],
  'too-short': ['Less than a frame would be left.', 'Move the edit by fewer frames.'],
  'negative-time': ['The clip would begin before the start of the sequence.', 'Move it by fewer frames.'],
  'rate-fixed': [
    'The frame rate of a sequence with clips cannot be changed.',
    'Make a new sequence with that rate and paste the clips there.',
  ],
  'bad-input': ['The edit was asked for in a way that makes no sense.', 'Check the values.'],
  'nothing-to-do': ['There is nothing to change.', 'Select what should be changed.'],
  'stale-revision': [
    'The same clips or tracks have been edited in the meantime.',
    'Look at what has changed, then make the edit again.',
  ],
};

/** @param message a sentence nearer to the cause, with its own remedy */
export const refused = (reason: EditRefusal, message?: string, remedy?: string): EditRefused =>
  new EditRefused(reason, message ?? sentences[reason][0], remedy ?? sentences[reason][1]);
