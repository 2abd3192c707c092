import { UserFacingError } from '../contract/errors.ts';
import { examine } from '../jobs/findings.ts';
import type { Finding } from '../jobs/findings.ts';
import { printJson } from './command.ts';
import type { Command } from './command.ts';
import { positionalsOf } from './options.ts';

export const command: Command = {
  name: 'doctor',
  summary: 'says what works on this machine, and what to do about the rest',
  usage: 'doctor',
  details: [],
  options: {},
  run: async (input, voice) => {
    positionalsOf(input, [], 'doctor');
    const findings = await examine();
    for (const finding of findings) {
      if (voice.json) printJson({ event: 'finding', ...finding });
      else if (!voice.quiet) process.stdout.write(`${describe(finding)}\n`);
    }
    const bad = findings.find(({ works, needed }) => needed && !works);
    if (bad) {
      const code = bad.what === 'ffmpeg' ? 'input' : 'model';
      throw new UserFacingError(
        code,
        `Longtake cannot work yet: ${bad.what}: ${bad.text.replace(/\.$/, '')}.`,
        bad.remedy ?? 'See the lines above.',
      );
    }
  },
};

const describe = ({ what, works, needed, text, remedy }: Finding): string => {
  const mark = works ? 'ok  ' : needed ? 'BAD ' : 'no  ';
  return `${mark}  ${what.padEnd(26)} ${text}${remedy === undefined ? '' : `\n      ${remedy}`}`;
};
