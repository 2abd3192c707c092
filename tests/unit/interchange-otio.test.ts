import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserFacingError } from '../../engine/contract/errors.ts';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { checkDocument } from '../../engine/contract/timeline/check-document.ts';
import { allTracksOf, clipsOf, documentOf } from '../../engine/contract/timeline/document.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import { placeSequence } from '../../engine/contract/timeline/operations/place-sequence.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { readOtio } from '../../engine/render/interchange/otio-read.ts';
import type { ReadTimeline } from '../../engine/render/interchange/otio-read.ts';
import { writeOtio } from '../../engine/render/interchange/otio-write.ts';
import { placeTimeline } from '../../engine/render/interchange/place-timeline.ts';
import { anyName, diceOf, furnished, tryEdit } from '../support/random-edits.ts';
import { createIds, drawNumbers, madeUpMedia, sequenceFrom } from '../support/random-sequence.ts';

/** A sequence without its ids: clips by track and place, media by path, links by who is in them. */
const withoutIds = (document: Document, sequenceId: string): unknown => {
  const tracks = allTracksOf(document, sequenceId);
  const names = new Map<string, string>();
  tracks.forEach((track, t) => {
    names.set(track.id, `track ${t}`);
    clipsOf(document, track.id).forEach((clip, c) => names.set(clip.id, `clip ${t}/${c}`));
  });
  const named = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? '?'));
  const joined = new Map<string, string>();
  const label = (id: string | null): string | null => {
    if (id === null) return null;
    if (!joined.has(id)) joined.set(id, `joined ${joined.size}`);
    return joined.get(id) ?? null;
  };
  const order = (values: unknown[]): unknown[] => values.map((v) => JSON.stringify(v)).sort();
  return {
    sequence: { ...document.sequences.get(sequenceId), id: '' },
    tracks: tracks.map((track) => ({ ...track, id: '', sequenceId: '' })),
    clips: tracks.flatMap(({ id }) =>
      clipsOf(document, id).map(({ linkId, groupId, mediaId, trackId, ...clip }) => ({
        ...clip,
        ...{ id: '', trackId: named(trackId), linkId: label(linkId), groupId: label(groupId) },
        media: mediaId === null ? null : document.media.get(mediaId)?.path,
      })),
    ),
    transitions: order(
      [...document.transitions.values()]
        .filter(({ trackId }) => document.tracks.get(trackId)?.sequenceId === sequenceId)
        .map(({ kind, colour, direction, softness, before, after, ...ids }) => ({
          ...{ kind, colour, direction, softness, before, after },
          at: [ids.trackId, ids.leftClipId, ids.rightClipId].map(named),
        })),
    ),
    markers: order(
      [...document.markers.values()]
        .filter((marker) => marker.sequenceId === sequenceId)
        .map(({ frame, duration, name, colour, clipId }) => ({ frame, duration, name, colour, clip: named(clipId) })),
    ),
  };
};

/** Opens a read timeline in a document that knows its media already, found by path. */
const open = (document: Document, timeline: ReadTimeline): { document: Document; notCarried: string[] } => {
  const byPath = new Map([...document.media.values()].map(({ path, id }) => [path, id]));
  const found = new Map(
    timeline.wanted.flatMap(({ id, path }) => {
      const known = byPath.get(path ?? '');
      return known === undefined ? [] : [[id, known]];
    }),
  );
  const { content, notCarried } = placeTimeline(document, timeline, found);
  const edit = placeSequence.run(document, placeSequence.input.parse(content), { newId: createIds(9) });
  return { document: applyChanges(document, edit.forward), notCarried };
};

const expectSameAgain = (document: Document, sequenceId: string): void => {
  const { files } = writeOtio(document, sequenceId, 'film');
  const [timeline, ...more] = readOtio(files[0].text, createIds(1));
  expect(more).toEqual([]);
  expect(timeline.notCarried).toEqual([]);
  const opened = open(document, timeline);
  expect(opened.notCarried).toEqual([]);
  expect(checkDocument(opened.document)).toEqual([]);
  const expected = withoutIds(document, sequenceId) as { sequence: { name: string } };
  // A timeline without a name gets one.
  if (expected.sequence.name === '') expected.sequence.name = 'Timeline';
  expect(withoutIds(opened.document, timeline.sequence.id)).toEqual(expected);
};

describe('a timeline that goes through OpenTimelineIO', () => {
  it('is the same timeline, with everything that OpenTimelineIO has no words for', () => {
    fc.assert(
      fc.property(drawNumbers, (numbers) => {
        const { document, sequenceId } = sequenceFrom(numbers);
        expect(checkDocument(document)).toEqual([]);
        expectSameAgain(document, sequenceId);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same timeline after any edits', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 10, maxLength: 40 }), (seeds) => {
        const timeline = furnished();
        for (const seed of seeds) tryEdit(timeline, diceOf(seed), anyName(diceOf(seed)));
        for (const id of timeline.document.sequences.keys()) expectSameAgain(timeline.document, id);
      }),
      { numRuns: 60 },
    );
  });
});

