/** The thread that large calls are analysed in: the analysis, and nothing else. */
import { analyze, planningTime } from "./engines/analysis/analyze.ts";
import { servePlan } from "./platform/planner-thread.ts";

servePlan((request, now) => {
  const analysed = analyze({ ...request, shouldStop: planningTime(now, request.planningBudgetMs) });
  return analysed.ok ? analysed.value : undefined;
});
