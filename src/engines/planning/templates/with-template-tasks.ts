import type { Problem } from "../../../schema/problem.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import type { AnalyzeRequest } from "../../analysis/analyze.ts";
import { arrangePhases } from "../arrange-phases.ts";
import { useTemplate } from "./use-template.ts";

/** Puts the roles of a template, if one is named, into an analysis; their order is all there is, so none is looked for. */
export function withTemplateTasks(
  request: AnalyzeRequest & { readonly template?: string | undefined },
): Result<AnalyzeRequest, Problem> {
  const { template, ...given } = request;
  if (template === undefined) return ok(given);
  if (given.subtasks !== undefined && given.subtasks.length > 0) return failed(twoSources);
  const filled = useTemplate(template, given.taskDescription);
  if (!filled.ok) return filled;
  const arranged = arrangePhases({ phases: filled.value.phases, executors: [] });
  return arranged.ok ? ok({ ...given, subtasks: arranged.value.tasks, detectImplicit: false }) : arranged;
}

const twoSources: Problem = {
  code: "INVALID_ARGUMENT",
  error: "Only one of template and subtasks can be given.",
  field: "template",
  advice: "Leave out template, or let it make the subtasks.",
};
