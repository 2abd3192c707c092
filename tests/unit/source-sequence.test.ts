import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipsOf, sequenceEnd, tracksOf } from '../../engine/contract/timeline/document.ts';
import { layersAt } from '../../engine/contract/timeline/layers.ts';
import type { Media } from '../../engine/contract/timeline/media.ts';
import { rational, toNumber } from '../../engine/contract/timeline/rational.ts';
import { sourceFrameAt } from '../../engine/contract/timeline/source-time.ts';
import { newId } from '../../renderer/document/new-id.ts';
import { placeAt } from '../../renderer/library/place-clips.ts';
import { clearRange, setIn, setOut } from '../../renderer/viewer/deck.ts';
import type { Deck } from '../../renderer/viewer/deck.ts';
import { sourceSequence, stretchOf } from '../../renderer/viewer/source-sequence.ts';
import { applyChanges } from '../../engine/contract/timeline/apply-changes.ts';
import { emptyDocument } from '../../engine/contract/timeline/document.ts';
import { runOperation } from '../../engine/contract/timeline/operations/registry.ts';
import { madeUpMedia } from '../support/random-sequence.ts';

const film = rational(24);
const video = (frames: number, rate = rational(25)): Media =>
  madeUpMedia(newId(), 'video', 'shot.mov', { frames, rate });

describe('a media in the source monitor', () => {
  it('is a sequence of its own frames, each seen once, with its sound', () => {
    const media = video(90);
    const { document, sequence } = sourceSequence(media, film);
    expect(sequence.frameRate).toEqual(media.picture?.frameRate);
    expect(sequenceEnd(document, sequence.id)).toBe(90);
    for (let frame = 0; frame < 90; frame++) {
      const [layer] = layersAt(document, sequence.id, frame);
      if (layer.type !== 'picture' || !('mediaId' in layer.picture.source)) throw new Error('no picture');
      expect(sourceFrameAt(media, layer.picture.source.time)).toBe(frame);
    }
    const [audio] = tracksOf(document, sequence.id, 'audio');
    expect(clipsOf(document, audio.id).length).toBe(media.sound ? 1 : 0);
  });

  it('shows samples that are not square as wide as they are meant', () => {
    const media = video(10);
    const picture = media.picture && { ...media.picture, width: 720, height: 576, sampleAspect: rational(64, 45) };
    expect(sourceSequence({ ...media, picture }, film).sequence).toMatchObject({ width: 1024, height: 576 });
  });

  it('plays sounds and stills at the rate of the programme', () => {
    const sound = madeUpMedia(newId(), 'audio', 'strings.wav', { frames: 50 });
    const heard = sourceSequence(sound, film);
    expect(heard.sequence.frameRate).toEqual(film);
    expect(
      tracksOf(heard.document, heard.sequence.id, 'video').flatMap(({ id }) => clipsOf(heard.document, id)),
    ).toEqual([]);
    const still = madeUpMedia(newId(), 'still', 'field.jpg', { frames: 1 });
    const seen = sourceSequence(still, film);
    expect(sequenceEnd(seen.document, seen.sequence.id)).toBe(120);
    expect(stretchOf(still, seen.sequence, { inPoint: 10, outPoint: 58 })).toEqual({ duration: 48 });
    expect(stretchOf(still, seen.sequence, { inPoint: null, outPoint: null })).toEqual({});
  });

  it('puts exactly what lies between in and out on the timeline, whatever its rate is', () => {
    const rates = [rational(24), rational(25), rational(30000, 1001), rational(60)];
    const chosen = fc.record({
      ...{ frames: fc.integer({ min: 2, max: 400 }), rate: fc.constantFrom(...rates) },
      ...{ a: fc.nat(), b: fc.nat(), mode: fc.constantFrom('insert' as const, 'overwrite' as const) },
    });
    fc.assert(
      fc.property(chosen, ({ frames, rate, a, b, mode }) => {
        const media = video(frames, rate);
        const source = sourceSequence(media, film);
        const inPoint = a % (frames - 1);
        const outPoint = inPoint + 1 + (b % (frames - inPoint));
        const stretch = stretchOf(media, source.sequence, { inPoint, outPoint });
        const imported = applyChanges(emptyDocument, [{ type: 'put', entity: 'media', value: media }]);
        const wanted = { name: 'Film', frameRate: film, width: 1280, height: 720 };
        const project = applyChanges(imported, runOperation(imported, 'add-sequence', wanted, { newId }).forward);
        const [sequence] = project.sequences.values();
        const placed = placeAt(project, sequence, { mediaIds: [media.id], frame: 0, mode, stretch, name: 'Film' });
        const after = placed.operations.reduce(
          (state, { op, input }) => applyChanges(state, runOperation(state, op, input, { newId }).forward),
          project,
        );
        const clip = after.clips.get(placed.clipIds[0]);
        const own = toNumber(source.sequence.frameRate);
        expect(toNumber(clip?.sourceIn ?? rational(-1))).toBeCloseTo(inPoint / own, 9);
        // An empty sequence takes the clip's own rate, so frames are frames.
        expect(clip?.duration).toBe(outPoint - inPoint);
      }),
      { numRuns: 60 },
    );
  });
});

describe('in and out', () => {
  const deck = (): Deck => ({
    ...{ document: emptyDocument, sequence: undefined, frame: 0, playing: false },
    ...{ inPoint: null, outPoint: null },
  });

  it('stand in order: the one that is set wins', () => {
    const one = deck();
    one.frame = 20;
    setOut(one);
    expect(one.outPoint).toBe(21);
    setIn(one);
    expect([one.inPoint, one.outPoint]).toEqual([20, 21]);
    one.frame = 40;
    setIn(one);
    expect([one.inPoint, one.outPoint]).toEqual([40, null]);
    one.frame = 10;
    setOut(one);
    expect([one.inPoint, one.outPoint]).toEqual([null, 11]);
    clearRange(one);
    expect([one.inPoint, one.outPoint]).toEqual([null, null]);
  });
});
