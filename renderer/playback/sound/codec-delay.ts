import { EncodedPacketSink } from 'mediabunny';
import type { InputAudioTrack } from 'mediabunny';

/*
 * Decoders of browsers count what they give out from the time stamp of the packet that they begin with. That is wrong by what they give out
 * less of it: Opus leaves out the encoder's lead-in wherever it begins, Vorbis gives nothing for its first packet.
 */

export type Container = 'matroska' | 'ogg' | 'other';

/** Samples of 48 kHz that an Opus encoder put in front, from the identification header (RFC 7845, 5.1). */
const preSkipOf = (header: ArrayBuffer | Uint8Array): number => {
  const bytes = header instanceof Uint8Array ? header : new Uint8Array(header);
  return bytes.length >= 12 ? bytes[10] + 256 * bytes[11] : 0;
};

const opusPreSkip = async (track: InputAudioTrack): Promise<number> => {
  if (track.codec !== 'opus') return 0;
  const description = (await track.getDecoderConfig())?.description;
  if (!description) return 0;
  const header = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description as ArrayBuffer);
  return preSkipOf(header) / 48000;
};

/** Seconds by which the first sample that is heard comes before the first packet's time: Matroska's clock of Opus counts the lead-in. */
export const clockDelay = async (track: InputAudioTrack, container: Container): Promise<number> =>
  container === 'matroska' ? opusPreSkip(track) : 0;

/** Says, for a decoder that begins at a time of the file, by how many seconds its samples are later than it says. */
export const createDecoderLag = (track: InputAudioTrack, container: Container): ((time: number) => Promise<number>) => {
  const packets = new EncodedPacketSink(track);
  const preSkip = opusPreSkip(track);
  const first = packets.getFirstPacket({ metadataOnly: true });
  return async (time) => {
    if (track.codec !== 'opus' && track.codec !== 'vorbis') return 0;
    const [start, packet] = [await first, await packets.getPacket(time, { metadataOnly: true })];
    const begun = packet ?? start;
    if (!begun) return 0;
    if (track.codec === 'vorbis') return begun.duration;
    // Matroska's clock is late by the same. Ogg's first packet has no time for its lead-in.
    const told = container === 'matroska' || (container === 'ogg' && begun.timestamp === start?.timestamp);
    return told ? 0 : preSkip;
  };
};
