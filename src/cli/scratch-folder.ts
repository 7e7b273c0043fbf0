import type { Services } from "../services.ts";
import type { CommandHost } from "./command-host.ts";

/** A folder of its own that is removed at the end unless it is to be kept. */
export interface ScratchFolder {
  readonly root: string;
  /** Where agents work. */
  readonly workspace: string;
  /** Where runs are kept, apart from the user's own. */
  readonly services: Services;
}

/** Works in a fresh temporary folder with runs of its own, and leaves nothing behind unless `keep`. */
export async function withScratchFolder<Value>(
  host: CommandHost,
  options: { readonly name: string; readonly keep: boolean },
  work: (folder: ScratchFolder) => Promise<Value>,
): Promise<Value> {
  const { files, machine } = await host.services();
  const root = `${host.temporaryFolder}/parallelization-${options.name}-${machine.newId("").slice(0, 12)}`;
  const workspace = `${root}/workspace`;
  await files.makeFolder(workspace);
  const services = await host.services({ stateFolder: `${root}/state` });
  try {
    return await work({ root, workspace, services });
  } finally {
    await services.runs.shutdown();
    if (!options.keep) await files.removeTree(root);
  }
}
