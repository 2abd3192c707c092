import type { Problem } from '../../engine/contract/protocol/values.ts';
import { uploadUrl } from '../../engine/contract/protocol/urls.ts';
import type { EngineClient } from '../document/engine-client.ts';
import { ConnectionLost, EngineRefusal } from '../document/engine-refusal.ts';

/** Bytes sent in one request: what a broken connection costs at most. */
const part = 4 * 1024 * 1024;
/** How often a part that did not get through is sent again, with a pause that doubles from this many milliseconds. */
const [attempts, pause] = [6, 250];

export type UploadOptions = {
  client: EngineClient;
  project: string;
  file: File;
  /** Bytes that are there, of `file.size`. */
  onProgress: (done: number) => void;
  signal: AbortSignal;
};

type Sent = { offset: number } | { problem: Problem };

const send = async (url: string, file: File, offset: number, signal: AbortSignal): Promise<Sent> => {
  const body = file.slice(offset, offset + part);
  const response = await fetch(url, { method: 'PUT', body, signal, headers: { 'Upload-Offset': String(offset) } });
  const at = response.headers.get('Upload-Offset');
  // 409 names the true offset: a part arrived whose answer was lost.
  if (at !== null) return { offset: Number(at) };
  return { problem: (await response.json()) as Problem };
};

/**
 * Copies a file of the browser's machine into the project's media folder, and goes on where an earlier attempt stopped.
 * @returns where it lies now, for media.import
 * @throws EngineRefusal when there is no room or the file is none, ConnectionLost when the engine stays away, the signal's reason
 */
export const uploadFile = async ({ client, project, file, onProgress, signal }: UploadOptions): Promise<string> => {
  const { name, size: bytes, lastModified: modified } = file;
  const begun = await client.call('upload.begin', { project, name, bytes, modified }, { signal });
  const { upload } = begun;
  let { offset } = begun;
  let failures = 0;
  try {
    while (offset < bytes) {
      onProgress(offset);
      const sent = await send(uploadUrl(project, upload), file, offset, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (++failures > attempts) throw error instanceof TypeError ? new ConnectionLost() : error;
        return undefined;
      });
      if (!sent) await new Promise((resolve) => setTimeout(resolve, pause * 2 ** failures));
      else if ('problem' in sent) throw new EngineRefusal(sent.problem);
      else {
        offset = sent.offset;
        failures = 0;
      }
    }
    onProgress(bytes);
    return (await client.call('upload.finish', { project, upload }, { signal })).path;
  } catch (error) {
    if (signal.aborted) await client.call('upload.cancel', { project, upload }).catch(() => undefined);
    throw error;
  }
};
