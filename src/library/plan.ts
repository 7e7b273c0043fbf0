import { analyze } from "../engines/analysis/analyze.ts";
import {
  checkExecutor,
  checkRequest,
  checkTaskOptions,
  realExecutors,
  unenforcedLimits,
} from "../engines/coordination/check-request.ts";
import { acceptAnalysis } from "../engines/planning/accept-analysis.ts";
import { planRun } from "../engines/planning/plan-run.ts";
import type { PlannedTask } from "../schema/event.ts";
import type { Schedule } from "../schema/plan.ts";
import { refuse, type Problem } from "../schema/problem.ts";
import type { TaskInput } from "../schema/task.ts";
import type { UnenforcedLimit } from "../schema/workflow.ts";
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
  /** Sequential minutes / makespan with these agents. */
  readonly estimatedSpeedup: number;
  /** Who works when; null where there is only one task. */
  readonly schedule: Schedule | null;
  /** Limits asked for that a run would not hold. */
  readonly unenforced: readonly UnenforcedLimit[];
}

/**
 * Plans a run as `execute` would run it, and runs nothing. Throws a `ProblemError` for what `execute` would refuse about
 * the tasks, cycles among them; whether the executor and the workspace are there is looked at by `execute` alone.
 */
export function plan(input: PlanInput): Plan {
  const checked = checkInput(libraryCalls.plan, input);
  checkRequest(checked);
  const { executor = "simulated", constraints = {}, maxParallelAgents, analysisResult, tasks = [] } = checked;
  checkExecutor(executor, "executor");
  const accepted = granted(
    acceptAnalysis(analysisResult ? { analysis: analysisResult, field: "analysisResult" } : { tasks, field: "tasks" }),
  );
  checkTaskOptions(accepted.tasks, executor);
  const { agents, ...planned } = granted(
    planRun({ ...accepted, executor, constraints, realExecutors, maxParallelAgents }),
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
  return { ...planned, agents, schedule: analysis.schedule, unenforced: unenforcedLimits(constraints) };
}

/** The task with the dependencies that were found for it as its own. */
function withAllNeeds(task: PlannedTask): TaskInput {
  return { ...task, dependsOn: task.needs };
}

function granted<Value>(result: Result<Value, Problem>): Value {
  return result.ok ? result.value : refuse(result.error);
}
