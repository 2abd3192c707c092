import { z } from 'zod';
import { UserFacingError } from '../contract/errors.ts';

/** The pack format that this version reads; docs/pack-format.md describes it. */
export const packFormat = 1;
/** Features of format 1 that a pack may require. A pack that requires another is refused, since it would run wrongly without it. */
export const knownFeatures = ['second-references', 'known-motion'] as const;
export type Feature = (typeof knownFeatures)[number];
export const roles = ['encode', 'decode', 'denoise', 'refine'] as const;
export type Role = (typeof roles)[number];

/** Bytes of one element of each type that a weights file may hold. */
export const elementBytes = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  uint8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
} as const;

/** A pack's id is also its folder's name; lower case, since some file systems cannot tell cases apart. */
export const packId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9, dot, dash, underscore');

/** Relative, with forward slashes, no hidden or parent segment, no drive letter: it cannot leave the folder on any system. */
const packPath = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'must be a plain path inside the pack');

const whole = z.number().int().nonnegative();
const packFile = z.object({
  file: packPath,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  bytes: whole,
});
export type PackFile = z.infer<typeof packFile>;

const weightsFile = packFile.extend({
  tensors: z.array(
    z.object({
      name: z.string().min(1),
      offset: whole,
      bytes: whole,
      dtype: z.enum(Object.keys(elementBytes) as (keyof typeof elementBytes)[]),
    }),
  ),
});
const graph = packFile.extend({ weights: weightsFile.optional() });
export type PackGraph = z.infer<typeof graph>;

/** Times of one preset: τ strictly falling from 1; the last step goes on to 0. */
const preset = z
  .array(z.number().positive().max(1))
  .min(1)
  .refine((times) => times.every((time, i) => (i === 0 ? time === 1 : time < times[i - 1])), 'times must fall from 1');

export const motionLatentDitManifest = z.object({
  format: z.literal(packFormat),
  id: packId,
  version: z.string().min(1),
  name: z.string().min(1),
  licence: z.string().min(1),
  trainedOn: z.array(z.string()).min(1),
  family: z.literal('motion-latent-dit'),
  tasks: z.array(z.enum(['animate', 'extend', 'fill', 'blend', 'inpaint'])).min(1),
  features: z.object({ required: z.array(z.string()) }),
  /** Working grid: pixels of area aimed at, and what both sides are multiples of. */
  grid: z.object({ area: z.number().int().min(4096).max(4_194_304), multiple: z.literal(16) }),
  spatialStride: z.literal(8),
  temporalStride: z.literal(1),
  causal: z.literal(false),
  patch: z.tuple([z.literal(2), z.literal(2), z.literal(2)]),
  frameRule: z.literal('any'),
  /** Frames of one window at most, and how many known ones a side the network was trained with. */
  window: z.object({ frames: z.number().int().min(2).max(256), known: z.number().int().min(1).max(64) }),
  latent: z.object({
    channels: z.union([z.literal(22), z.literal(24)]),
    appearance: z.literal(16),
    motionScale: z.number().positive(),
  }),
  schedule: z.object({
    presets: z
      .record(z.string().regex(/^[1-9]\d*$/), preset)
      .refine((presets) => '4' in presets, 'the preset of 4 steps must be there')
      .refine(
        (presets) => Object.entries(presets).every(([n, times]) => times.length === Number(n)),
        'a preset of n steps has n times',
      ),
    temperature: z.number().min(0).max(4),
    /** What the flow starts from: noise alone, or the motion prior with `temperature` of noise. */
    source: z.enum(['noise', 'prior']).default('noise'),
  }),
  prompt: z.object({ kind: z.literal('motion-vocabulary') }),
  memoryMb: z.number().positive(),
  /** Sizes of the networks as training named them (width, layers, heads …): for people and for counting operations. */
  architecture: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
  /** `flow` is reserved for a network in place of classical optical flow: verified where it is there, not run by this version. */
  graphs: z.object({ encode: graph, decode: graph, denoise: graph, refine: graph, flow: graph.optional() }),
  /** Further files that belong to the pack, a model card among them. */
  files: z.array(packFile).default([]),
});
export type Manifest = z.infer<typeof motionLatentDitManifest>;

/**
 * `second-references`: the pack sees references a second way and weighs both. `known-motion`: it is told how the known frames moved.
 */
export const hasFeature = (manifest: Pick<Manifest, 'features'>, feature: Feature): boolean =>
  manifest.features.required.includes(feature);

