import type { MergeTreeCall } from "./merge-tree.ts";

/** What git knows by itself; every other value names a program of somebody's. */
const BUILT_IN = new Set(["unspecified", "set", "unset", "text", "binary", "union"]);

/** Paths whose attributes name a merge program, and its name. Such programs are never run. */
export async function customDrivers(
  { git, shadow, attributeFolder }: MergeTreeCall,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (paths.length === 0) return found;
  const answer = await git.run(["check-attr", "-z", "--stdin", "merge"], {
    gitDir: shadow.gitDir,
    workTree: attributeFolder,
    cwd: attributeFolder,
    input: paths.map((path) => `${path}\0`).join(""),
  });
  const fields = answer.text.split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const value = fields[at + 2] ?? "";
    if (!BUILT_IN.has(value)) found.set(fields[at] ?? "", value);
  }
  return found;
}
