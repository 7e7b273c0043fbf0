import { choiceOptions, mergeOptions } from "../../schema/resolution-options.ts";
import type { Edit } from "./edits.ts";
import { nameAll, type ConflictDraft } from "./file-conflicts.ts";
import { folderOf } from "../../util/path-parts.ts";

/** Finds names that different hands made and that are one file where a file system ignores case or how accents are written. */
export function lookalikeNames(files: ReadonlyMap<string, readonly Edit[]>): readonly ConflictDraft[] {
  const arrivals = new Map<string, string[]>();
  for (const [file, edits] of files) {
    if (!edits.some((edit) => edit.kind === "create")) continue;
    const name = foldName(file);
    const known = arrivals.get(name);
    if (known) known.push(file);
    else arrivals.set(name, [file]);
  }
  const found: ConflictDraft[] = [];
  for (const names of arrivals.values()) {
    const [first = "", ...others] = names;
    for (const other of others) {
      const makers = (files.get(first) ?? []).filter((edit) => edit.kind === "create");
      const rivals = (files.get(other) ?? []).filter(
        (edit) => edit.kind === "create" && !makers.some((maker) => isSameHand(edit, maker)),
      );
      if (rivals.length > 0) found.push(describeLookalikes([first, other], [...makers, ...rivals]));
    }
  }
  return found;
}

function foldName(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

function describeLookalikes(names: readonly [string, string], edits: readonly Edit[]): ConflictDraft {
  const agents = [...new Set(edits.flatMap((edit) => edit.agentIds))];
  return {
    type: "file-level",
    severity: "low",
    agents,
    tasks: [...new Set(edits.flatMap((edit) => edit.taskIds))],
    description: `${nameAll(agents)} make ${names.join(" and ")}, which are one file where case is ignored.`,
    affectedResources: [...names],
    detectionMethod: "file names",
    locations: names.map((file, index) => ({
      file,
      startLine: 0,
      endLine: 0,
      agentId: agents[index] ?? agents[0] ?? "",
    })),
    confidence: 0.8,
    resolutionOptions: mergeOptions("Keep both files where the file system tells their names apart"),
  };
}

/** Finds files that somebody created where somebody else has a folder. */
export function pathClashes(files: ReadonlyMap<string, readonly Edit[]>): readonly ConflictDraft[] {
  const created = new Set<string>();
  for (const [file, edits] of files) if (edits.some((edit) => edit.kind === "create")) created.add(file);
  if (created.size === 0) return [];
  const aboveOf = new Map<string, string | undefined>();
  const found = new Map<string, ConflictDraft>();
  for (const [file, edits] of files) {
    const above = createdAbove(folderOf(file), created, aboveOf);
    const present = edits.filter((edit) => edit.kind !== "delete" && edit.kind !== "rename");
    if (above === undefined || present.length === 0 || found.has(above)) continue;
    const makers = (files.get(above) ?? []).filter((edit) => edit.kind === "create");
    const others = present.filter((edit) => makers.every((maker) => !isSameHand(edit, maker)));
    if (others.length > 0) found.set(above, describe(above, file, [...makers, ...others]));
  }
  return [...found.values()];
}

function createdAbove(
  folder: string,
  created: ReadonlySet<string>,
  known: Map<string, string | undefined>,
): string | undefined {
  if (folder === "") return undefined;
  if (known.has(folder)) return known.get(folder);
  const above = created.has(folder) ? folder : createdAbove(folderOf(folder), created, known);
  known.set(folder, above);
  return above;
}

function isSameHand(left: Edit, right: Edit): boolean {
  return (
    left.agentIds.some((id) => right.agentIds.includes(id)) || left.taskIds.some((id) => right.taskIds.includes(id))
  );
}

function describe(above: string, below: string, edits: readonly Edit[]): ConflictDraft {
  const agents = [...new Set(edits.flatMap((edit) => edit.agentIds))];
  const parties = edits.map((edit) => ({ agentId: edit.agentIds[0] as string, taskId: edit.taskIds[0] as string }));
  return {
    type: "file-level",
    severity: "high",
    agents,
    tasks: [...new Set(edits.flatMap((edit) => edit.taskIds))],
    description: `${nameAll(agents)} use ${above} as a file and as the folder of ${below}.`,
    affectedResources: [above, below],
    detectionMethod: "kinds of change",
    locations: edits.map((edit) => ({
      file: edit.kind === "create" ? above : below,
      startLine: 0,
      endLine: 0,
      agentId: edit.agentIds[0] as string,
    })),
    confidence: 0.95,
    resolutionOptions: choiceOptions(parties),
  };
}
