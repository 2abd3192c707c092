import { z } from 'zod';
import { UserFacingError } from '../../contract/errors.ts';

const maxCharacters = 64 * 1024 * 1024;
const maxDepth = 200;
const maxNodes = 4_000_000;

/** The refusal of a file as a whole. */
export const unreadable = (why: string): UserFacingError =>
  new UserFacingError(
    'input',
    `The OpenTimelineIO file cannot be read: ${why}.`,
    'Export it once more from the program that made it.',
  );

/**
 * The JSON of a timeline. Depth and number of objects are counted first: a few megabytes of brackets would else take all memory.
 *
 * @throws UserFacingError `input`
 */
export const parseOtioText = (text: string): unknown => {
  if (text.length > maxCharacters) throw unreadable('it is larger than 64 MB');
  let [depth, nodes, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      nodes += 1;
      if (depth > maxDepth) throw unreadable('its objects are nested too deeply');
      if (nodes > maxNodes) throw unreadable('it holds too many objects');
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('it is no complete JSON text');
  }
};

const timeSchema = z.object({ value: z.number().min(-1e12).max(1e12), rate: z.number().min(0.01).max(1e7) });
export type OtioTime = z.infer<typeof timeSchema>;

const rangeSchema = z.object({
  start_time: timeSchema,
  duration: timeSchema.refine(({ value }) => value >= 0, { message: 'a duration is not negative' }),
});
export type OtioRange = z.infer<typeof rangeSchema>;

const text = z.string().nullish();
const metadata = z.object({ longtake: z.unknown().optional() }).nullish();
const unknowns = z.array(z.unknown()).nullish();

/** Every object that stands in a timeline, with the words of all kinds; which kind has which is asked where it is read. */
const nodeSchema = z.object({
  OTIO_SCHEMA: z.string().max(200),
  name: text,
  metadata,
  enabled: z.boolean().nullish(),
  children: unknowns,
  effects: unknowns,
  markers: unknowns,
  source_range: rangeSchema.nullish(),
  kind: text,
  tracks: z.unknown().optional(),
  global_start_time: timeSchema.nullish(),
  media_reference: z.unknown().optional(),
  media_references: z.record(z.string(), z.unknown()).nullish(),
  active_media_reference_key: text,
  in_offset: timeSchema.nullish(),
  out_offset: timeSchema.nullish(),
  transition_type: text,
  marked_range: rangeSchema.nullish(),
  color: text,
  effect_name: text,
  time_scalar: z.number().nullish(),
  available_range: rangeSchema.nullish(),
  target_url: text,
  target_url_base: text,
  name_prefix: text,
  name_suffix: text,
  start_frame: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
  frame_zero_padding: z.number().int().min(0).max(20).nullish(),
  generator_kind: text,
  parameters: z.unknown().optional(),
});
export type OtioNode = z.infer<typeof nodeSchema>;

/** @throws UserFacingError `input`, naming the place, for what is no object of OpenTimelineIO */
export const otioNode = (value: unknown, where: string): OtioNode => {
  const parsed = nodeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path } = parsed.error.issues[0];
  throw unreadable(
    path.length === 0 ? `${where} is no object` : `${path.join('.')} of ${where} is not as it should be`,
  );
};

/** The name of an object's schema without its version: Clip.1 and Clip.2 differ only in words that are both known here. */
export const schemaOf = ({ OTIO_SCHEMA }: OtioNode): string => OTIO_SCHEMA.replace(/\.\d+$/, '');

/** Longtake's own words about an object; undefined where they are missing, of another version or spoilt. */
export const longtakeWords = <T>(schema: z.ZodType<T>, node: OtioNode): T | undefined =>
  schema.safeParse(node.metadata?.longtake).data;
