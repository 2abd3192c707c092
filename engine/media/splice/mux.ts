import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { ended, fileUrl, keepErrors, writeFailure } from '../child.ts';
import { muxerArgs } from '../encode.ts';
import { findFfmpeg } from '../ffmpeg-binary.ts';
import { mp4Fragment, mp4Head, type Sample, type Track } from './fragmented-mp4.ts';

/** A packet with its times in ticks of the track's timescale; decode times may be negative. */
export type TimedPacket = { data: Buffer; key: boolean; decode: number; present: number };

/** Packets of one fragment: enough that their headers cost nothing, few enough that memory does not. */
const fragmentBytes = 4_000_000;

/**
 * Writes packets, in decode order, with sound into a file by way of ffmpeg.
 * @param lead ticks by which the first packet is decoded before time 0
 * @throws UserFacingError 'room' | 'usage'
 */
export const muxPackets = async (
  path: string,
  track: Track,
  lead: number,
  packets: AsyncIterable<TimedPacket>,
  sound: { input: string[]; output: string[] } | undefined,
): Promise<void> => {
  const quickTime = /\.(mp4|m4v|mov)$/i.test(path);
  const args = [
    '-nostdin', '-hide_banner', '-v', 'error', '-y',
    '-copyts', '-itsoffset', (-lead / track.timescale).toFixed(9), '-f', 'mp4', '-i', 'pipe:0',
    ...(sound?.input ?? []),
    '-map', '0:v:0', '-c:v', 'copy', ...(sound?.output ?? ['-an']),
    ...(quickTime ? ['-tag:v', track.sampleEntry, '-video_track_timescale', String(track.timescale)] : []),
    ...muxerArgs(path), fileUrl(path),
  ]; // prettier-ignore
  const child = spawn(findFfmpeg().ffmpeg, args, { stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true });
  const stderr = keepErrors(child);
  const end = ended(child);
  child.stdin.on('error', () => undefined);
  const send = async (bytes: Buffer): Promise<void> => {
    if (child.exitCode === null && !child.stdin.write(bytes))
      await Promise.race([once(child.stdin, 'drain').catch(() => undefined), end]);
  };
  try {
    await send(mp4Head(track));
    let held: TimedPacket[] = [];
    let bytes = 0;
    let number = 0;
    const flush = async (next: TimedPacket | undefined): Promise<void> => {
      const samples = held.map((packet, i): Sample => {
        const following = held[i + 1] ?? next;
        const duration = following
          ? following.decode - packet.decode
          : Math.max(1, packet.decode - (held[i - 1]?.decode ?? packet.decode - 1));
        return { data: packet.data, key: packet.key, duration, composition: packet.present - packet.decode };
      });
      await send(mp4Fragment(++number, held[0].decode + lead, samples));
      held = [];
      bytes = 0;
    };
    for await (const packet of packets) {
      if (child.exitCode !== null) break;
      if (held.length > 0 && (packet.key || bytes > fragmentBytes)) await flush(packet);
      held.push(packet);
      bytes += packet.data.length;
    }
    if (held.length > 0) await flush(undefined);
    child.stdin.end();
    const code = await end;
    const failure = writeFailure(stderr(), path);
    if (failure) throw failure;
    if (code !== 0) throw new Error(`ffmpeg stopped while joining ${path}: ${stderr()}`);
  } catch (error) {
    child.kill('SIGKILL');
    await end;
    await rm(path, { force: true });
    throw error;
  }
};
