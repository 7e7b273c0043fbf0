/** The functions that only compute: the same input gives the same answer, and nothing is read, written or started. */
import { analyze as analyzeTasks, planningTime } from "../engines/analysis/analyze.ts";
import { detectConflicts as findConflicts } from "../engines/conflicts/detect.ts";
import { withTemplateTasks } from "../engines/planning/templates/with-template-tasks.ts";
import { aggregateProgress as aggregate } from "../engines/progress/aggregate.ts";
import { systemClock } from "../platform/system-clock.ts";
import type { ConflictReport } from "../schema/conflict.ts";
import type { Analysis } from "../schema/plan.ts";
import { refuse, type Problem } from "../schema/problem.ts";
import { taskLimits } from "../schema/task.ts";
import type { ProgressReport } from "../schema/progress.ts";
import type { Result } from "../util/result.ts";
import { checkInput, libraryCalls } from "./check-input.ts";
import type { AggregateProgressInput, AnalyzeInput, DetectConflictsInput } from "./inputs.ts";

/**
 * Says whether tasks can run in parallel and what that would gain: graph, batches, critical path, schedule, risks.
 * Missing tasks and cycles are answers; input that makes no sense throws a `ProblemError`.
 */
export function analyze(input: AnalyzeInput): Analysis {
  const checked = checkInput(libraryCalls.analyze, input);
  const shouldStop = planningTime(() => systemClock().now(), checked.planningBudgetMs);
  const request = granted(withTemplateTasks(checked));
  return granted(analyzeTasks({ ...request, shouldStop, maxTasks: taskLimits.tasksPerProgram }));
}

/**
 * Finds where the results of different agents do not simply add up. Throws a `ProblemError` for input that makes no
 * sense. The conflicts of a run are at `createCoordinator().conflicts(executionId)`.
 */
export function detectConflicts(input: DetectConflictsInput): ConflictReport {
  return granted(findConflicts(checkInput(libraryCalls.detectConflicts, input)));
}

/**
 * Makes one report of the progress of several agents; 100 % means that every one is complete. Throws a `ProblemError`
 * for input that makes no sense. The progress of a run is at `createCoordinator().progress(executionId)`.
 */
export function aggregateProgress(input: AggregateProgressInput): ProgressReport {
  const { agentProgresses, ...how } = checkInput(libraryCalls.aggregateProgress, input);
  return granted(aggregate({ agentProgresses, ...how, nowMs: systemClock().now() }));
}

function granted<Value>(result: Result<Value, Problem>): Value {
  return result.ok ? result.value : refuse(result.error);
}
