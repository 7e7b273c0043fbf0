import type { Files } from "../../../ports/files.ts";
import type { RunSpec } from "../../../schema/event.ts";
import { refuse } from "../../../schema/problem.ts";
import { refusing } from "../../isolation/storage-problem.ts";
import { openJournal, type Journal } from "../../journal/journal.ts";
import type { RunIndex } from "../../journal/run-index.ts";

/** Name of the folder that holds what a workspace's runs leave for people. */
const productFolder = ".parallelization";

/** Where a run begins. */
export interface RunPlace {
  readonly folder: string;
  readonly journal: Journal;
  /** Whether something would be lost with the run: one that is simulated and touches no files can be repeated. */
  readonly durable: boolean;
}

interface Request {
  readonly files: Files;
  readonly spec: RunSpec;
  readonly stateFolder: string;
  readonly index: RunIndex;
}

/**
 * Makes the folder of a run and its journal, and lets it begin there: inside the workspace, in a
 * folder that ignores itself; in the state folder when the run has no workspace. A run that cannot
 * begin, such as on a full disk, is refused and leaves nothing.
 */
export function inRunFolder(request: Request, begin: (place: RunPlace) => Promise<void>): Promise<void> {
  return refusing("Starting the run", beginOrTakeBack(request, begin));
}

async function beginOrTakeBack(request: Request, begin: (place: RunPlace) => Promise<void>): Promise<void> {
  const { files, spec, stateFolder, index } = request;
  const { workspace, executionId } = spec;
  const own = workspace === undefined ? undefined : `${workspace}/${productFolder}`;
  const runs = own === undefined ? `${stateFolder}/run-folders` : `${own}/runs`;
  const folder = `${runs}/${executionId}`;
  const durable = spec.executor !== "simulated" || spec.isolated;
  const isNew = own !== undefined && (await makeOwnFolder(files, own));
  let journal: Journal | undefined;
  try {
    journal = await openJournal({ files, folder, durable });
    await begin({ folder, journal, durable });
  } catch (error) {
    // What keeps the journal from being closed is what is reported anyway.
    await journal?.close().catch(() => undefined);
    await files.removeTree(folder);
    await files.removeEmptyFolder(runs);
    if (isNew) await removeOwnFolder(files, own);
    await index.remove(executionId);
    throw error;
  }
}

/** Removes the folder unless another run has begun in it meanwhile. */
async function removeOwnFolder(files: Files, own: string): Promise<void> {
  const isEmpty = (await files.list(own)).every((name) => name === ".gitignore");
  if (!isEmpty) return;
  await files.removeFile(`${own}/.gitignore`);
  await files.removeEmptyFolder(own);
}

/** Makes the folder that ignores itself, and says whether it was not there yet. */
async function makeOwnFolder(files: Files, own: string): Promise<boolean> {
  const present = await files.status(own);
  if (present !== undefined && present.kind !== "folder") {
    refuse({
      code: "WORKSPACE_NOT_ALLOWED",
      error: `${own} is ${present.kind === "link" ? "a link" : "no folder"}; runs leave their files in a folder of that name.`,
      field: "workspace",
      advice: "Move it away; nothing of it was changed.",
    });
  }
  await files.makeFolder(own);
  try {
    return await files.createExclusive(`${own}/.gitignore`, "*\n");
  } catch (error) {
    if (present === undefined) await files.removeEmptyFolder(own);
    throw error;
  }
}
