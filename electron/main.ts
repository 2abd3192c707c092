/** The desktop shell's start, in the order that Electron asks for; everything else is in shell.ts. */
import path from 'node:path';
import { app, protocol } from 'electron';
import { guardPages } from './guards.ts';
import { placesOf } from './places.ts';
import { projectFilesIn } from './project-files.ts';
import { scheme } from './scheme.ts';
import { startShell } from './shell.ts';
import type { Shell } from './shell.ts';

// Before the program is ready: what schemes are, what every page is held to, and where the window's own things are kept.
protocol.registerSchemesAsPrivileged([
  { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
]);
app.enableSandbox();
// As electron-builder.yml has it: Windows, the only system that has the method, keeps recent projects and the task bar's symbol by it.
if (process.platform === 'win32') app.setAppUserModelId('org.longtake.editor');
guardPages(app);
if (process.env.LONGTAKE_DATA) app.setPath('userData', path.join(process.env.LONGTAKE_DATA, 'window'));

if (!app.requestSingleInstanceLock()) app.quit();
else {
  const projects = projectFilesIn(process.argv.slice(1), process.cwd());
  let shell: Shell | undefined;
  app.on('second-instance', (_event, args, folder) => {
    if (shell) shell.startedAgain(args.slice(1), folder);
    else projects.push(...projectFilesIn(args.slice(1), folder));
  });
  // A Mac tells by events which projects to open, also before the program is ready.
  app.on('open-file', (event, file) => {
    event.preventDefault();
    if (shell) shell.show(file);
    else projects.push(file);
  });
  app.on('activate', () => shell?.activated());
  void app.whenReady().then(() => {
    shell = startShell(placesOf(import.meta.dirname, app.getPath('logs')), projects);
  });
}
