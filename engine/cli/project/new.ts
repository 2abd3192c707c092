import path from 'node:path';
import { UserFacingError } from '../../contract/errors.ts';
import { rational } from '../../contract/timeline/rational.ts';
import { frameOfTimecode } from '../../contract/timeline/timecode.ts';
import { createProject } from '../../projects/project.ts';
import { say } from '../command.ts';
import type { Command } from '../command.ts';
import { filesOf } from './session.ts';
import { isGiven, optional, parseCount, parseRate, parseSizeOf, textOf } from './values.ts';

export const command: Command = {
  name: 'project new',
  summary: 'makes a project with one empty sequence',
  usage: 'project new FILE.longtake [--fps 25] [--size 1920x1080] [--name NAME]',
  details: [
    'The frame rate is exact (24000/1001 stays so) and fixed once there are clips. Times may be given as frames from 0, as timecodes or in',
    'seconds with an s: 48, 00:00:02:00, 2s.',
  ],
  options: {
    fps: { value: 'RATE', help: 'frames per second: 25, 23.976, 24000/1001 (default 25)' },
    size: { value: 'WxH', help: 'pixels of the sequence, even (default 1920x1080)' },
    name: { value: 'NAME', help: 'of the sequence (default the name of the file)' },
    'video-tracks': { value: 'N', help: 'how many (default 1); add makes more when they are named' },
    'audio-tracks': { value: 'N', help: 'how many (default 1)' },
    timecode: { value: 'TC', help: 'of the first frame, HH:MM:SS:FF (default 00:00:00:00)' },
    'drop-frame': { help: 'show timecodes as drop-frame (29.97 and 59.94)' },
  },
  run: async (input, voice) => {
    const { file } = filesOf(input, 'new');
    const frameRate = optional(input, 'fps', (text) => parseRate('fps', text)) ?? rational(25);
    const size = optional(input, 'size', (text) => parseSizeOf('size', text)) ?? { width: 1920, height: 1080 };
    const dropFrame = isGiven(input, 'drop-frame');
    const startTimecode = optional(input, 'timecode', (text) => {
      const frame = frameOfTimecode(text, frameRate, dropFrame);
      if (frame !== undefined) return frame;
      throw new UserFacingError('usage', `--timecode ${text} is not possible.`, 'It takes HH:MM:SS:FF.');
    });
    const tracks = (option: string): number => optional(input, option, (text) => parseCount(option, text, 0, 100)) ?? 1;
    const sequence = {
      ...{ name: textOf(input, 'name') ?? path.basename(file, '.longtake'), frameRate, ...size, dropFrame },
      ...{
        startTimecode: startTimecode ?? 0,
        videoTracks: tracks('video-tracks'),
        audioTracks: tracks('audio-tracks'),
      },
    };
    const project = await createProject(file);
    try {
      project.edit('add-sequence', sequence);
    } finally {
      await project.close();
    }
    const { width, height } = size;
    const rate = frameRate.den === 1 ? String(frameRate.num) : `${frameRate.num}/${frameRate.den}`;
    say(
      voice,
      { event: 'created', project: file, sequence: { name: sequence.name, frameRate, width, height } },
      `${file}: "${sequence.name}", ${width}x${height}, ${rate} frames per second`,
    );
  },
};
