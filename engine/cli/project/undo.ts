import { UserFacingError } from '../../contract/errors.ts';
import type { Project } from '../../projects/project-types.ts';
import { say } from '../command.ts';
import type { Command } from '../command.ts';
import { filesOf, withProject } from './session.ts';
import { optional, parseCount } from './values.ts';

const mostSteps = 100_000;

const walk = (
  kind: 'undo' | 'redo',
  summary: string,
  step: (project: Project) => { revision: number; op: string },
): Command => ({
  name: `project ${kind}`,
  summary,
  usage: `project ${kind} FILE.longtake [--steps N]`,
  details: ['The history is kept in the project: it outlives the program.'],
  options: { steps: { value: 'N', help: 'how many edits (default 1)' } },
  run: async (input, voice) => {
    const { file } = filesOf(input, kind);
    const steps = optional(input, 'steps', (text) => parseCount('steps', text, 1, mostSteps)) ?? 1;
    await withProject(file, (project) => {
      const possible = project.history(2 * mostSteps).filter(({ applied }) => applied === (kind === 'undo')).length;
      if (steps > possible) {
        throw new UserFacingError(
          'usage',
          possible === 0 ? `There is nothing to ${kind}.` : `There are only ${possible} edits to ${kind}.`,
          possible === 0 ? 'Nothing was changed.' : `Nothing was changed; write --steps ${possible}.`,
        );
      }
      for (let i = 0; i < steps; i += 1) {
        const { revision, op } = step(project);
        say(voice, { event: kind, project: file, revision, operation: op }, `revision ${revision}: ${kind} of ${op}`);
      }
    });
  },
});

export const undo = walk('undo', 'takes the last edits back', (project) => project.undo());
export const redo = walk('redo', 'makes edits again that were taken back', (project) => project.redo());
