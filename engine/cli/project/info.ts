import {
  allTracksOf,
  clipsOf,
  sequenceEnd,
  transitionAtEnd,
  transitionAtStart,
} from '../../contract/timeline/document.ts';
import type { Document } from '../../contract/timeline/document.ts';
import type { Sequence } from '../../contract/timeline/entities.ts';
import type { Media } from '../../contract/timeline/media.ts';
import { toNumber } from '../../contract/timeline/rational.ts';
import type { Rational } from '../../contract/timeline/rational.ts';
import { timecodeOf } from '../../contract/timeline/timecode.ts';
import { printJson } from '../command.ts';
import type { Command } from '../command.ts';
import { allMedia, sequencesOf } from './pick.ts';
import { filesOf, readProject } from './session.ts';
import { isGiven } from './values.ts';

const rateText = ({ num, den }: Rational): string => (den === 1 ? String(num) : `${num}/${den}`);

const mediaText = ({ name, kind, picture, sound }: Media): string => {
  const parts = [
    picture ? `${picture.width}x${picture.height}` : '',
    picture?.frameRate ? `${rateText(picture.frameRate)} fps, ${picture.frameCount} frames` : '',
    picture ? picture.codec : '',
    sound ? `sound ${sound.sampleRate} Hz ${sound.layout}` : '',
  ];
  return `  ${kind.padEnd(6)} ${name}  ${parts.filter((part) => part !== '').join(', ')}`;
};

const clipLines = (document: Document, trackId: string): string[] =>
  clipsOf(document, trackId).map((clip, index) => {
    const { start, duration, kind, name, speed, reverse } = clip;
    const how = [
      speed.num !== speed.den || reverse ? `speed ${reverse ? '-' : ''}${rateText(speed)}` : '',
      transitionAtStart(document, clip.id)?.kind ?? '',
      transitionAtEnd(document, clip.id) ? `${transitionAtEnd(document, clip.id)?.kind} at its end` : '',
      clip.enabled ? '' : 'disabled',
    ].filter((word) => word !== '');
    const words = how.length > 0 ? `  (${how.join(', ')})` : '';
    return `    ${String(index).padStart(3)}  ${start}-${start + duration - 1}  ${kind}  ${name.split('\n')[0]}${words}`;
  });

const sequenceLines = (document: Document, sequence: Sequence, withClips: boolean): string[] => {
  const { name, width, height, frameRate, dropFrame } = sequence;
  const end = sequenceEnd(document, sequence.id);
  const length = `${end} frames, ${timecodeOf(end, frameRate, dropFrame)}`;
  return [
    `sequence "${name}"  ${width}x${height}, ${rateText(frameRate)} fps, ${length}`,
    ...allTracksOf(document, sequence.id).flatMap((track) => [
      `  ${track.name}  ${clipsOf(document, track.id).length} clips${track.muted ? ', muted' : ''}${track.locked ? ', locked' : ''}`,
      ...(withClips ? clipLines(document, track.id) : []),
    ]),
  ];
};

/** A sequence with everything in it, for scripts. */
const sequenceValue = (document: Document, sequence: Sequence): Record<string, unknown> => ({
  ...sequence,
  frames: sequenceEnd(document, sequence.id),
  seconds: sequenceEnd(document, sequence.id) / toNumber(sequence.frameRate),
  tracks: allTracksOf(document, sequence.id).map((track) => ({
    ...track,
    clips: clipsOf(document, track.id),
    transitions: [...document.transitions.values()].filter(({ trackId }) => trackId === track.id),
  })),
  markers: [...document.markers.values()].filter(({ sequenceId }) => sequenceId === sequence.id),
});

export const command: Command = {
  name: 'project info',
  summary: 'says what is in a project',
  usage: 'project info FILE.longtake [--clips]',
  details: ['With --json everything, ids included, as one object.'],
  options: { clips: { help: 'every clip with its number and its frames' } },
  run: async (input, voice) => {
    const { file } = filesOf(input, 'info');
    await readProject(file, (project) => {
      const document = project.document();
      const { id } = project;
      const { revision, undo, redo } = project.state();
      const bins = [...document.bins.values()];
      const sequences = sequencesOf(document);
      const media = allMedia(document);
      if (voice.json) {
        const all = { sequences: sequences.map((each) => sequenceValue(document, each)), media, bins };
        printJson({ event: 'project', project: file, id, revision, undo, redo, ...all });
        return;
      }
      const lines = [
        `${file}`,
        `revision ${revision}${undo === null ? '' : `, undo takes back ${undo}`}${redo === null ? '' : `, redo makes ${redo}`}`,
        ...sequences.flatMap((each) => sequenceLines(document, each, isGiven(input, 'clips'))),
        `${media.length} media`,
        ...media.map(mediaText),
      ];
      if (!voice.quiet) process.stdout.write(`${lines.join('\n')}\n`);
    });
  },
};
