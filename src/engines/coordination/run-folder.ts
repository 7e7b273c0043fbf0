import type { Files } from "../../ports/files.ts";
import type { RunSpec } from "../../schema/event.ts";

/** Name of the folder that holds what a workspace's runs leave for people. */
export const productFolder = ".parallelization";

/**
 * The folder of a run: inside the workspace, in a folder that ignores itself; in the state folder
 * when the run has no workspace.
 */
export async function runFolder(request: {
  readonly files: Files;
  readonly spec: RunSpec;
  readonly stateFolder: string;
}): Promise<string> {
  const { files, spec, stateFolder } = request;
  if (spec.workspace === undefined) return `${stateFolder}/run-folders/${spec.executionId}`;
  const own = `${spec.workspace}/${productFolder}`;
  await files.makeFolder(own);
  await files.createExclusive(`${own}/.gitignore`, "*\n");
  return `${own}/runs/${spec.executionId}`;
}
