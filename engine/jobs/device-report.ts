import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const reportSchema = z.array(z.object({ device: z.string(), works: z.boolean(), reason: z.string() }));
export type DeviceLine = z.infer<typeof reportSchema>[number];

const timeoutMs = 60_000;

/** @returns each device that the runtime knows, whether it starts here, and in words why not; never throws */
export const askDevices = (): Promise<DeviceLine[]> =>
  new Promise((resolve) => {
    const file = fileURLToPath(new URL('./device-report-child.ts', import.meta.url));
    const args = ['--disable-warning=ExperimentalWarning', file];
    execFile(process.execPath, args, { timeout: timeoutMs }, (error, stdout) => {
      try {
        if (error) throw error;
        resolve(reportSchema.parse(JSON.parse(stdout)));
      } catch {
        const how = error?.signal ? `ended by ${error.signal}` : 'gave no answer';
        resolve([{ device: 'runtime', works: false, reason: `the check of the devices ${how}` }]);
      }
    });
  });
