/** Results as agents report them, for tests of what is found in them. */
import { detectConflicts, type ConflictQuestion } from "../../src/engines/conflicts/detect.ts";
import type { ConflictReport } from "../../src/schema/conflict.ts";
import type { AgentResultInput } from "../../src/schema/outcome.ts";

/** One change of a result. */
export type Change = NonNullable<AgentResultInput["changes"]>[number];

/** A result of agent N for task N; changes name their files. */
export function result(
  number: number,
  changes: readonly Change[],
  more: Partial<AgentResultInput> = {},
): AgentResultInput {
  return {
    agentId: `agent-${number}`,
    taskId: `t${number}`,
    success: true,
    filesModified: changes.map((change) => change.file),
    changes: [...changes],
    ...more,
  };
}

/** The report; throws on a refusal. */
export function detect(
  agentResults: readonly AgentResultInput[],
  dependencyGraph?: ConflictQuestion["dependencyGraph"],
): ConflictReport {
  const found = detectConflicts({ agentResults, dependencyGraph });
  if (!found.ok) throw new Error(found.error.error);
  return found.value;
}

/** Type, severity and first file of every conflict. */
export function verdicts(report: ConflictReport): readonly string[] {
  return report.conflicts.map(
    ({ type, severity, affectedResources }) => `${type} ${severity} ${affectedResources[0] ?? ""}`,
  );
}

/** A change of the file `a` known by one hunk. */
export function hunks(oldStart: number, oldLines: number, newStart: number, newLines: number): Change {
  return { file: "a", type: "modify", hunks: [{ oldStart, oldLines, newStart, newLines }] };
}
