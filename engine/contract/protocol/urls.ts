/**
 * Where the engine answers with bytes: from the root of its origin, readable by ranges, only with the session's cookie, and always by
 * handles and ids of an open project, never by paths.
 */
import type { ProjectHandle } from './values.ts';

/** The whole document: a Snapshot (snapshot.ts) as JSON. */
export const documentUrl = (project: ProjectHandle): string => `/project/${project}/document`;

/** The media's own file. Numbered pictures have none. */
export const mediaUrl = (project: ProjectHandle, mediaId: string): string => `/project/${project}/media/${mediaId}`;

/** What was made of a media: `item` is a file of the cache, for example proxy.mp4. */
export const derivedUrl = (project: ProjectHandle, mediaId: string, item: string): string =>
  `/project/${project}/derived/${mediaId}/${item}`;

/** A title's bitmap, by the key that the engine gave it. */
export const titleUrl = (key: string): string => `/title/${key}`;

/** A font that titles are drawn with, by the face's name (contract/timeline/title-fonts.ts): to type a title with. */
export const titleFontUrl = (face: string): string => `/font/${face}`;

/** A recent project's picture, by the key that the engine gave it. */
export const pictureUrl = (key: string): string => `/picture/${key}`;

/** PUT with `Upload-Offset: BYTES`; the body is appended there. Answers 204 with the new Upload-Offset, 409 with the true one. */
export const uploadUrl = (project: ProjectHandle, upload: string): string => `/project/${project}/upload/${upload}`;

/** A finished export as a download. */
export const exportUrl = (project: ProjectHandle, work: string): string => `/project/${project}/export/${work}`;

/** A picture of what a job is making; `key` is the job's previewKey and changes with the picture. */
export const jobPreviewUrl = (project: ProjectHandle, job: string, key: string): string =>
  `/project/${project}/job/${job}/preview/${key}`;
