/** A one-node ONNX graph, written as protobuf by hand: there is nothing else here that would need an ONNX library. */

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
};
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(value.length),
  ...value,
];
const text = (field: number, value: string): number[] => bytes(field, [...Buffer.from(value)]);

/** float32 [n, n]: field numbers of ValueInfoProto, TypeProto and TensorShapeProto in onnx.proto. */
const square = (name: string, n: number): number[] => {
  const dim = bytes(1, number(1, n));
  const tensor = [...number(1, 1), ...bytes(2, [...dim, ...dim])];
  return [...text(1, name), ...bytes(2, bytes(1, tensor))];
};

/** ModelProto of c = a · b, all float32 [n, n]. */
export const matmulGraph = (n: number): Uint8Array => {
  const node = [...text(1, 'a'), ...text(1, 'b'), ...text(2, 'c'), ...text(4, 'MatMul')];
  const graph = [
    ...bytes(1, node),
    ...text(2, 'product'),
    ...bytes(11, square('a', n)),
    ...bytes(11, square('b', n)),
    ...bytes(12, square('c', n)),
  ];
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, number(2, 17))]);
};
