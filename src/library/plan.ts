import { analyze } from "../engines/analysis/analyze.ts";
import {
  checkExecutor,
  checkRequest,
  checkTaskOptions,
  executorKinds,
  realExecutors,
  unenforcedLimits,
} from "../engines/coordination/preparation/check-request.ts";
import { isOrderedByBatches } from "../engines/planning/accept-analysis.ts";
import { acceptSource } from "../engines/planning/accept-source.ts";
import { ignoreDependencies } from "../engines/planning/ignore-dependencies.ts";
import { planRun } from "../engines/planning/plan-run.ts";
import type { PlannedTask } from "../schema/event.ts";
import type { Schedule } from "../schema/plan.ts";
import { refuse, type Problem } from "../schema/problem.ts";
import type { TaskInput } from "../schema/task.ts";
import type { RunMode, UnenforcedLimit } from "../schema/workflow.ts";
import type { Result } from "../util/result.ts";
import { checkInput, libraryCalls } from "./check-input.ts";
import type { PlanInput } from "./inputs.ts";

/** What a run would do. */
export interface Plan {
  /** Every task with its defaults, all its dependencies (`needs`), its level, time limit and attempts. */
  readonly tasks: readonly PlannedTask[];
  /** Task ids that may run at the same time, batch by batch. */
  readonly batches: readonly (readonly string[])[];
  /** The chain of tasks that the whole cannot be shorter than. */
  readonly criticalPath: readonly string[];
  /** The fewest agents within 5 % of the best time. */
  readonly recommendedAgents: number;
  /** The agents that the plan is made for: those asked for, else those recommended. */
  readonly agents: number;
  /** When a task may start; `batch` where the batches given are the only order there is. */
  readonly mode: RunMode;
  /** Sequential minutes / makespan with these agents, in this mode. */
  readonly estimatedSpeedup: number;
  /** Minutes of the whole in this mode. */
  readonly makespanMinutes: number;
  /** Who works when; null in modes that have barriers, and where there is only one task. */
  readonly schedule: Schedule | null;
  /** Limits asked for that a run would not hold, and whom of the phases it would skip. */
  readonly unenforced: readonly UnenforcedLimit[];
}

/**
 * Plans a run as `execute` would run it, and runs nothing. Throws a `ProblemError` for what `execute` would refuse about
 * the tasks, cycles among them; whether the executor and the workspace are there is looked at by `execute` alone.
 */
export function plan(input: PlanInput): Plan {
  const checked = checkInput(libraryCalls.plan, input);
  checkRequest(checked);
  const { executor = "simulated", constraints = {}, maxParallelAgents, analysisResult } = checked;
  checkExecutor(executor, "executor");
  const source = granted(
    acceptSource({ ...checked, analysis: analysisResult, field: "analysisResult", executors: executorKinds }),
  );
  const freed =
    checked.mode === "parallel" ? ignoreDependencies(source.accepted) : { accepted: source.accepted, warnings: [] };
  const { accepted } = freed;
  checkTaskOptions(accepted.tasks, executor);
  const mode = checked.mode ?? (isOrderedByBatches(accepted) ? "batch" : "dependency");
  const { agents, ...planned } = granted(
    planRun({ ...accepted, mode, executor, constraints, realExecutors, maxParallelAgents }),
  );
  const analysis = granted(
    analyze({
      taskDescription: accepted.title ?? "plan",
      subtasks: planned.tasks.map(withAllNeeds),
      maxParallelAgents: agents,
      detectImplicit: false,
      constraints,
    }),
  );
  const slotted = mode === "dependency" || mode === "parallel";
  return {
    ...planned,
    agents,
    mode,
    schedule: slotted ? analysis.schedule : null,
    unenforced: [...source.warnings, ...freed.warnings, ...unenforcedLimits(constraints)],
  };
}

/** The task with the dependencies that were found for it as its own. */
function withAllNeeds(task: PlannedTask): TaskInput {
  return { ...task, dependsOn: task.needs };
}

function granted<Value>(result: Result<Value, Problem>): Value {
  return result.ok ? result.value : refuse(result.error);
}
