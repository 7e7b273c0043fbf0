import type { MergeTreeCall } from "../pairs/merge-tree.ts";
import { pathAttributes } from "../path-attributes.ts";

/** Of these paths, those that the attribute `linguist-generated` marks as made by a program. */
export async function markedGenerated(call: MergeTreeCall, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await pathAttributes(call, ["linguist-generated"], paths);
  return new Set(rows.flatMap(({ path, value }) => (value === "set" || value === "true" ? [path] : [])));
}
