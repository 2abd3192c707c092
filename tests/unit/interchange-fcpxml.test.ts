import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipsOf, documentOf, sequenceEnd, tracksOf } from '../../engine/contract/timeline/document.ts';
import { rational } from '../../engine/contract/timeline/rational.ts';
import { writeFcpxml } from '../../engine/render/interchange/fcpxml-write.ts';
import { element, xmlText } from '../../engine/render/interchange/xml.ts';
import { createIds, drawNumbers, madeUpClip, madeUpMedia, sequenceFrom } from '../support/random-sequence.ts';

type Node = { name: string; words: Record<string, string>; children: Node[]; text: string };

/** A strict reader of the XML that is written here; throws for what is not well-formed. */
const parse = (xml: string): Node => {
  const root: Node = { name: '', words: {}, children: [], text: '' };
  const open = [root];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<!DOCTYPE \w+>\n/, '');
  const decode = (text: string): string => {
    if (/[<"]|&(?!(?:amp|lt|gt|quot|#9|#10|#13);)/.test(text)) throw new Error(`not escaped: ${text}`);
    const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
    return text.replace(/&(#?\w+);/g, (_, name: string) => signs[name] ?? String.fromCharCode(Number(name.slice(1))));
  };
  let at = 0;
  for (const match of body.matchAll(/<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>/g)) {
    const inner = open[open.length - 1];
    inner.text += decode(body.slice(at, match.index));
    at = match.index + match[0].length;
    const [, closing, name, words, empty] = match;
    if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    const pairs = [...words.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, decode(value)] as const);
    if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`an attribute of ${name} twice`);
    const node: Node = { name, words: Object.fromEntries(pairs), children: [], text: '' };
    inner.children.push(node);
    if (!empty) open.push(node);
  }
  if (open.length !== 1 || body.slice(at).trim() !== '' || root.children.length !== 1) throw new Error('not closed');
  return root.children[0];
};

const all = (node: Node): Node[] => [node, ...node.children.flatMap(all)];
const named = (node: Node, name: string): Node[] => all(node).filter((each) => each.name === name);

/** Seconds of "7/24s". */
const seconds = (text: string): number => {
  const match = /^(-?\d+)(?:\/(\d+))?s$/.exec(text);
  if (!match) throw new Error(`no time: ${text}`);
  return Number(match[1]) / Number(match[2] ?? 1);
};

describe('Final Cut Pro XML', () => {
  it('is well-formed, refers to what it lists, and its storyline has neither holes nor overlaps', () => {
    fc.assert(
      fc.property(drawNumbers, (numbers) => {
        const { document, sequenceId } = sequenceFrom(numbers);
        const root = parse(writeFcpxml(document, sequenceId, 'film').files[0].text);
        const ids = all(root).flatMap(({ words }) => (words.id === undefined ? [] : [words.id]));
        expect(new Set(ids).size).toBe(ids.length);
        const refs = all(root).flatMap(({ words }) => [words.ref, words.format].filter((ref) => ref !== undefined));
        expect(refs.filter((ref) => !ids.includes(ref))).toEqual([]);
        const [sequence] = named(root, 'sequence');
        let at = seconds(sequence.words.tcStart);
        for (const item of sequence.children[0].children.filter(({ name }) => name !== 'transition')) {
          expect(seconds(item.words.offset)).toBeCloseTo(at, 6);
          at += seconds(item.words.duration);
        }
        const rate = document.sequences.get(sequenceId)?.frameRate ?? rational(1);
        const length = (sequenceEnd(document, sequenceId) * rate.den) / rate.num;
        expect(at - seconds(sequence.words.tcStart)).toBeCloseTo(length, 6);
        const shown = all(root).filter(({ name }) => ['asset-clip', 'video', 'title'].includes(name)).length;
        const clips = (['video', 'audio'] as const)
          .flatMap((kind) => tracksOf(document, sequenceId, kind))
          .reduce((count, { id }) => count + clipsOf(document, id).length, 0);
        expect(shown).toBe(clips);
      }),
      { numRuns: 100 },
    );
  });

  it('says clips, lanes, speeds, places, levels, titles and markers in its own words', () => {
    const newId = createIds();
    const sequence = {
      ...{ id: newId(), name: 'A & B', frameRate: rational(24000, 1001), width: 1920, height: 1080 },
      ...{ startTimecode: 0, dropFrame: false },
    };
    const track = (kind: 'video' | 'audio', order: number, gain = 0) => ({
      ...{ id: newId(), sequenceId: sequence.id, kind, order, name: `${kind}${order}` },
      ...{ locked: false, muted: false, solo: false, gain, height: 60 },
    });
    const tracks = [track('video', 0), track('video', 1), track('audio', 0, -3)];
    const film = madeUpMedia(newId(), 'video', 'a b.mov', { frames: 250 });
    const music = madeUpMedia(newId(), 'audio', 'music.wav', { frames: 500 });
    const clips = [
      madeUpClip(newId(), tracks[0], film, { start: 24, duration: 24, sourceIn: rational(1), speed: rational(2) }),
      madeUpClip(newId(), tracks[1], null, { start: 30, duration: 10 }),
      madeUpClip(newId(), tracks[2], music, { start: 0, duration: 48, gain: { value: -6, keys: [] }, fadeOut: 12 }),
    ];
    const placement = clips[0].placement;
    if (placement)
      clips[0].placement = { ...placement, x: { value: 108, keys: [] }, opacity: { value: 0.5, keys: [] } };
    const markers = [
      {
        id: newId(),
        sequenceId: sequence.id,
        clipId: clips[0].id,
        frame: 6,
        duration: 0,
        name: 'on it',
        colour: '#ff0000',
      },
      { id: newId(), sequenceId: sequence.id, clipId: null, frame: 12, duration: 0, name: 'early', colour: '#ff0000' },
    ];
    const document = documentOf({ sequences: [sequence], tracks, media: [film, music], clips, markers });
    const { files, notCarried } = writeFcpxml(document, sequence.id, 'film');
    const root = parse(files[0].text);
    const [gap, clip] = named(root, 'spine')[0].children;
    expect(gap.words).toMatchObject({ offset: '0s', duration: '1001/1000s' });
    expect(gap.children.map(({ name, words }) => [name, words.lane ?? words.value])).toEqual([
      ['asset-clip', '-1'],
      ['marker', 'early'],
    ]);
    expect(named(gap, 'adjust-volume')[0].words.amount).toBe('-9dB');
    expect(named(gap, 'fadeOut')[0].words.duration).toBe('1001/2000s');
    expect(clip.words).toMatchObject({
      offset: '1001/1000s',
      start: '1/2s',
      duration: '1001/1000s',
      srcEnable: 'video',
    });
    expect(named(clip, 'conform-rate')[0].words.srcFrameRate).toBe('25');
    expect(named(clip, 'timept').map(({ words }) => [words.time, words.value])).toEqual([
      ['0s', '0s'],
      ['5s', '10s'],
    ]);
    expect(named(clip, 'adjust-transform')[0].words.position).toBe('10 0');
    expect(named(clip, 'adjust-blend')[0].words.amount).toBe('0.5');
    const [title] = named(clip, 'title');
    expect(seconds(title.words.offset)).toBeCloseTo(0.5 + (6 * 1001) / 24000, 9);
    expect(named(title, 'text-style')[0].text).toBe('Longtake');
    expect(seconds(named(clip, 'marker')[0].words.start)).toBeCloseTo(0.5 + (6 * 1001) / 24000, 9);
    expect(named(root, 'media-rep').map(({ words }) => words.src)).toContain('file:///footage/a%20b.mov');
    expect(notCarried).toEqual(['Titles are set in a common font of the same kind: Title.']);
  });

  it('has no character that XML forbids', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const node = parse(xmlText(element('a', { b: text }, [text]), 'a'));
        // eslint-disable-next-line no-control-regex -- these are exactly the characters that are looked for
        const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '');
        expect([node.words.b, node.text]).toEqual([clean, clean]);
      }),
    );
  });
});
