/** Opens a project in a process of its own and prints the milliseconds that openProject took. */
import { openProject } from '../../../engine/projects/project.ts';

const from = performance.now();
const project = await openProject(process.argv[2], { backupEvery: 0 });
console.log(performance.now() - from);
await project.close();
