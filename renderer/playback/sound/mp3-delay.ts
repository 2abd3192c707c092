/** Samples that every decoder of MPEG layer III is late by, besides what the encoder put in front. */
const decoderDelay = 529;
/** From the mark of an information frame to its flags, and what each flag stands for, bytes: frames, size, table of contents, quality. */
const parts = [4, 4, 100, 4];
/** Encoders that write their delay behind it, and where. */
const writers = ['LAME', 'Lavf', 'Lavc'];
const delayAt = 21;

/** Most bytes that are looked at behind an ID3 tag. */
const most = 2048;

const textAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Samples before the first that is heard, told by the information frame at the start of an MP3 file; 0 where none tells. */
export const mp3DelayIn = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Behind a frame's header and its side information, of 9 to 32 bytes.
  for (let mark = 4; mark < 64 && mark + 8 < bytes.length; mark++) {
    if (textAt(bytes, mark) !== 'Xing' && textAt(bytes, mark) !== 'Info') continue;
    const flags = view.getUint32(mark + 4);
    const writer = parts.reduce((at, length, bit) => at + (flags & (1 << bit) ? length : 0), mark + 8);
    if (writer + delayAt + 3 > bytes.length || !writers.includes(textAt(bytes, writer))) return 0;
    return (view.getUint16(writer + delayAt) >> 4) + decoderDelay;
  }
  return 0;
};

/** The same of a file that is read by its URL. @throws when it cannot be read */
export const mp3Delay = async (url: string): Promise<number> => {
  const read = async (from: number, count: number): Promise<Uint8Array> => {
    const response = await fetch(url, { headers: { range: `bytes=${from}-${from + count - 1}` } });
    if (!response.ok) throw new Error(`mp3: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const tag = await read(0, 10);
  const isTag = String.fromCharCode(...tag.subarray(0, 3)) === 'ID3';
  // Seven bits a byte.
  const size = isTag ? 10 + tag.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 127), 0) : 0;
  return mp3DelayIn(await read(size, most));
};
