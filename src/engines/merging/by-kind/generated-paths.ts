import type { MergeTreeCall } from "../pairs/merge-tree.ts";

/** Of these paths, those that the attribute `linguist-generated` marks as made by a program. */
export async function markedGenerated(
  { git, shadow, attributeFolder }: MergeTreeCall,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (paths.length === 0) return found;
  const answer = await git.run(["check-attr", "-z", "--stdin", "linguist-generated"], {
    gitDir: shadow.gitDir,
    workTree: attributeFolder,
    cwd: attributeFolder,
    input: paths.map((path) => `${path}\0`).join(""),
  });
  const fields = answer.text.split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    if (["set", "true"].includes(fields[at + 2] ?? "")) found.add(fields[at] ?? "");
  }
  return found;
}
