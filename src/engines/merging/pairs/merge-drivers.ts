import { pathAttributes } from "../path-attributes.ts";
import type { MergeTreeCall } from "./merge-tree.ts";

/** What git knows by itself; every other value names a program of somebody's. */
const BUILT_IN = new Set(["unspecified", "set", "unset", "text", "binary", "union"]);

/** Paths whose attributes name a merge program, and its name. Such programs are never run. */
export async function customDrivers(
  call: MergeTreeCall,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await pathAttributes(call, ["merge"], paths);
  return new Map(rows.flatMap(({ path, value }) => (BUILT_IN.has(value) ? [] : [[path, value] as const])));
}
