import { applyPatch, parsePatch, reversePatch } from "diff";
import type { AgentResultInput } from "../../schema/outcome.ts";
import { editsByFile, type Edit } from "./edits.ts";
import { mergedContent } from "./merged-content.ts";
import { normalisePath } from "./normalise-path.ts";
import type { ChangeInput } from "./change-regions.ts";

/** A change with the texts that could be made out; undefined where they could not, or where there is no file. */
export interface GivenText {
  readonly path: string;
  readonly oldPath?: string;
  readonly kind: "added" | "deleted" | "modified" | "renamed";
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The whole texts behind results that are given without a repository, as far as they can be made out. */
export interface GivenTexts {
  /** Files known to exist before all changes. */
  readonly base: ReadonlyMap<string, string | undefined>;
  /** One list for each result. */
  readonly sides: readonly (readonly GivenText[])[];
  /** The merged text of a file that two results changed; `null` when it is gone, undefined when it is not known. */
  merged(path: string, left: number, right: number): string | null | undefined;
}

/**
 * Makes out whole files from what results say: the new content, and the old one by taking the diff back; where one
 * result tells the old content of a file, the diffs of others are applied to it.
 */
export function givenTexts(results: readonly AgentResultInput[]): GivenTexts {
  const base = new Map<string, string | undefined>();
  for (const { changes = [] } of results) {
    for (const change of changes) {
      const path = normalisePath(change.oldFile ?? change.file);
      if (path === undefined || change.type === "create") continue;
      base.set(path, base.get(path) ?? textBefore(change));
    }
  }
  const edits = new Map<number, ReadonlyMap<string, readonly Edit[]>>();
  const editsOf = (place: number): ReadonlyMap<string, readonly Edit[]> => {
    const known = edits.get(place) ?? editsByFile(results.slice(place, place + 1));
    edits.set(place, known);
    return known;
  };
  return {
    base,
    sides: results.map(({ changes = [] }) => changes.flatMap((change) => givenText(change, base))),
    merged: (path, left, right) => mergedContent([left, right].flatMap((place) => editsOf(place).get(path) ?? [])),
  };
}

function givenText(change: ChangeInput, base: ReadonlyMap<string, string | undefined>): readonly GivenText[] {
  const path = normalisePath(change.file);
  const oldPath = change.oldFile === undefined ? path : normalisePath(change.oldFile);
  if (path === undefined || oldPath === undefined) return [];
  const { type = "modify" } = change;
  if (type === "delete") return [{ path, kind: "deleted", before: base.get(path), after: undefined }];
  if (type === "create")
    return [{ path, kind: "added", before: undefined, after: change.content ?? patched("", change) }];
  const before = base.get(oldPath);
  const after = change.content ?? (before === undefined ? undefined : patched(before, change));
  if (path !== oldPath) return [{ path, oldPath, kind: "renamed", before, after: after ?? before }];
  return [{ path, kind: "modified", before, after }];
}

function textBefore(change: ChangeInput): string | undefined {
  const { content, diff, type } = change;
  const [patch] = diff === undefined ? [] : patchesIn(diff);
  if (!patch) return undefined;
  // The diff of a file that is gone holds all of it.
  if (type === "delete") return withoutFailure(applyPatch("", reversePatch(patch)));
  return content === undefined ? undefined : withoutFailure(applyPatch(content, reversePatch(patch)));
}

function patched(before: string, { diff }: ChangeInput): string | undefined {
  const [patch] = diff === undefined ? [] : patchesIn(diff);
  return patch && withoutFailure(applyPatch(before, patch));
}

function patchesIn(diff: string): ReturnType<typeof parsePatch> {
  try {
    const patches = parsePatch(diff).filter((patch) => patch.hunks.length > 0);
    return patches.length === 1 ? patches : [];
  } catch (error) {
    // A diff that was cut says nothing of the whole file.
    if (error instanceof Error) return [];
    throw error;
  }
}

function withoutFailure(text: string | false): string | undefined {
  return text === false ? undefined : text;
}
