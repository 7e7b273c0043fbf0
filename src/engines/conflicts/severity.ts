import type { Conflict } from "../../schema/conflict.ts";
import { overlapSeverity } from "../../schema/line-overlap.ts";
import type { Edit } from "./edits.ts";
import { lineRegions } from "./overlap.ts";

/** What kind of clash a group of edits is, how bad, and how it was found out. */
export interface Verdict {
  readonly severity: Conflict["severity"];
  /** 0-1. */
  readonly confidence: number;
  readonly detectionMethod: string;
  /** Completes "A and B …" with the file's name where `$file` stands. */
  readonly claim: string;
}

/** Judges edits of one file that clash; `lines` is how many lines they have in common. */
export function judgeClash(edits: readonly Edit[], lines: number): Verdict {
  const kinds = new Set(edits.map((edit) => edit.kind));
  const targets = new Set(edits.flatMap((edit) => edit.target ?? []));
  const byKind = { severity: "high", confidence: 0.95, detectionMethod: "kinds of change" } as const;
  if (kinds.has("delete")) return { ...byKind, claim: "delete and change $file" };
  if (targets.size > 1) return { ...byKind, claim: "rename $file to different names" };
  if (edits.some((edit) => edit.binary)) return { ...byKind, claim: "both change the binary file $file" };

  const creators = edits.filter((edit) => edit.kind === "create");
  if (creators.length === edits.length) {
    const known = creators.every((edit) => edit.content !== undefined || edit.regions !== undefined);
    if (known) return { ...byKind, detectionMethod: "contents", claim: "create $file with different content" };
    return { ...unknown, claim: "both create $file, and their contents are not known" };
  }
  if (edits.some((edit) => lineRegions(edit) === undefined)) {
    return { ...unknown, claim: "both change $file, and it is not known where" };
  }
  const exact = edits.every((edit) => edit.regions?.source === "hunks");
  return {
    severity: overlapSeverity(lines),
    confidence: exact ? 0.95 : 0.8,
    detectionMethod: exact ? "hunks against the base" : "line ranges",
    claim: "change the same or adjoining lines of $file",
  };
}

const unknown = { severity: "medium", confidence: 0.5, detectionMethod: "file names only" } as const;
