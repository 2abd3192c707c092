import { z } from 'zod';
import { idSchema } from '../timeline/media.ts';
import { call } from './call.ts';
import {
  bytesSchema,
  clientIdSchema,
  emptySchema,
  momentSchema,
  pathSchema,
  problemSchema,
  projectHandleSchema,
  revisionSchema,
} from './values.ts';

const project = { project: projectHandleSchema };

/** What came of a file that was asked for. */
const importedSchema = z
  .object({
    /** In the order of the paths; those that the project had already are named as well, with their own id. */
    media: z.array(idSchema),
    revision: revisionSchema,
    /** What a person should know about the whole: holes in numbered pictures. Sentences. */
    notes: z.array(z.string()),
    /** Files that could not be taken in; the others were. */
    refused: z.array(z.object({ path: pathSchema, problem: problemSchema }).strict()),
  })
  .strict();
export type Imported = z.infer<typeof importedSchema>;

const missingSchema = z
  .object({
    mediaId: idSchema,
    name: z.string(),
    path: pathSchema,
    /** `changed`: a file lies there, but its content is another one. */
    state: z.enum(['missing', 'changed']),
  })
  .strict();
export type MissingMedia = z.infer<typeof missingSchema>;

export const folderEntrySchema = z
  .object({
    name: z.string(),
    path: pathSchema,
    kind: z.enum(['folder', 'project', 'video', 'audio', 'still', 'timeline', 'other']),
    bytes: bytesSchema,
    modified: momentSchema,
  })
  .strict();
export type FolderEntry = z.infer<typeof folderEntrySchema>;

const folderSchema = z
  .object({
    path: pathSchema,
    /** Null at the top of what the host shows. */
    parent: pathSchema.nullable(),
    /** Folders first, then by name as people count (2 before 10). Hidden ones are left out. */
    entries: z.array(folderEntrySchema),
    /** Not all entries are told: there are too many for a message. */
    cut: z.boolean(),
    /** Where one may want to go: the home folder, disks, the roots. */
    places: z.array(z.object({ name: z.string(), path: pathSchema }).strict()),
    /** Bytes free there. */
    room: bytesSchema,
  })
  .strict();
export type Folder = z.infer<typeof folderSchema>;

const uploadSchema = z
  .object({
    upload: clientIdSchema,
    /** Bytes that are there already: go on from here. */
    offset: bytesSchema,
  })
  .strict();

export const mediaCalls = {
  /**
   * Takes files and folders into the project as one undo step; they stay where they are. Progress: topic work:PROJECT under the name
   * `work`; cancelling the call takes in nothing.
   */
  'media.import': call(
    z
      .object({
        ...project,
        work: clientIdSchema,
        paths: z.array(pathSchema).min(1).max(10_000),
        bin: idSchema.nullable().default(null),
      })
      .strict(),
    importedSchema,
  ),
  /** Media whose file is not where it was. */
  'media.missing': call(z.object(project).strict(), z.object({ missing: z.array(missingSchema) }).strict()),
  /** Looks for missing media by name, size and content below these folders (the project's own when none) and relinks what it finds. */
  'media.findMissing': call(
    z.object({ ...project, work: clientIdSchema, folders: z.array(pathSchema).max(100).default([]) }).strict(),
    z
      .object({
        found: z.array(idSchema),
        missing: z.array(missingSchema),
        /** Files of the same name but other content, the likeliest first: for media.relink with `anyContent`, when a person agrees. */
        candidates: z.array(z.object({ mediaId: idSchema, path: pathSchema }).strict()),
        revision: revisionSchema,
      })
      .strict(),
  ),
  /** `anyContent` takes a file whose content is another one; its length and picture must still serve the clips. */
  'media.relink': call(
    z.object({ ...project, mediaId: idSchema, path: pathSchema, anyContent: z.boolean().default(false) }).strict(),
    z.object({ revision: revisionSchema }).strict(),
  ),

  /** The first folder (home) without a path. */
  'folders.list': call(z.object({ path: pathSchema.optional() }).strict(), folderSchema),
  /** Makes a folder in a folder. */
  'folders.make': call(z.object({ parent: pathSchema, name: z.string().min(1).max(200) }).strict(), folderSchema),

  /**
   * Starts, or goes on with, copying a file of the browser's machine into the project's media folder. The same name, size and date
   * within the same project go on where they stopped. The bytes go by PUT to uploadUrl(project, upload) from `offset` on.
   * Refused (`room`) when the disk has no room for what is missing.
   */
  'upload.begin': call(
    z
      .object({
        ...project,
        name: z.string().min(1).max(255),
        bytes: bytesSchema.min(1),
        /** Milliseconds since 1970, as the browser tells. */
        modified: z.number().int(),
      })
      .strict(),
    uploadSchema,
  ),
  'upload.state': call(z.object({ ...project, upload: clientIdSchema }).strict(), uploadSchema),
  /** All bytes are there: gives the file its name in the media folder and answers with where it lies, for media.import. */
  'upload.finish': call(
    z.object({ ...project, upload: clientIdSchema }).strict(),
    z.object({ path: pathSchema }).strict(),
  ),
  'upload.cancel': call(z.object({ ...project, upload: clientIdSchema }).strict(), emptySchema),
} as const;
