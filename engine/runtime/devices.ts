import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserFacingError } from '../contract/errors.ts';
import { isDeviceBuiltIn, openSession, type UsedDevice } from './sessions.ts';

export type DeviceReport = { device: UsedDevice; works: boolean; reason: string };

/** An ONNX graph of one node, y = Relu(x) over [n] float32: enough to make a device start or say why not. */
const probeGraph = Buffer.from(
  'CAg6OAoMCgF4EgF5IgRSZWx1EgR0ZXN0WhAKAXgSCwoJCAESBQoDEgFuYhAKAXkSCwoJCAESBQoDEgFuQgQKABAR',
  'base64',
);

/** What `longtake doctor` prints: each device, whether it starts here, and in words why not. */
export const reportDevices = async (): Promise<DeviceReport[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'longtake-probe-'));
  try {
    const graph = join(folder, 'probe.onnx');
    await writeFile(graph, probeGraph);
    const reports: DeviceReport[] = [];
    for (const device of ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const) {
      reports.push(await probe(graph, device));
    }
    return reports;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const probe = async (graph: string, device: UsedDevice): Promise<DeviceReport> => {
  if (!isDeviceBuiltIn(device)) return { device, works: false, reason: 'not part of the runtime on this system' };
  try {
    const session = await openSession(graph, { device, threads: 1 });
    await session.run({ x: { data: Float32Array.of(-1, 1), dims: [2] } });
    await session.release();
    return { device, works: true, reason: '' };
  } catch (error) {
    const reason = error instanceof UserFacingError ? error.message : String(error);
    return { device, works: false, reason };
  }
};
