import type { Analysis } from "../../../schema/plan.ts";

/** Plans that were analysed and can be executed by their id. They are kept for 30 days. */
export interface Plans {
  /** Keeps an analysis and gives the id that `execute_parallel_workflow` takes as `planId`. */
  save(analysis: Analysis): Promise<string>;
  /** The analysis kept under that id. Refuses with UNKNOWN_PLAN. */
  load(planId: string): Promise<Analysis>;
}
