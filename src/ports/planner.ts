import type { Analysis } from "../schema/plan.ts";
import type { RepositoryIndex } from "../schema/repository-index.ts";
import type { AnalyzeCall } from "../schema/tool-inputs.ts";

/** What is planned beside the program: a request that an analysis has accepted. */
export type PlannerRequest = Omit<AnalyzeCall, "detail" | "template" | "context" | "workspace"> & {
  /** What is known of the repository that the tasks are about. */
  readonly repository?: RepositoryIndex | undefined;
};

/** Searches for shorter schedules beside the program, which goes on answering meanwhile. */
export interface Planner {
  /** The analysis with what the search has found within its planning time; undefined where it cannot be done here. */
  analyze(request: PlannerRequest): Promise<Analysis | undefined>;
}
