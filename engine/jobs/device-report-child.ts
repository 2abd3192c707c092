/** Tries every device and prints what works as JSON: alone, because a broken driver may end the process that asks it. */
import { reportDevices } from '../runtime/devices.ts';

process.stdout.write(JSON.stringify(await reportDevices()));
