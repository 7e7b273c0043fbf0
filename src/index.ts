/** The library: the same schemas and engines as the server's tools, without the protocol. */
export { createCoordinator, execute, type Coordinator, type CoordinatorOptions } from "./library/coordinator.ts";
export type { ExecuteOptions, Execution } from "./library/execution.ts";
export type {
  AggregateProgressInput,
  AnalyzeInput,
  AnalyzeProjectInput,
  DetectConflictsInput,
  ExecuteInput,
  PlanInput,
  Task,
} from "./library/inputs.ts";
export { plan, type Plan } from "./library/plan.ts";
export { aggregateProgress, analyze, detectConflicts } from "./library/pure-calls.ts";

export type { QuestionAnswer, WaitFor } from "./engines/coordination/runs/runs.ts";
export type { QuestionView, RunView, TaskState, TaskView } from "./engines/progress/run-view.ts";
export type { ToolCall } from "./report/next-call.ts";
export type { RunMetrics } from "./report/run-metrics.ts";
export type { OpenQuestion, RunProgress, TaskProgress } from "./report/run-progress.ts";
export type { RunReport } from "./report/run-report.ts";
export type { MergeResult, RunResult, TaskResult } from "./report/run-result.ts";
export type { FileChange } from "./schema/change.ts";
export type { Conflict, ConflictReport, ResolutionOption } from "./schema/conflict.ts";
export type { EventOf, EventType, PlannedTask, RunEvent, RunSpec } from "./schema/event.ts";
export type { WireEdge, WireGraph, WireNode } from "./schema/graph.ts";
export type { AgentError, Outcome, Usage } from "./schema/outcome.ts";
export type { Analysis, Batch, Risk, Schedule, Slot } from "./schema/plan.ts";
export { ProblemError, type Problem, type ProblemCode } from "./schema/problem.ts";
export type { ProgressReport } from "./schema/progress.ts";
export type { Constraints, RunStatus, UnenforcedLimit } from "./schema/workflow.ts";
