import type { Conflict, ResolutionOption } from "../../schema/conflict.ts";
import { newLinesOf } from "../../schema/line-overlap.ts";
import { choiceOptions, MAX_PARTIES, mergeOptions } from "../../schema/resolution-options.ts";
import type { Region } from "./region.ts";
import { groupClashes, type InOrder } from "./clash-groups.ts";
import { joinOwnEdits, type Edit } from "./edits.ts";
import { touchingRegions } from "./overlap.ts";
import { judgeClash } from "./severity.ts";

/** A conflict that has no number yet. */
export type ConflictDraft = Omit<Conflict, "id">;

/** One conflict names no more places, and previews no more lines, than this. */
const MAX_LOCATIONS = 100;
const MAX_PREVIEW_LINES = 8;

/** Finds what the edits of one file by different hands amount to; nothing for a single hand. */
export function fileConflicts(
  file: string,
  allEdits: readonly Edit[],
  inOrder: InOrder | undefined,
): readonly ConflictDraft[] {
  if (allEdits.length < 2) return [];
  const edits = joinOwnEdits(allEdits);
  if (edits.length < 2 || isOneRename(edits)) return [];
  const { clashing, apart, identical } = groupClashes(edits, inOrder);
  const found = clashing.map((group) => describeClash(file, group));
  if (identical) return [describeMerge(file, edits, "made the same change to $file")];
  if (!apart) return found;
  const claim = someInOrder(edits, inOrder) ? "change $file one after the other" : "change $file in different places";
  return [...found, describeMerge(file, edits, claim)];
}

/** Whether one of the edits was made on top of another. */
export function someInOrder(edits: readonly Edit[], inOrder: InOrder | undefined): boolean {
  return inOrder !== undefined && edits.some((left) => edits.some((right) => left !== right && inOrder(left, right)));
}

/** A file that several renamed from the same place is judged there. */
function isOneRename(edits: readonly Edit[]): boolean {
  const [first] = edits;
  return first?.source !== undefined && edits.every((edit) => edit.source === first.source);
}

function describeClash(file: string, edits: readonly Edit[]): ConflictDraft {
  const { regions, lines } = touchingRegions(edits);
  const { claim, ...verdict } = judgeClash(edits, lines);
  const parties = edits.slice(0, MAX_PARTIES).map((edit, index) => {
    const preview = previewOf(regions[index] ?? [], edit);
    return {
      agentId: edit.agentIds[0] as string,
      taskId: edit.taskIds[0] as string,
      ...(preview === undefined ? {} : { preview }),
    };
  });
  const located = edits.slice(0, MAX_LOCATIONS);
  const locations = located.flatMap((edit, index) => locationsOf(file, edit, regions[index] ?? []));
  return draft({ file, edits, claim, verdict, locations, options: choiceOptions(parties) });
}

function describeMerge(file: string, edits: readonly Edit[], claim: string): ConflictDraft {
  return draft({
    file,
    edits,
    claim,
    verdict: { severity: "low", ...certaintyOf(edits) },
    locations: edits.slice(0, MAX_LOCATIONS).flatMap((edit) => locationsOf(file, edit, edit.regions?.list ?? [])),
    options: mergeOptions(`Merge the changes of ${file}; no line is lost`),
  });
}

/** How it was found out that edits do not meet, and how sure that is. */
function certaintyOf(edits: readonly Edit[]): Pick<Conflict, "confidence" | "detectionMethod"> {
  const sources = edits.map((edit) => edit.regions?.source);
  if (sources.every((source) => source === "hunks"))
    return { confidence: 0.95, detectionMethod: "hunks against the base" };
  if (sources.includes("range")) return { confidence: 0.8, detectionMethod: "line ranges" };
  const known = edits.every((edit) => edit.content !== undefined || edit.kind === "delete");
  return { confidence: 0.95, detectionMethod: known ? "contents" : "order of the tasks" };
}

function draft(found: {
  readonly file: string;
  readonly edits: readonly Edit[];
  readonly claim: string;
  readonly verdict: Pick<Conflict, "severity" | "confidence" | "detectionMethod">;
  readonly locations: Conflict["locations"];
  readonly options: ResolutionOption[];
}): ConflictDraft {
  const agents = new Set<string>();
  const tasks = new Set<string>();
  const resources = new Set([found.file]);
  for (const { agentIds, taskIds, target } of found.edits) {
    for (const id of agentIds) agents.add(id);
    for (const id of taskIds) tasks.add(id);
    if (target !== undefined) resources.add(target);
  }
  return {
    type: "file-level",
    severity: found.verdict.severity,
    agents: [...agents],
    tasks: [...tasks],
    description: `${nameAll([...agents])} ${found.claim.replace("$file", () => found.file)}.`,
    affectedResources: [...resources],
    detectionMethod: found.verdict.detectionMethod,
    locations: found.locations.slice(0, MAX_LOCATIONS),
    confidence: found.verdict.confidence,
    resolutionOptions: found.options,
  };
}

/** Names everybody, or the first few and how many more there are. */
export function nameAll(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** Where an edit lies in its own version of the file: the places given, else all of it that is known. */
function locationsOf(file: string, edit: Edit, regions: readonly Region[]): Conflict["locations"] {
  const agentId = edit.agentIds[0] as string;
  const path = edit.target ?? file;
  if (regions.length > 0) {
    return regions.map((region) => {
      const { startLine, endLine } = newLinesOf(region);
      return { file: path, startLine, endLine, agentId };
    });
  }
  const known = edit.regions?.list ?? [];
  const [first, last] = [known[0], known.at(-1)];
  if (first && last) {
    return [{ file: path, startLine: newLinesOf(first).startLine, endLine: newLinesOf(last).endLine, agentId }];
  }
  // Line 0 stands for the file as a whole.
  const endLine = edit.content === undefined || edit.kind === "delete" ? 0 : linesIn(edit.content);
  return [{ file: path, startLine: Math.min(1, endLine), endLine, agentId }];
}

function linesIn(content: string): number {
  return content === "" ? 0 : content.replace(/\n$/, "").split("\n").length;
}

function previewOf(regions: readonly Region[], edit: Edit): string | undefined {
  if (edit.kind === "delete") return "(the file is deleted)";
  const [first] = regions;
  const text = first?.added ?? textAt(first, edit.content) ?? (edit.kind === "create" ? edit.content : undefined);
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  if (lines.length <= MAX_PREVIEW_LINES) return text;
  return [...lines.slice(0, MAX_PREVIEW_LINES), `… ${lines.length - MAX_PREVIEW_LINES} more lines`].join("\n");
}

function textAt(region: Region | undefined, content: string | undefined): string | undefined {
  if (!region || content === undefined) return undefined;
  return content
    .split("\n")
    .slice(region.newStart - 1, region.newStart - 1 + region.newLines)
    .join("\n");
}
