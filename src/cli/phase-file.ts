import { executorKinds } from "../engines/coordination/preparation/check-request.ts";
import { arrangePhases } from "../engines/planning/arrange-phases.ts";
import { templateNames, unknownTemplate, useTemplate } from "../engines/planning/templates/use-template.ts";
import type { PhasesInput } from "../schema/phases.ts";
import { refuse, type Problem } from "../schema/problem.ts";
import type { TaskInput } from "../schema/task.ts";
import type { Result } from "../util/result.ts";
import type { TaskFile } from "./task-file-content.ts";

/** Phases as a file or a template gives them. */
export interface PhaseSource {
  readonly title: string;
  readonly phases: PhasesInput;
  /** Tasks that the phases name. */
  readonly tasks?: readonly TaskInput[];
  /** Minutes on record for one pair of hands. */
  readonly aloneMinutes?: number;
}

/** Arranges phases as a run would, so that they can be shown; who is skipped is told in `notes`. */
export function phaseFile({ title, phases, tasks, aloneMinutes }: PhaseSource): TaskFile {
  const arranged = granted(arrangePhases({ phases, tasks, executors: executorKinds }));
  return {
    title,
    tasks: arranged.tasks,
    source: { title, phases, ...(tasks && tasks.length > 0 && { tasks: [...tasks] }) },
    phased: true,
    notes: [
      ...arranged.warnings.map(({ reason }) => `warning: ${reason}`),
      ...(aloneMinutes === undefined ? [] : [`on record for one pair of hands: ${aloneMinutes} minutes and more`]),
    ],
  };
}

/** Fills a template in for a goal. */
export function templateFile(name: string, goal: string | undefined): TaskFile {
  if (goal !== undefined && goal.trim() !== "") return phaseFile(granted(useTemplate(name, goal)));
  if (!templateNames.includes(name)) return refuse(unknownTemplate(name));
  return refuse({
    code: "DESCRIPTION_REQUIRED",
    error: `The template '${name}' needs to be told what it is for.`,
    field: "goal",
    example: `${name} "A shop for second-hand books"`,
    advice: "Write the goal behind the template's name, in quotes.",
  });
}

/** Whether a word can be nothing but the name of a template, or an attempt at one: files have dots or slashes. */
export function looksLikeTemplate(word: string): boolean {
  return templateNames.includes(word) || !/[./\\]/.test(word);
}

function granted<Value>(result: Result<Value, Problem>): Value {
  return result.ok ? result.value : refuse(result.error);
}
