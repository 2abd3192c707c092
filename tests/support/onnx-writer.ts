/*
 * Writes small ONNX files for tests, straight as protocol buffers (field numbers of onnx.proto3, IR version 8), so that no binary
 * needs to be kept and a test can make the very graph that it needs, broken ones included.
 */
export type TensorType = 'float32' | 'float16' | 'int8' | 'int64';
const typeNumbers: Record<TensorType, number> = { float32: 1, int8: 3, int64: 7, float16: 10 };
export const onnxType = (type: TensorType): number => typeNumbers[type];

export type NodeSpec = {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, number | number[] | string | { float: number }>;
};
export type InitialiserSpec = {
  name: string;
  type: TensorType;
  dims: number[];
  data: Uint8Array;
  external?: { location: string; offset: number };
};
export type ValueSpec = { name: string; type: TensorType; dims: (number | string)[] };
export type GraphSpec = {
  nodes: NodeSpec[];
  initialisers: InitialiserSpec[];
  inputs: ValueSpec[];
  outputs: ValueSpec[];
};

const varint = (value: number | bigint): Uint8Array => {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
};
const number = (field: number, value: number): Uint8Array => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
const text = (field: number, value: string): Uint8Array => bytes(field, Buffer.from(value));
const message = (field: number, ...parts: Uint8Array[]): Uint8Array => bytes(field, Buffer.concat(parts));
const float = (field: number, value: number): Uint8Array => {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), buffer]);
};

const attribute = (name: string, value: number | number[] | string | { float: number }): Uint8Array => {
  if (typeof value === 'string') return message(5, text(1, name), text(4, value), number(20, 3));
  if (typeof value === 'number') return message(5, text(1, name), number(3, value), number(20, 2));
  if (Array.isArray(value)) return message(5, text(1, name), ...value.map((v) => number(8, v)), number(20, 7));
  return message(5, text(1, name), float(2, value.float), number(20, 1));
};

const entry = (key: string, value: string): Uint8Array => message(13, text(1, key), text(2, value));

const initialiser = (spec: InitialiserSpec): Uint8Array =>
  message(
    5,
    ...spec.dims.map((d) => number(1, d)),
    number(2, typeNumbers[spec.type]),
    text(8, spec.name),
    ...(spec.external
      ? [
          entry('location', spec.external.location),
          entry('offset', String(spec.external.offset)),
          entry('length', String(spec.data.length)),
          number(14, 1),
        ]
      : [bytes(9, spec.data)]),
  );

const value = (field: number, spec: ValueSpec): Uint8Array => {
  const dims = spec.dims.map((d) => message(1, typeof d === 'number' ? number(1, d) : text(2, d)));
  return message(
    field,
    text(1, spec.name),
    message(2, message(1, number(1, typeNumbers[spec.type]), message(2, ...dims))),
  );
};

/** The bytes of an .onnx file, opset 17. */
export const onnxModel = (graph: GraphSpec): Buffer =>
  Buffer.concat([
    number(1, 8),
    message(
      7,
      ...graph.nodes.map((node) =>
        message(
          1,
          ...node.inputs.map((name) => text(1, name)),
          ...node.outputs.map((name) => text(2, name)),
          text(4, node.op),
          ...Object.entries(node.attributes ?? {}).map(([name, v]) => attribute(name, v)),
        ),
      ),
      text(2, 'test'),
      ...graph.initialisers.map(initialiser),
      ...graph.inputs.map((spec) => value(11, spec)),
      ...graph.outputs.map((spec) => value(12, spec)),
    ),
    message(8, text(1, ''), number(2, 17)),
  ]);

/** float32 numbers as raw bytes of a tensor type; float16 by rounding to nearest. */
export const rawBytes = (values: ArrayLike<number>, type: TensorType): Uint8Array => {
  if (type === 'float32') return new Uint8Array(Float32Array.from(values).buffer);
  if (type === 'int8') return new Uint8Array(Int8Array.from(values).buffer);
  if (type === 'int64') return new Uint8Array(BigInt64Array.from(Array.from(values, (v) => BigInt(v))).buffer);
  return new Uint8Array(Uint16Array.from(values, toHalf).buffer);
};

/** The 16 bits nearest to a number; what is too small for a normal half becomes zero. */
const toHalf = (value: number): number => {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] + 0x1000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const sign = (bits >>> 16) & 0x8000;
  if (exponent <= 0) return sign;
  return exponent >= 31 ? sign | 0x7c00 : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
};
