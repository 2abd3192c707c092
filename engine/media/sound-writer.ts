import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Pcm } from './audio-read.ts';
import { ended, fileUrl, keepErrors, writeFailure } from './child.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';

export type SoundWriter = {
  write: (pcm: Pcm) => Promise<void>;
  close: () => Promise<void>;
  abort: () => Promise<void>;
};

/** Encodes float samples into a file as they come. @throws UserFacingError 'room' when the disk is full */
export const openSoundWriter = (
  path: string,
  as: { sampleRate: number; channels: number; layout: string },
  encoding: string[],
): SoundWriter => {
  const args = [
    '-nostdin', '-hide_banner', '-v', 'error', '-y',
    '-f', 'f32le', '-ar', String(as.sampleRate), '-ac', String(as.channels), '-channel_layout', as.layout, '-i', 'pipe:0',
    '-vn', ...encoding, '-fflags', '+bitexact', '-flags:a', '+bitexact', fileUrl(path),
  ]; // prettier-ignore
  const child = spawn(findFfmpeg().ffmpeg, args, { stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true });
  const stderr = keepErrors(child);
  const end = ended(child);
  child.stdin.on('error', () => undefined);
  const abort = async (): Promise<void> => {
    child.kill('SIGKILL');
    await end;
    await rm(path, { force: true });
  };
  const fail = async (): Promise<never> => {
    await abort();
    throw writeFailure(stderr(), path) ?? new Error(`the sound could not be encoded: ${stderr()}`);
  };
  return {
    abort,
    write: async (pcm) => {
      const count = pcm[0].length;
      if (count === 0) return;
      const interleaved = new Float32Array(count * pcm.length);
      pcm.forEach((channel, index) => {
        for (let i = 0, at = index; i < count; i++, at += pcm.length) interleaved[at] = channel[i];
      });
      if (child.exitCode !== null) await fail();
      if (!child.stdin.write(new Uint8Array(interleaved.buffer))) {
        await Promise.race([once(child.stdin, 'drain').catch(() => undefined), end]);
        if (child.exitCode !== null) await fail();
      }
    },
    close: async () => {
      child.stdin.end();
      if ((await end) !== 0 || writeFailure(stderr(), path)) await fail();
    },
  };
};