const manifestHead = z.object({
  format: z.unknown(),
  family: z.unknown(),
  features: z.object({ required: z.array(z.string()).optional() }).optional(),
});

/** The model itself is at fault or not for this version: never retried, nothing loaded. */
export const modelError = (message: string, remedy: string): UserFacingError =>
  new UserFacingError('model', message, remedy);

const useAnother = 'Use a pack made for this version of Longtake, or update Longtake.';
const copyAgain = 'Copy or download the whole pack again, then run `longtake models import FOLDER`.';
export const remedies = { useAnother, copyAgain } as const;

/**
 * Reads a manifest's text. What a newer format would change is looked at first, so that the answer names the real reason.
 * @param label how the pack is called in errors: its id or its folder.
 * @throws UserFacingError `model`
 */
export const parseManifest = (text: string, label: string): Manifest => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw modelError(`The manifest of the model ${label} is not valid JSON.`, copyAgain);
  }
  const head = manifestHead.safeParse(json);
  if (!head.success) throw modelError(`The manifest of the model ${label} is not a model manifest.`, copyAgain);
  const { format, family, features } = head.data;
  if (format !== packFormat) {
    throw modelError(
      `The model ${label} is of pack format ${show(format)}; this version reads format ${packFormat}.`,
      useAnother,
    );
  }
  if (family !== 'motion-latent-dit') {
    throw modelError(`The model ${label} is of the family ${show(family)}, which this version cannot run.`, useAnother);
  }
  const unknown = (features?.required ?? []).filter(
    (feature) => !(knownFeatures as readonly string[]).includes(feature),
  );
  if (unknown.length > 0) {
    throw modelError(
      `The model ${label} requires what this version does not have: ${unknown.map(show).join(', ')}.`,
      useAnother,
    );
  }
  const manifest = motionLatentDitManifest.safeParse(json);
  if (!manifest.success) {
    const [issue] = manifest.error.issues;
    throw modelError(
      `The manifest of the model ${label} is wrong at ${issue.path.join('.') || 'its top'}: ${issue.message}.`,
      copyAgain,
    );
  }
  checkTables(manifest.data, label);
  return manifest.data;
};

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** Weights lie beside their graph (the runtime looks nowhere else), tensors inside their file, and no file is listed twice. */
const checkTables = (manifest: Manifest, label: string): void => {
  const wrong = (reason: string): UserFacingError =>
    modelError(`The manifest of the model ${label} is wrong: ${reason}.`, copyAgain);
  const channels = hasFeature(manifest, 'second-references') ? 24 : 22;
  if (manifest.latent.channels !== channels) {
    throw wrong(`its latents have ${manifest.latent.channels} channels, with its features ${channels} are right`);
  }
  const seen = new Map<string, PackFile>();
  for (const file of packFiles(manifest)) {
    const other = seen.get(file.file.toLowerCase());
    if (other && (other.file !== file.file || other.sha256 !== file.sha256 || other.bytes !== file.bytes)) {
      throw wrong(`${file.file} is listed twice with different contents`);
    }
    if (file.file.toLowerCase() === 'manifest.json') throw wrong('it lists itself');
    seen.set(file.file.toLowerCase(), file);
  }
  for (const role of roles) {
    const { file, weights } = manifest.graphs[role];
    if (!weights) continue;
    if (folderOf(weights.file) !== folderOf(file)) throw wrong(`${weights.file} does not lie beside ${file}`);
    const outside = weights.tensors.find(
      ({ offset, bytes, dtype }) => offset + bytes > weights.bytes || bytes % elementBytes[dtype] !== 0,
    );
    if (outside) throw wrong(`the tensor ${show(outside.name)} does not fit in ${weights.file}`);
  }
};

const folderOf = (file: string): string => file.split('/').slice(0, -1).join('/');

/** Every file of the pack but the manifest itself; a file that two graphs share is given twice. */
export const packFiles = (manifest: Manifest): PackFile[] => [
  ...Object.values(manifest.graphs).flatMap((graph) => {
    if (!graph) return [];
    const { weights, ...own } = graph;
    return weights ? [own, weights] : [own];
  }),
  ...manifest.files,
];

/** Bytes on disk without the manifest. */
export const packBytes = (manifest: Manifest): number => {
  const sizes = new Map(packFiles(manifest).map(({ file, bytes }) => [file, bytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
};
