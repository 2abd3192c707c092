import type { RuntimeSession, TensorSpec } from '../runtime/sessions.ts';
import { modelError, remedies, type Role } from './manifest.ts';

/** A number is a fixed length, a letter any length (the graph may fix it, names are its own). */
type Edge = readonly [name: string, dims: readonly (number | string)[]];
export type GraphContract = { inputs: readonly Edge[]; outputs: readonly Edge[] };

/** The edges of the four graphs of `motion-latent-dit`; all float32. docs/pack-format.md says what they mean. */
const plainContracts: Record<Role, GraphContract> = {
  encode: { inputs: [['frames', ['n', 3, 'H', 'W']]], outputs: [['latents', ['n', 16, 'h', 'w']]] },
  decode: { inputs: [['latents', ['n', 16, 'h', 'w']]], outputs: [['frames', ['n', 3, 'H', 'W']]] },
  denoise: {
    inputs: [
      ['noisy', [1, 22, 'T', 'h', 'w']],
      ['known', [1, 22, 'T', 'h', 'w']],
      ['mask', [1, 1, 'T', 'h', 'w']],
      ['prior', [1, 22, 'T', 'h', 'w']],
      ['hints', [1, 3, 'T', 'h', 'w']],
      ['info', [1, 4, 'T']],
      ['positions', ['N', 3]],
      ['tau', [1]],
      ['sigma', [1]],
    ],
    outputs: [['clean', [1, 22, 'T', 'h', 'w']]],
  },
  refine: {
    inputs: [
      ['before', ['n', 3, 'H', 'W']],
      ['after', ['n', 3, 'H', 'W']],
      ['generated', ['n', 3, 'H', 'W']],
      ['fields', ['n', 6, 'H', 'W']],
    ],
    outputs: [
      ['flow', ['n', 4, 'H', 'W']],
      ['weights', ['n', 3, 'H', 'W']],
      ['residual', ['n', 3, 'H', 'W']],
    ],
  },
};

/** The same for packs that see references a second way (`second-references`): two more trusts, two more pictures to weigh. */
const twiceContracts: Record<Role, GraphContract> = {
  ...plainContracts,
  denoise: {
    inputs: plainContracts.denoise.inputs.map(([name, dims]): Edge => [
      name,
      dims[1] === 22 ? [1, 24, 'T', 'h', 'w'] : dims,
    ]),
    outputs: [['clean', [1, 24, 'T', 'h', 'w']]],
  },
  refine: {
    inputs: [
      ['before', ['n', 3, 'H', 'W']],
      ['after', ['n', 3, 'H', 'W']],
      ['generated', ['n', 3, 'H', 'W']],
      ['second_before', ['n', 3, 'H', 'W']],
      ['second_after', ['n', 3, 'H', 'W']],
      ['fields', ['n', 10, 'H', 'W']],
    ],
    outputs: [
      ['flow', ['n', 4, 'H', 'W']],
      ['weights', ['n', 5, 'H', 'W']],
      ['residual', ['n', 3, 'H', 'W']],
    ],
  },
};

export const graphContracts = (twice: boolean): Record<Role, GraphContract> =>
  twice ? twiceContracts : plainContracts;

/** What does not fit between one edge and what the graph declares; an axis that the graph computes shows as a name and fits. */
const misfit = (edge: Edge, declared: TensorSpec | undefined): string | undefined => {
  const [name, dims] = edge;
  if (!declared) return `${name} is missing`;
  if (declared.dtype !== 'float32') return `${name} is ${declared.dtype} instead of float32`;
  // An exporter may leave an output's rank open; then the shape is checked where it is used.
  if (declared.dims.length === 0) return undefined;
  if (declared.dims.length !== dims.length) return `${name} has ${declared.dims.length} axes instead of ${dims.length}`;
  const axis = dims.findIndex(
    (length, i) => typeof length === 'number' && typeof declared.dims[i] === 'number' && declared.dims[i] !== length,
  );
  return axis < 0 ? undefined : `${name} has length ${declared.dims[axis]} instead of ${dims[axis]} on axis ${axis}`;
};

/** @throws UserFacingError `model` when a graph's names, types or fixed lengths are not those of its role. */
export const checkGraphContract = (
  role: Role,
  file: string,
  session: Pick<RuntimeSession, 'inputs' | 'outputs'>,
  twice: boolean,
): void => {
  const { inputs, outputs } = graphContracts(twice)[role];
  const problem =
    inputs
      .map((edge) =>
        misfit(
          edge,
          session.inputs.find((spec) => spec.name === edge[0]),
        ),
      )
      .find(Boolean) ??
    outputs
      .map((edge) =>
        misfit(
          edge,
          session.outputs.find((spec) => spec.name === edge[0]),
        ),
      )
      .find(Boolean) ??
    session.inputs
      .filter((spec) => !inputs.some(([name]) => name === spec.name))
      .map((spec) => `it wants ${spec.name}, which nobody gives`)
      .at(0);
  if (problem) throw modelError(`The graph ${file} does not fit its role "${role}": ${problem}.`, remedies.useAnother);
};
