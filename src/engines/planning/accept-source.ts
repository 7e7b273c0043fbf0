import { checkTasks } from "../analysis/check-tasks.ts";
import type { PhasesInput } from "../../schema/phases.ts";
import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { acceptAnalysis, type AnalysisResultInput } from "./accept-analysis.ts";
import { arrangePhases } from "./arrange-phases.ts";
import type { FreedTasks } from "./ignore-dependencies.ts";

/** Where the work of a call comes from: an analysis, phases, or tasks. */
export interface WorkSource {
  readonly analysis?: AnalysisResultInput | undefined;
  /** The argument that the analysis came in. */
  readonly field: string;
  readonly phases?: PhasesInput | undefined;
  readonly tasks?: readonly TaskInput[] | undefined;
  /** Executors that exist. */
  readonly executors: readonly string[];
}

/**
 * Reads what a call wants done, and what it has to be told about it. Phases say all there is about the order: no
 * dependencies are looked for beside them.
 */
export function acceptSource(source: WorkSource): Result<FreedTasks, Problem> {
  const { analysis, field, phases, tasks = [], executors } = source;
  if (phases === undefined) {
    const accepted = acceptAnalysis(analysis ? { analysis, field } : { tasks, field: "tasks" });
    return accepted.ok ? ok({ accepted: accepted.value, warnings: [] }) : accepted;
  }
  const arranged = arrangePhases({ phases, tasks, executors });
  if (!arranged.ok) return arranged;
  const problem = checkTasks(arranged.value.tasks, "phases");
  if (problem) return failed(problem);
  const { warnings } = arranged.value;
  return ok({ accepted: { tasks: arranged.value.tasks, edges: [] }, warnings });
}
