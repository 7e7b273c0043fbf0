import type { Conflict, ConflictReport } from "../../../schema/conflict.ts";
import type { AgentResultInput } from "../../../schema/outcome.ts";
import type { Problem } from "../../../schema/problem.ts";
import { ok, type Result } from "../../../util/result.ts";
import { detectConflicts } from "../../conflicts/detect.ts";
import { openConflicts } from "../../progress/resolution-view.ts";
import type { RunView } from "../../progress/run-view.ts";
import { withPreviews } from "../resolution/preview-options.ts";
import { verifyMethod } from "../repository/verify-conflicts.ts";

/** The conflicts a run's merge has found; before that, those of what its agents have finished. */
export function runConflicts(view: RunView): Result<ConflictReport, Problem> {
  if (view.merge === undefined) return conflictsSoFar(view);
  const { conflicts } = view;
  const { commit, merged } = view.merge;
  const takenBack = merged.length === 0 && conflicts.some(({ detectionMethod }) => detectionMethod === verifyMethod);
  const open = openConflicts(view);
  // Before the run has ended none of the ways out can be gone.
  const toDecide = new Set(view.endedAt === undefined ? [] : open.map(({ id }) => id));
  const automatic = conflicts.every(
    (conflict) =>
      (conflict.resolution !== undefined && !open.includes(conflict)) ||
      conflict.resolutionOptions[0]?.automatic === true,
  );
  return ok({
    hasConflicts: open.length > 0,
    conflicts: conflicts.map((conflict) => (toDecide.has(conflict.id) ? withPreviews(view, conflict) : conflict)),
    resolutionStrategy: automatic ? "auto" : takenBack ? "rollback" : "manual",
    ...(commit === undefined ? {} : { mergedResult: { files: [], ref: commit } }),
  });
}

/**
 * What was seen while agents work, and what those that have finished came to; each pair of tasks is told once. Whoever
 * builds on another result does not contradict it.
 */
function conflictsSoFar(view: RunView): Result<ConflictReport, Problem> {
  const edges = [...view.tasks.values()].flatMap(({ id, task }) => task.needs.map((from) => ({ from, to: id })));
  const dependencyGraph = { nodes: {}, edges };
  const finished = detectConflicts({ agentResults: finishedResults(view), dependencyGraph });
  if (!finished.ok || view.conflicts.length === 0) return finished;
  const pairOf = ({ tasks }: Conflict): string => JSON.stringify(tasks.toSorted());
  const live = new Set(view.conflicts.map(pairOf));
  const others = finished.value.conflicts.filter((conflict) => !live.has(pairOf(conflict)));
  return ok({ hasConflicts: true, conflicts: [...view.conflicts, ...others], resolutionStrategy: "manual" });
}

function finishedResults(view: RunView): AgentResultInput[] {
  const changed = [...view.tasks.values()].filter((task) => task.state === "succeeded" && task.changes.length > 0);
  return changed.map((task) => ({
    agentId: task.agentId ?? "unassigned",
    taskId: task.id,
    success: true,
    filesModified: task.changes.map((change) => change.file),
    changes: [...task.changes],
  }));
}
