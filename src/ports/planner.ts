import type { Analysis } from "../schema/plan.ts";
import type { RepositoryIndex } from "../schema/repository-index.ts";
import type { TaskInput } from "../schema/task.ts";
import type { AnalyzeCall } from "../schema/tool-inputs.ts";

/** What is analysed beside the program. */
export type PlannerRequest = Omit<AnalyzeCall, "detail" | "template" | "context" | "workspace" | "subtasks"> & {
  readonly subtasks?: readonly TaskInput[] | undefined;
  /** What is known of the repository that the tasks are about. */
  readonly repository?: RepositoryIndex | undefined;
};

/** What comes of an analysis beside the program; none where it cannot be done here, and where the request is refused. */
export type PlannerAnswer = Analysis | "too-large" | "none";

/** Analyses beside the program, which goes on answering meanwhile. */
export interface Planner {
  /** The analysis with what a search has found within its planning time; those that come while others are made wait. */
  analyze(request: PlannerRequest): Promise<PlannerAnswer>;
}
