import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { Clip, Track } from '../../engine/contract/timeline/entities.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { frameOfTimecode } from '../../engine/contract/timeline/timecode.ts';
import { writeEdl } from '../../engine/render/interchange/edl-write.ts';
import { createIds, drawNumbers, madeUpClip, madeUpMedia, sequenceFrom } from '../support/random-sequence.ts';

/** Picture: a cut, a dissolve, half speed, a reversed clip, a title that fades out; sound on two tracks; a picture above. */
const film = (rate = rational(25), dropFrame = false): { document: Document; sequenceId: string } => {
  const newId = createIds();
  const sequence = {
    ...{ id: newId(), name: 'The film', frameRate: rate, width: 1920, height: 1080 },
    ...{ startTimecode: rate.den === 1 ? 90000 : 107892, dropFrame },
  };
  const track = (kind: Track['kind'], order: number): Track => ({
    ...{ id: newId(), sequenceId: sequence.id, kind, order, name: `${kind}${order}` },
    ...{ locked: false, muted: false, solo: false, gain: 0, height: 60 },
  });
  const tracks = [track('video', 0), track('video', 1), track('audio', 0), track('audio', 1)];
  const media = [
    madeUpMedia(newId(), 'video', 'Shot one.mov', { frames: 200, rate }),
    madeUpMedia(newId(), 'video', 'Shot one again.mov', { frames: 200, rate }),
    madeUpMedia(newId(), 'audio', 'music.wav', { frames: 1000, rate }),
  ];
  const [one, two, music] = media;
  const seconds = (frames: number) => rational(frames * rate.den, rate.num);
  const clips: Clip[] = [
    madeUpClip(newId(), tracks[0], one, { start: 0, duration: 50, sourceIn: seconds(10) }),
    madeUpClip(newId(), tracks[0], two, { start: 50, duration: 50, sourceIn: seconds(20) }),
    madeUpClip(newId(), tracks[0], one, { start: 100, duration: 20, sourceIn: seconds(40), speed: rational(1, 2) }),
    madeUpClip(newId(), tracks[0], two, { start: 120, duration: 10, sourceIn: seconds(60), reverse: true }),
    madeUpClip(newId(), tracks[0], null, { start: 140, duration: 30 }),
    madeUpClip(newId(), tracks[1], two, { start: 30, duration: 10 }),
    madeUpClip(newId(), tracks[2], one, { start: 0, duration: 50, sourceIn: seconds(10) }),
    madeUpClip(newId(), tracks[3], music, { start: 0, duration: 170 }),
  ];
  const plain = { trackId: tracks[0].id, colour: '#000000', direction: 'left' as const, softness: 0 };
  const transitions = [
    {
      ...plain,
      id: newId(),
      leftClipId: clips[0].id,
      rightClipId: clips[1].id,
      before: 5,
      after: 7,
      kind: 'dissolve' as const,
    },
    {
      ...plain,
      id: newId(),
      leftClipId: clips[4].id,
      rightClipId: null,
      before: 12,
      after: 0,
      kind: 'dissolve' as const,
    },
  ];
  const marker = {
    id: newId(),
    sequenceId: sequence.id,
    clipId: null,
    frame: 60,
    duration: 0,
    name: 'here',
    colour: '#00ff00',
  };
  return {
    document: documentOf({ sequences: [sequence], tracks, media, clips, transitions, markers: [marker] }),
    sequenceId: sequence.id,
  };
};