/** Written by OpenTimelineIO 0.17's own library. */
const plain = readFileSync(path.join(import.meta.dirname, '../fixtures/interchange/plain.otio'), 'utf8');

const plainDocument = (): Document => {
  const newId = createIds(2);
  const film = madeUpMedia(newId(), 'video', 'a.mov', { frames: 100, rate: rational(24) });
  const pictures = madeUpMedia(newId(), 'images', 's', { frames: 100, rate: rational(24), sound: false });
  const room = madeUpMedia(newId(), 'audio', 'room tone.wav', { frames: 250 });
  return documentOf({
    media: [
      { ...film, path: '/a.mov' },
      { ...pictures, path: '/s/a.%04d.png' },
      { ...room, path: 'room tone.wav' },
    ],
  });
};

describe('a timeline of another program', () => {
  it('opens with what Longtake needs guessed, and what it cannot show listed', () => {
    const [timeline] = readOtio(plain, createIds(1));
    expect(timeline.sequence).toMatchObject({ frameRate: rational(24), startTimecode: 86400, name: 'x' });
    expect(timeline.wanted.map(({ path: at, firstNumber }) => [at, firstNumber])).toEqual([
      ['/a.mov', null],
      ['/s/a.%04d.png', 1],
      ['room tone.wav', null],
    ]);
    const { document, notCarried } = open(plainDocument(), timeline);
    expect(checkDocument(document)).toEqual([]);
    const [video, audio] = allTracksOf(document, timeline.sequence.id).map(({ id }) => clipsOf(document, id));
    expect(video).toMatchObject([
      { start: 0, duration: 20, sourceIn: rational(10, 24), speed: rational(2), kind: 'video' },
      { start: 20, duration: 20, sourceIn: rational(10, 24), speed: rational(1), kind: 'video' },
    ]);
    expect(audio).toMatchObject([{ start: 12, duration: 48, sourceIn: rational(1, 2), kind: 'audio' }]);
    expect([...document.transitions.values()]).toMatchObject([{ before: 3, after: 4, kind: 'dissolve' }]);
    expect([...document.markers.values()].map(({ frame, name, colour }) => [frame, name, colour]).sort()).toEqual([
      [2, 'm', '#ff0000'],
      [7, 'chapter', '#00ffff'],
    ]);
    expect(document.sequences.get(timeline.sequence.id)).toMatchObject({ width: 1920, height: 1080 });
    expect(notCarried).toEqual([
      'A generator that Longtake does not know is left out: g.',
      'A clip without media is left out: g.',
      'The effect Loudness is not carried: room.',
    ]);
  });

  it('says which media were not found, and keeps the rest', () => {
    const [timeline] = readOtio(plain, createIds(1));
    const { document, notCarried } = open(documentOf({}), timeline);
    expect(document.clips.size).toBe(0);
    expect(notCarried).toContain('Media that was not found leaves its clips out: a.mov, a.%04d.png, room tone.wav.');
  });

  it('is cut to the media that was found: shorter clips, shorter transitions', () => {
    const short = plainDocument();
    const media = [...short.media.values()].map((each) =>
      each.picture?.duration
        ? { ...each, picture: { ...each.picture, frameCount: 25, duration: rational(25, 24) } }
        : each,
    );
    const [timeline] = readOtio(plain, createIds(1));
    const { document, notCarried } = open(documentOf({ media }), timeline);
    expect(checkDocument(document)).toEqual([]);
    expect(notCarried).toContain('A clip that is longer than its media ends with it: a, b.');
  });

  it('is believed where another program changed what Longtake had written', () => {
    const { document, sequenceId } = sequenceFrom([5, 17, 3, 99, 4, 8, 1, 77, 12]);
    const text = writeOtio(document, sequenceId, 'film').files[0].text;
    const node = JSON.parse(text) as { tracks: { children: { children: Record<string, never>[] }[] } };
    const clip = node.tracks.children
      .flatMap(({ children }) => children)
      .find((each) => 'source_range' in each && each['media_references']) as unknown as {
      name: string;
      source_range: { start_time: { value: number; rate: number }; duration: { value: number } };
      effects: unknown[];
    };
    clip.name = 'trimmed';
    clip.effects = [];
    clip.source_range.start_time = { value: 7, rate: 24 };
    clip.source_range.duration.value = 1;
    const [timeline] = readOtio(JSON.stringify(node), createIds(1));
    const read = timeline.clips.find(({ name }) => name === 'trimmed');
    expect(read).toMatchObject({ sourceIn: rational(7, 24), speed: rational(1), reverse: false, duration: 1 });
  });

  it('may be of the first versions: media_reference, Sequence, Filler, no enabled', () => {
    const old = plain
      .replaceAll('"Clip.2"', '"Clip.1"')
      .replaceAll('"Track.1"', '"Sequence.1"')
      .replaceAll('"Gap.1"', '"Filler.1"')
      .replaceAll(/"media_references": \{\s*"DEFAULT_MEDIA": (\{[\s\S]*?\n {6}\})\s*\}/g, '"media_reference": $1')
      .replaceAll(/"enabled": true,?/g, '');
    const cleaned = old.replaceAll(/,(\s*[}\]])/g, '$1');
    const strip = (read: ReadTimeline): unknown => ({ ...read, notCarried: [] });
    expect(strip(readOtio(cleaned, createIds(1))[0])).toEqual(strip(readOtio(plain, createIds(1))[0]));
  });
});

