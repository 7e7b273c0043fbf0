import { analyze, planningTime, type AnalyzeRequest } from "../engines/analysis/analyze.ts";
import { withTemplateTasks } from "../engines/planning/templates/with-template-tasks.ts";
import { analysisSummary } from "../report/analysis-text.ts";
import { toolCall } from "../report/next-call.ts";
import type { Analysis, Risk } from "../schema/plan.ts";
import { ProblemError, type Problem } from "../schema/problem.ts";
import { analyzeInputSchema } from "../schema/tool-inputs.ts";
import { failed, ok, type Result } from "../util/result.ts";
import { defineTool, readOnly, type ToolContext } from "./define-tool.ts";

/*
 * What takes longer than some tens of milliseconds is analysed in a thread of its own, so that other calls are answered
 * meanwhile: many tasks, many files for each of whose tasks a place is looked for among them, a long search.
 */
const mostTasksHere = 100;
const mostTasksTimesFilesHere = 40_000;
const longestSearchHereMs = 50;

/** Says whether tasks can run in parallel and what that would gain. */
export const analyzeTool = defineTool({
  name: "analyze_task_parallelizability",
  title: "Analyse what can run in parallel",
  description: `Analyse tasks for parallel execution: dependency graph, batches, critical path, bottlenecks, conflicts to expect, speed-up, and an honest verdict whether several agents are worth it.
Use it first, when the user asks for several things at once or for one large thing that you can split: write each part as a subtask with an id, a description that an agent can work from alone, dependsOn, and estimatedMinutes if you can tell. Name the files a task writes (writes: globs) where you know them: tasks that write the same files are then planned apart.
Do not use it for a single small change; just do that. It runs nothing and changes no files.
Returns summary (show it to the user as it is), next (usually the execute_parallel_workflow call, with planId), parallelizable, confidence, reasoning, dependencyGraph, suggestedBatches, estimatedSpeedup, risks, criticalPath, bottlenecks, schedule, recommendedAgents, planId.
Example: {"taskDescription":"Add login","subtasks":[{"id":"api","description":"Write the login API in src/api","estimatedMinutes":20},{"id":"form","description":"Write the login form in src/ui","estimatedMinutes":15},{"id":"e2e","description":"Test login end to end","dependsOn":["api","form"]}]}`,
  annotations: readOnly,
  alwaysLoad: true,
  input: analyzeInputSchema,
  brief: ["simulate", "constraints", "fallback"],
  unlisted: ["verify", "command", "when"],
  later: {
    workflow: "Give the tasks as subtasks.",
  },
  example: {
    taskDescription: "Add login",
    subtasks: [
      { id: "api", description: "Write the login API" },
      { id: "e2e", description: "Test login end to end", dependsOn: ["api"] },
    ],
  },
  async handle({ detail: _detail, context: _context, workspace, ...given }, { plans, clock, planner, survey }) {
    const request = withTemplateTasks(given);
    if (!request.ok) return request;
    const repository = workspace === undefined ? undefined : await survey(workspace, request.value.subtasks ?? []);
    const asked = { ...request.value, repository };
    const analysed = isLarge(asked)
      ? await analyzeBeside(asked, planner)
      : analyze({ ...asked, shouldStop: planningTime(() => clock.now(), given.planningBudgetMs) });
    if (!analysed.ok) return analysed;
    const analysis = analysed.value;
    const planId = await keepPlan(analysis, plans);
    const next =
      analysis.parallelizable && planId !== undefined ? toolCall("execute_parallel_workflow", { planId }) : null;
    const summary = analysisSummary(analysis, planId);
    return ok({ summary, next, ...analysis, ...(planId === undefined ? {} : { planId }) });
  },
});

/** In a thread. Without one nothing is searched for, because nobody else would be answered meanwhile. */
async function analyzeBeside(
  asked: AnalyzeRequest,
  planner: ToolContext["planner"],
): Promise<Result<Analysis, Problem>> {
  const found = await planner.analyze(asked);
  if (found === "too-large") return failed(tooLarge);
  if (found !== "none") return ok(found);
  // There is none either where the call is to be refused.
  const analysed = analyze({ ...asked, planningBudgetMs: 0 });
  if (!analysed.ok || asked.planningBudgetMs === 0) return analysed;
  return ok({ ...analysed.value, risks: [...analysed.value.risks, notSearched] });
}

const tooLarge: Problem = {
  code: "ANALYSIS_TOO_LARGE",
  error: "The analysis was given up: it took too long, or more memory than one call may take.",
  advice:
    "Give fewer subtasks, leave out workspace, set detectImplicit to false, or ask again when the machine is less busy.",
};

const notSearched: Risk = {
  description: "No thread could be had for the planning: a shorter schedule was not looked for.",
  severity: "low",
  mitigation: "Ask again for a schedule that may be shorter; the dependencies and batches are complete.",
};

function isLarge({ subtasks = [], repository, planningBudgetMs = 0 }: AnalyzeRequest): boolean {
  const files = repository?.paths.length ?? 0;
  return (
    subtasks.length > mostTasksHere ||
    subtasks.length * files > mostTasksTimesFilesHere ||
    planningBudgetMs > longestSearchHereMs
  );
}

/** Keeps what can be executed; a folder that cannot be written must not cost the caller the analysis. */
async function keepPlan(analysis: Analysis, plans: ToolContext["plans"]): Promise<string | undefined> {
  if (analysis.suggestedBatches.length === 0) return undefined;
  try {
    return await plans.save(analysis);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}