const expected = `TITLE: The film
FCM: NON-DROP FRAME

001  SHOTONE  V     C        00:00:00:10 00:00:02:05 01:00:00:00 01:00:01:20
* FROM CLIP NAME: Shot one.mov
* SOURCE FILE: /footage/Shot one.mov
002  SHOTONE  A     C        00:00:00:10 00:00:02:10 01:00:00:00 01:00:02:00
* FROM CLIP NAME: Shot one.mov
* SOURCE FILE: /footage/Shot one.mov
003  MUSIC    A2    C        00:00:00:00 00:00:06:20 01:00:00:00 01:00:06:20
* FROM CLIP NAME: music.wav
* SOURCE FILE: /footage/music.wav
004  SHOTONE  V     C        00:00:02:05 00:00:02:05 01:00:01:20 01:00:01:20
004  SHOTONEA V     D    012 00:00:00:15 00:00:02:20 01:00:01:20 01:00:04:00
* FROM CLIP NAME: Shot one.mov
* TO CLIP NAME: Shot one again.mov
* LOC: 01:00:02:10 GREEN   here
005  SHOTONE  V     C        00:00:01:15 00:00:02:00 01:00:04:00 01:00:04:20
M2   SHOTONE        012.5                00:00:01:15
* FROM CLIP NAME: Shot one.mov
* SOURCE FILE: /footage/Shot one.mov
006  SHOTONEA V     C        00:00:02:10 00:00:02:20 01:00:04:20 01:00:05:05
M2   SHOTONEA      -025.0                00:00:02:10
* FROM CLIP NAME: Shot one again.mov
* SOURCE FILE: /footage/Shot one again.mov
007  AX       V     C        00:00:00:00 00:00:00:18 01:00:05:15 01:00:06:08
* FROM CLIP NAME: Title
* TITLE TEXT: Longtake
008  AX       V     C        00:00:00:18 00:00:00:18 01:00:06:08 01:00:06:08
008  BL       V     D    012 00:00:00:00 00:00:00:12 01:00:06:08 01:00:06:20
* FROM CLIP NAME: Title
* TITLE TEXT: Longtake
`;

describe('an edit decision list', () => {
  it('says cuts, dissolves, speeds, reels and channels as CMX 3600 does', () => {
    const { document, sequenceId } = film();
    const { files, notCarried } = writeEdl(document, sequenceId, 'film');
    expect(files.map(({ name }) => name)).toEqual(['film.edl', 'film.V2.edl']);
    expect(files[0].text).toBe(expected);
    expect(files[1].text).toContain('001  SHOTONEA V     C        00:00:00:00 00:00:00:10 01:00:01:05 01:00:01:15');
    expect(notCarried).toEqual([
      'Upper video tracks are lists of their own, which do not say what covers what.',
      'A title is only a remark with its text: Title.',
    ]);
  });

  it('counts drop-frame where the sequence shows it so', () => {
    const { document, sequenceId } = film(rational(30000, 1001), true);
    const [{ text }] = writeEdl(document, sequenceId, 'film').files;
    expect(text).toContain('FCM: DROP FRAME');
    expect(text).toContain('001  SHOTONE  V     C        00:00:00;10 00:00:01;25 01:00:00;00 01:00:01;15');
  });

  it('goes on in another file after 999 events', () => {
    const { document, sequenceId } = film();
    const [template] = document.clips.values();
    const newId = createIds(3);
    const clips = Array.from({ length: 1200 }, (_, i) => ({
      ...{ ...template, kind: 'video' as const, title: null, placement: null, reverse: false, speed: rational(1) },
      ...{
        id: newId(),
        mediaId: [...document.media.keys()][0],
        trackId: [...document.tracks.values()].find(({ kind, order }) => kind === 'video' && order === 0)?.id ?? '',
      },
      ...{ start: i * 2, duration: 2 },
    }));
    const long = documentOf({
      sequences: document.sequences.values(),
      tracks: document.tracks.values(),
      media: document.media.values(),
      clips,
    });
    const { files } = writeEdl(long, sequenceId, 'film');
    expect(files.map(({ name, text }) => [name, text.match(/^\d{3} /gm)?.length])).toEqual([
      ['film.edl', 999],
      ['film.2.edl', 201],
    ]);
  });

  it('keeps to the format, whatever the timeline holds', () => {
    const line =
      /^(?:TITLE: .+|FCM: (?:NON-)?DROP FRAME|\* .+|AUD {2}.+|M2 {3}.{8} {6}[ -]\d{3}\.\d {16}\S{11}|(\d{3}) {2}[A-Z0-9]{1,8} +(?:V|A|A2|NONE) +(?:C {7}|D {4}\d{3}|W001 \d{3})( \S{11}){4}|)$/;
    fc.assert(
      fc.property(drawNumbers, (numbers) => {
        const { document, sequenceId } = sequenceFrom(numbers);
        const sequence = document.sequences.get(sequenceId);
        for (const { text } of writeEdl(document, sequenceId, 'film').files) {
          for (const each of text.split('\n')) expect(each).toMatch(line);
          for (const [, from, to] of text.matchAll(/^\d{3} .* (\S{11}) (\S{11})$/gm)) {
            const frame = (timecode: string) =>
              sequence && frameOfTimecode(timecode, sequence.frameRate, sequence.dropFrame);
            expect(frame(to)).toBeGreaterThanOrEqual(frame(from) ?? Infinity);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
