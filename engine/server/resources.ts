/** What the engine gives by URL (engine/contract/protocol/urls.ts): the same for HTTP and for a scheme of the desktop shell. */
import path from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import { snapshotOf } from '../contract/protocol/snapshot.ts';
import { titleFontFile } from '../render/titles/fonts.ts';
import type { Host } from './host.ts';

export type Resource =
  | {
      file: string;
      type: string;
      /** Offered under this name. */ download?: string;
      /** Never changes. */ fixed: boolean;
    }
  | { bytes: Uint8Array; type: string; fixed: boolean };

const types: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.gif': 'image/gif',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
};
const unknown = 'application/octet-stream';

/** Nothing that a browser would run or render as a page. */
const typeOf = (file: string): string => types[path.extname(file).toLowerCase()] ?? unknown;

/**
 * @param pathname of the URL, without its query
 * @returns undefined where there is nothing (any more)
 * @throws what reading a project or drawing a title throws
 */
export const openResource = async (host: Host, pathname: string): Promise<Resource | undefined> => {
  const [room, ...rest] = pathname.split('/').slice(1);
  if (room === 'title' && rest.length === 1) {
    const bytes = await host.titles.bytes(rest[0]);
    return bytes && { bytes, type: unknown, fixed: true };
  }
  if (room === 'font' && rest.length === 1) {
    const file = titleFontFile(rest[0]);
    return file === undefined ? undefined : { file, type: 'font/ttf', fixed: true };
  }
  if (room === 'picture' && rest.length === 1) {
    const file = host.recent.pictureFile(rest[0]);
    return file === undefined ? undefined : { file, type: 'image/webp', fixed: false };
  }
  if (room !== 'project' || !host.projects.has(rest[0])) return undefined;
  const entry = host.projects.get(rest[0]);
  const [, kind, id, item] = rest;
  if (kind === 'document' && rest.length === 2) {
    // The document first: reading it may move a project that another process writes to a newer revision.
    const document = entry.project.document();
    const text = JSON.stringify(snapshotOf(entry.project.revision, document));
    return { bytes: new TextEncoder().encode(text), type: 'application/json', fixed: false };
  }
  if (kind === 'media' && rest.length === 3) {
    const media = await host.media.located(entry, id).catch((error: unknown) => {
      if (error instanceof UserFacingError) return undefined;
      throw error;
    });
    if (!media || media.kind === 'images') return undefined;
    return { file: media.path, type: typeOf(media.path), fixed: false };
  }
  if (kind === 'derived' && rest.length === 4 && entry.project.document().media.has(id)) {
    const file = await host.media.derivedFile(entry, id, item);
    return file === undefined ? undefined : { file, type: typeOf(file), fixed: true };
  }
  if (kind === 'export' && rest.length === 3) {
    const file = host.exports.file(entry, id);
    return file === undefined ? undefined : { file, type: typeOf(file), download: path.basename(file), fixed: false };
  }
  if (kind === 'job' && rest.length === 5 && rest[3] === 'preview') {
    const bytes = host.generation.preview(entry.handle, id, rest[4]);
    return bytes && { bytes, type: 'image/jpeg', fixed: true };
  }
  return undefined;
};
