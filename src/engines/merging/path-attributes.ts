import type { MergeTreeCall } from "./pairs/merge-tree.ts";

/** What `.gitattributes` and the like say of a path: `set`, `unset`, `unspecified`, or a value. */
export interface PathAttribute {
  readonly path: string;
  readonly attribute: string;
  readonly value: string;
}

/** Asks git for attributes of paths, as they stand in the attribute folder of a merge; a row for each pair of the two. */
export async function pathAttributes(
  { git, shadow, attributeFolder }: Pick<MergeTreeCall, "git" | "shadow" | "attributeFolder">,
  attributes: readonly string[],
  paths: Iterable<string>,
): Promise<readonly PathAttribute[]> {
  const input = Array.from(paths, (path) => `${path}\0`).join("");
  if (input === "") return [];
  const answer = await git.run(["check-attr", "-z", "--stdin", ...attributes], {
    gitDir: shadow.gitDir,
    workTree: attributeFolder,
    cwd: attributeFolder,
    input,
  });
  const fields = answer.text.split("\0");
  const rows: PathAttribute[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    rows.push({ path: fields[at] ?? "", attribute: fields[at + 1] ?? "", value: fields[at + 2] ?? "" });
  }
  return rows;
}
