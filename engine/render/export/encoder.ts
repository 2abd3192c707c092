import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { ended, keepErrors, writeFailure } from '../../media/child.ts';
import { findFfmpeg } from '../../media/ffmpeg-binary.ts';
import { clampSound } from '../sound/mix-sound.ts';

export type FrameSink = {
  /** Takes a raw frame; resolves when the next one is welcome. */
  write: (frame: Uint8Array) => Promise<void>;
  /** Finishes the file. @throws UserFacingError 'room' | 'usage' when it could not be written */
  close: () => Promise<{ samplesCut: number }>;
  /** Stops at once. The file is left to whoever named it. */
  kill: () => Promise<void>;
};

/**
 * Starts ffmpeg on a raw picture (standard input) and, if given, on sound (descriptor 3). Both are fed at their own pace: ffmpeg asks for
 * whichever it lacks.
 * @param path of the result, for what is said when it cannot be written
 */
export const openSink = (args: string[], path: string, sound: AsyncIterable<Float32Array> | undefined): FrameSink => {
  const child = spawn(findFfmpeg().ffmpeg, args, {
    stdio: ['pipe', 'ignore', 'pipe', sound ? 'pipe' : 'ignore'],
    windowsHide: true,
  });
  const stderr = keepErrors(child);
  let over = false;
  const end = ended(child).then((code) => {
    over = true;
    return code;
  });
  const picture = child.stdin as Writable;
  // A program that has stopped breaks its pipes; the reason is in its own words, told by `fail`.
  picture.on('error', () => undefined);

  const send = async (to: Writable, bytes: Uint8Array): Promise<void> => {
    if (over || to.write(bytes)) return;
    await new Promise<void>((ready) => {
      const goOn = (): void => {
        to.off('drain', goOn);
        child.off('close', goOn);
        ready();
      };
      to.once('drain', goOn);
      child.once('close', goOn);
    });
  };

  let samplesCut = 0;
  let soundFailure: unknown;
  const feedSound = async (blocks: AsyncIterable<Float32Array>): Promise<void> => {
    const pipe = child.stdio[3] as Writable;
    pipe.on('error', () => undefined);
    try {
      for await (const block of blocks) {
        if (over) break;
        samplesCut += clampSound(block);
        await send(pipe, new Uint8Array(block.buffer, block.byteOffset, block.byteLength));
      }
      pipe.end();
    } catch (error) {
      soundFailure = error;
      child.kill('SIGKILL');
    }
  };
  const sounding = sound ? feedSound(sound) : Promise.resolve();

  const fail = async (): Promise<never> => {
    await end;
    await sounding;
    if (soundFailure !== undefined) throw soundFailure;
    throw writeFailure(stderr(), path) ?? new Error(`ffmpeg stopped while writing ${path}: ${stderr()}`);
  };

  return {
    write: async (frame) => {
      await send(picture, frame);
      if (over) await fail();
    },
    close: async () => {
      picture.end();
      const code = await end;
      await sounding;
      // ffmpeg ends well even when only its last bytes found no room.
      if (code !== 0 || soundFailure !== undefined || writeFailure(stderr(), path)) await fail();
      return { samplesCut };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await end;
      await sounding;
    },
  };
};
