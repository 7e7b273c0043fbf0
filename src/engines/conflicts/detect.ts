import type { Conflict, ConflictReport } from "../../schema/conflict.ts";
import type { GraphInput } from "../../schema/graph.ts";
import type { AgentResultInput } from "../../schema/outcome.ts";
import { ProblemError, type Problem } from "../../schema/problem.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import type { InOrder } from "./clash-groups.ts";
import { dependencyConflicts } from "./dependency-conflicts.ts";
import { editsByFile, type Edit } from "./edits.ts";
import { fileConflicts, someInOrder, type ConflictDraft } from "./file-conflicts.ts";
import { mergedContent } from "./merged-content.ts";
import { lookalikeNames, pathClashes } from "./path-clashes.ts";
import { taskOrder, type TaskOrder } from "./task-order.ts";

/** Results of agents, and what is known of the order of their tasks. */
export interface ConflictQuestion {
  readonly agentResults: readonly AgentResultInput[];
  readonly dependencyGraph?: GraphInput | undefined;
}

/**
 * Finds where the results of different agents do not simply add up, from what the results say of
 * themselves: hunks, diffs, lines, contents, or only file names. It reads no repository, merges
 * nothing, and does not guess at meaning: for results of a run, the merge itself is the judge.
 *
 * Refuses a path that leads out of the workspace.
 */
export function detectConflicts(question: ConflictQuestion): Result<ConflictReport, Problem> {
  try {
    const order = taskOrder(question.dependencyGraph);
    return ok(report(question.agentResults, order));
  } catch (error) {
    if (error instanceof ProblemError) return failed(error.problem);
    throw error;
  }
}

function report(results: readonly AgentResultInput[], order: TaskOrder): ConflictReport {
  const files = editsByFile(results);
  const isOrdered: InOrder = (left, right) =>
    left.taskIds.every((one) => right.taskIds.every((other) => order.isOrdered(one, other)));
  const inOrder = order.edges.length > 0 ? isOrdered : undefined;
  const drafts: ConflictDraft[] = [];
  for (const [file, edits] of files) drafts.push(...fileConflicts(file, edits, inOrder));
  drafts.push(...pathClashes(files), ...lookalikeNames(files), ...dependencyConflicts(results, order.edges));

  const conflicts = drafts.map((draft, index): Conflict => ({ id: `c${index + 1}`, ...draft }));
  const automatic = conflicts.every((conflict) => conflict.resolutionOptions[0]?.automatic === true);
  const merged = automatic ? mergedFiles(files, inOrder) : undefined;
  return {
    hasConflicts: conflicts.some((conflict) => conflict.severity !== "low"),
    conflicts,
    resolutionStrategy: automatic ? "auto" : "manual",
    ...(merged ? { mergedResult: { files: merged } } : {}),
  };
}

/** Every file as it is after all edits; undefined unless all of it is known. */
function mergedFiles(
  files: ReadonlyMap<string, readonly Edit[]>,
  inOrder: InOrder | undefined,
): { file: string; content: string }[] | undefined {
  const merged: { file: string; content: string }[] = [];
  for (const [file, edits] of files) {
    // Places in a result that was built on another one are no places in the base.
    const content = edits.length > 1 && someInOrder(edits, inOrder) ? undefined : mergedContent(edits);
    if (content === undefined) return undefined;
    if (content !== null) merged.push({ file, content });
  }
  return merged.length > 0 ? merged : undefined;
}
