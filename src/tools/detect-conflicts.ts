import { detectGivenConflicts } from "../engines/coordination/meaning/meaning-of-given.ts";
import { runConflicts } from "../engines/coordination/runs/run-conflicts.ts";
import type { RunView } from "../engines/progress/run-view.ts";
import { nextCall } from "../report/attention.ts";
import { conflictsSummary, refsSummary } from "../report/conflicts-text.ts";
import { previewCall } from "../report/decision-text.ts";
import type { Problem } from "../schema/problem.ts";
import { detectInputSchema } from "../schema/tool-inputs.ts";
import { failed, ok } from "../util/result.ts";
import { defineTool, readOnly } from "./define-tool.ts";

/** Finds where the results of several agents contradict one another. */
export const detectConflictsTool = defineTool({
  name: "detect_conflicts",
  title: "Find conflicts between agents",
  description: `Detect conflicts between the results of several agents: overlapping lines of a file, one deleting what another changed, code that merges as text and breaks together, order and resource conflicts; each with its places and the ways out.
Use it with executionId after a run that held results back, also while it runs; with agentResults, whoever the agents were; or with refs for branches of any repository. Two agents in one file are no conflict when their lines do not touch. Give the changes with diff (unified) or content and lineNumbers: with file names alone only the chance of a conflict can be told. With content and diff its code is compared too: a name removed by one and used by another, calls with too few arguments.
Do not use it for the state of a run (aggregate_progress). It changes nothing.
Returns summary (show it to the user as it is), next, hasConflicts (medium or worse), conflicts [{id, type, severity, agents, tasks, description, locations, resolutionOptions}], resolutionStrategy (auto, manual, rollback); for refs also mergeOrder, together, held.
Example: {"executionId":"run_…"} or {"agentResults":[{"agentId":"a1","taskId":"api","success":true,"filesModified":["src/a.ts"]},{"agentId":"a2","taskId":"ui","success":true,"filesModified":["src/a.ts"]}]}`,
  annotations: readOnly,
  alwaysLoad: true,
  input: detectInputSchema,
  brief: ["dependencyGraph", "error", "refs"],
  later: {},
  example: {
    agentResults: [
      { agentId: "a1", taskId: "api", success: true, filesModified: ["src/a.ts"] },
      { agentId: "a2", taskId: "ui", success: true, filesModified: ["src/a.ts"] },
    ],
  },
  async handle({ agentResults, executionId, refs, dependencyGraph }, { runs, compareRefs, code, origin }) {
    const given = [agentResults, executionId, refs].filter((each) => each !== undefined);
    if (given.length !== 1) return failed(oneInput);
    if (refs !== undefined) {
      const compared = await compareRefs(refs, await origin());
      return ok({ summary: refsSummary(compared, refs.base), next: null, ...compared });
    }
    const graph = dependencyGraph === undefined ? {} : { dependencyGraph };
    if (agentResults?.length === 0) return failed(noResults);
    if (agentResults !== undefined) {
      const detected = await detectGivenConflicts({ agentResults, ...graph }, code);
      return detected.ok ? ok({ summary: conflictsSummary(detected.value), next: null, ...detected.value }) : detected;
    }
    const view = await runs.view(executionId ?? "");
    const found = runConflicts(view);
    if (!found.ok) return found;
    const { executionId: id } = view.spec;
    const soFar = view.merge === undefined && view.endedAt === undefined ? { soFar: true } : {};
    const held = view.merge?.held ?? [];
    return ok({
      summary: conflictsSummary(found.value, { call: previewCall(view), calls: "mcp" }),
      next: nextOf(view),
      executionId: id,
      ...soFar,
      ...found.value,
      held,
    });
  },
});

const oneInput: Problem = {
  code: "INVALID_ARGUMENT",
  error:
    "agentResults array is required, or executionId, or refs: detect_conflicts takes either agentResults or executionId or refs.",
  field: "agentResults",
  allowed: ["agentResults", "executionId", "refs"],
  example: { executionId: "run_…" },
  advice: "Give exactly one of the three.",
};

const noResults: Problem = {
  code: "INVALID_ARGUMENT",
  error: "agentResults array is required: it must hold at least one result.",
  field: "agentResults",
  advice: "Give the results of the agents, or executionId for a run.",
};

/** What follows on a run's conflicts; never this same call again. */
function nextOf(view: RunView): ReturnType<typeof nextCall> {
  const next = nextCall(view);
  return next?.tool === "detect_conflicts" ? previewCall(view) : next;
}
