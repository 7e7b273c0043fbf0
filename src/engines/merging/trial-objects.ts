import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";

/** What a killed process has left is removed after a day. */
const LEFTOVER_MS = 24 * 60 * 60_000;

/**
 * Lends a git whose new objects go to a folder of their own, which is removed afterwards, and that reads them along with
 * those of the shadow. Trials need not survive a power cut, so that nothing is flushed there; in the shadow, an object
 * that a power cut left empty would stand in the way of whoever writes the same content later: git takes a file that is
 * there for the object. What is to be kept is made by the shadow's own git.
 */
export async function withTrialObjects<Value>(
  { git, files, shadow }: { readonly git: Git; readonly files: Files; readonly shadow: Shadow },
  work: (trial: Git) => Promise<Value>,
): Promise<Value> {
  const parent = `${shadow.gitDir}/trials`;
  await files.makeFolder(parent);
  let number = 1;
  while (!(await files.createExclusive(`${parent}/${number}`, ""))) number += 1;
  const claim = `${parent}/${number}`;
  const newObjects = `${claim}.objects`;
  try {
    await removeLeftovers(files, parent, claim);
    await files.removeTree(newObjects);
    await files.makeFolder(newObjects);
    return await work({
      parallel: git.parallel,
      version: () => git.version(),
      run: (argv, call) => git.run(argv, { ...call, newObjects, config: [...(call.config ?? []), "core.fsync=none"] }),
    });
  } finally {
    await files.removeTree(newObjects);
    await files.removeFile(claim);
  }
}

/** No trial takes a day, so that what is so much older than a new claim is nobody's any more. */
async function removeLeftovers(files: Files, parent: string, own: string): Promise<void> {
  const now = (await files.status(own))?.modifiedMs ?? 0;
  for (const name of await files.list(parent)) {
    const made = (await files.status(`${parent}/${name}`))?.modifiedMs;
    if (made !== undefined && made < now - LEFTOVER_MS) await files.removeTree(`${parent}/${name}`);
  }
}
