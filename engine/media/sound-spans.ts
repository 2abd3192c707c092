import type { Timeline } from './timeline.ts';
import type { AudioInfo, MediaInfo } from './types.ts';

/** A stretch of one sound track of the result, seconds. Sound that exists has `from`; a made one lies between what exists. */
export type TrackSpan =
  | { kind: 'own'; info: MediaInfo; stream: AudioInfo; from: number; at: number; duration: number }
  | { kind: 'made' | 'silent'; at: number; duration: number };

/** Shorter than this a difference in length is the rounding of a sound codec's packets. */
const least = 1e-4;

/**
 * Turns the picture's timeline into the spans of one sound track. Sound keeps its place under its picture. Where a clip's sound is longer
 * than its picture and new frames follow, the sound's own rest goes on first; where it is shorter, the made sound begins at its end.
 * @param order which sound track of the source; another clip gives its track of the same order, or its first
 */
export const trackSpans = (timeline: Timeline, order: number): TrackSpan[] => {
  const spans = timeline.sound.map((span): TrackSpan => {
    if (span.from === undefined) return { kind: 'made', at: span.at, duration: span.duration };
    const { info, seconds } = span.from;
    const stream = info.audio[order] ?? info.audio[0];
    if (stream === undefined) return { kind: 'silent', at: span.at, duration: span.duration };
    return { kind: 'own', info, stream, from: seconds, at: span.at, duration: span.duration };
  });
  spans.forEach((span, index) => {
    if (span.kind !== 'own') return;
    const before = spans[index - 1];
    const after = spans[index + 1];
    // The sound's start against the picture's: a late one shrinks the span, an early one reaches into new frames before it.
    const early = span.from - span.stream.start;
    const lead = Math.min(early, before?.kind === 'made' && index === 1 ? before.duration : 0);
    if (Math.abs(lead) > least && Math.abs(lead) < span.duration) {
      span.from -= lead;
      span.at -= lead;
      span.duration += lead;
      if (before?.kind === 'made') before.duration -= lead;
    }
    const rest = span.stream.start + span.stream.duration - (span.from + span.duration);
    const isTail = after === undefined || (after.kind === 'made' && index === spans.length - 2);
    const tail = isTail ? rest : Math.min(rest, 0);
    if (Math.abs(tail) > least && -tail < span.duration) {
      span.duration += tail;
      if (after?.kind === 'made') {
        const taken = Math.min(tail, after.duration);
        after.at += taken;
        after.duration -= taken;
      }
    }
  });
  return spans.filter((span) => span.duration > least);
};
