/** A project of a test's host, as the engine holds it: what the window is said to have done is looked up there. */
import { documentOfSnapshot } from '../../engine/contract/protocol/snapshot.ts';
import type { Snapshot } from '../../engine/contract/protocol/snapshot.ts';
import { documentUrl } from '../../engine/contract/protocol/urls.ts';
import type { Document } from '../../engine/contract/timeline/document.ts';
import type { EngineClient } from '../../renderer/document/engine-client.ts';
import type { TestHost } from './editor-host.ts';

export type HostProject = {
  document: () => Promise<Document>;
  revision: () => Promise<number>;
  /** An edit beside the window's own. */
  edit: (name: string, input: unknown) => Promise<void>;
};

/** `at` answers once the test has opened its project (a handle). */
export const hostProject = (
  at: () => { host: Pick<TestHost, 'fetch'>; client: EngineClient; project: string },
): HostProject => {
  const revision = async (): Promise<number> => {
    const { client, project } = at();
    return (await client.call('project.state', { project })).revision;
  };
  return {
    document: async () => {
      const { host, project } = at();
      return documentOfSnapshot((await (await host.fetch(documentUrl(project))).json()) as Snapshot);
    },
    revision,
    edit: async (name, input) => {
      const { client, project } = at();
      const baseRevision = await revision();
      await client.call('project.edit', { project, opId: crypto.randomUUID(), name, input, baseRevision });
    },
  };
};