const time = (value: unknown, rate: unknown = 24) => ({ OTIO_SCHEMA: 'RationalTime.1', value, rate });
const range = (start: unknown, duration: unknown) => ({ start_time: time(start), duration: time(duration) });
const timeline = (children: unknown[], more: object = {}) => ({
  OTIO_SCHEMA: 'Timeline.1',
  name: 't',
  tracks: { OTIO_SCHEMA: 'Stack.1', children: [{ OTIO_SCHEMA: 'Track.1', kind: 'Video', children, ...more }] },
});
const clip = (start: unknown, duration: unknown, more: object = {}) => ({
  ...{ OTIO_SCHEMA: 'Clip.2', name: 'c', source_range: range(start, duration), ...more },
});

const broken: [what: string, text: string][] = [
  ['nothing', ''],
  ['no JSON', 'TITLE: an edit list'],
  ['a torn file', plain.slice(0, plain.length / 2)],
  ['a number', '7'],
  ['a list', '[]'],
  ['an object of another kind', '{"OTIO_SCHEMA":"Clip.2"}'],
  ['an object without a kind', '{}'],
  ['a timeline without tracks', '{"OTIO_SCHEMA":"Timeline.1"}'],
  ['tracks that are text', JSON.stringify({ ...timeline([]), tracks: 'none' })],
  ['a track that is a number', JSON.stringify({ ...timeline([]), tracks: { OTIO_SCHEMA: 'Stack.1', children: [4] } })],
  ['children that are an object', JSON.stringify(timeline({ a: 1 } as never))],
  ['a time that is text', JSON.stringify(timeline([clip('0', 5)]))],
  [
    'a rate of 0',
    JSON.stringify(timeline([clip(0, 5, { source_range: { start_time: time(0), duration: time(5, 0) } })])),
  ],
  ['a huge time', JSON.stringify(timeline([clip(0, 1e300)]))],
  ['a negative length', JSON.stringify(timeline([clip(0, -5)]))],
  [
    'an effect that is a word',
    JSON.stringify(
      timeline([
        clip(0, 5, { effects: ['fast'], media_reference: { OTIO_SCHEMA: 'ExternalReference.1', target_url: 'a' } }),
      ]),
    ),
  ],
  ['brackets without an end', '['.repeat(3_000_000)],
  ['deep nesting', `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`],
  ['more objects than any film has', `[${'{},'.repeat(4_000_001)}{}]`],
  [
    'a collection of a thousand timelines',
    JSON.stringify({ OTIO_SCHEMA: 'SerializableCollection.1', children: Array(1000).fill(timeline([])) }),
  ],
  ['more than 64 MB', ' '.repeat(64 * 1024 * 1024 + 1)],
];

describe('a file that is no timeline', () => {
  it.each(broken)('is refused in one sentence: %s', (_, text) => {
    const refused = (): unknown => readOtio(text, createIds(1));
    expect(refused).toThrow(UserFacingError);
    try {
      refused();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'input',
        message: expect.stringMatching(/^The OpenTimelineIO file cannot be read: [^\n]+\.$/) as string,
      });
    }
  });

  it('never does more than that, whatever stands where', () => {
    const anything = fc.anything({ maxDepth: 2, withNullPrototype: false });
    const keys = [
      'name',
      'source_range',
      'effects',
      'markers',
      'enabled',
      'media_references',
      'active_media_reference_key',
      'metadata',
      'OTIO_SCHEMA',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...keys), anything, fc.double(), (key, value, number) => {
        const effects = [{ OTIO_SCHEMA: 'LinearTimeWarp.1', time_scalar: number }];
        const text = JSON.stringify(timeline([clip(number, 3, { effects, [key]: value })]));
        try {
          const [read] = readOtio(text, createIds(1));
          expect(checkDocument(open(plainDocument(), read).document)).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(UserFacingError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('cannot reach another machine or protocol by its paths', () => {
    const urls = ['http://x/a.mov', 'file://server/a.mov', 'concat:a|b', 'data:video/mp4;base64,AA', 'a\0b', ''];
    const text = JSON.stringify(
      timeline(
        urls.map((target_url) => clip(0, 5, { media_reference: { OTIO_SCHEMA: 'ExternalReference.1', target_url } })),
      ),
    );
    expect(readOtio(text, createIds(1))[0].wanted.map(({ path: at }) => at)).toEqual([null]);
  });
});
