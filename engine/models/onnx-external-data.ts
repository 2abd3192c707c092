/*
 * Which files beside itself an ONNX graph reads. A graph may name any file as "external data"; only those that its manifest lists have been
 * verified, so every name is looked up before the runtime sees the graph. This walks the protocol buffer (onnx.proto3) without decoding
 * tensors: fields that cannot hold a tensor are skipped by their length.
 */

/** For each kind of message: field number → kind of message inside. */
const inside = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  entry: {},
} as const satisfies Record<string, Record<number, string>>;
type Kind = keyof typeof inside;

type Field = { number: number; bytes: Uint8Array | undefined };

const readVarint = (bytes: Uint8Array, at: number): [value: number, next: number] => {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    if (at + i >= bytes.length) break;
    const byte = bytes[at + i];
    // Multiplication instead of shifts: lengths above 2^31 are legal. Bits beyond 2^53 only occur in negative numbers, which are not lengths.
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  throw new Error('not a protocol buffer');
};

const fields = function* (bytes: Uint8Array): Generator<Field> {
  let at = 0;
  while (at < bytes.length) {
    const [key, afterKey] = readVarint(bytes, at);
    const wire = key % 8;
    const number = Math.floor(key / 8);
    if (wire === 2) {
      const [length, start] = readVarint(bytes, afterKey);
      if (start + length > bytes.length) throw new Error('not a protocol buffer');
      yield { number, bytes: bytes.subarray(start, start + length) };
      at = start + length;
    } else {
      if (wire !== 0 && wire !== 1 && wire !== 5) throw new Error('not a protocol buffer');
      at = wire === 0 ? readVarint(bytes, afterKey)[1] : afterKey + (wire === 1 ? 8 : 4);
      yield { number, bytes: undefined };
    }
  }
};

const collect = (bytes: Uint8Array, kind: Kind, found: Set<string>, depth: number): void => {
  if (depth > 64) throw new Error('nested too deeply');
  if (kind === 'entry') {
    const parts = new Map(
      [...fields(bytes)].map((field) => [field.number, Buffer.from(field.bytes ?? []).toString('utf8')]),
    );
    if (parts.get(1) === 'location') found.add(parts.get(2) ?? '');
    return;
  }
  const kinds: Partial<Record<number, Kind>> = inside[kind];
  for (const field of fields(bytes)) {
    const child = kinds[field.number];
    if (child && field.bytes) collect(field.bytes, child, found, depth + 1);
  }
};

/** The locations that a graph names, as written in it. @throws Error when the bytes are no ONNX graph. */
export const externalLocations = (onnx: Uint8Array): Set<string> => {
  const found = new Set<string>();
  collect(onnx, 'model', found, 0);
  return found;
};
