import type { PhasesInput } from "../../../schema/phases.ts";
import type { Problem } from "../../../schema/problem.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { closestId } from "../../analysis/closest-id.ts";
import { templates } from "./templates.ts";

/** A template filled in for a goal. */
export interface FilledTemplate {
  readonly name: string;
  readonly title: string;
  readonly phases: PhasesInput;
  /** Minutes on record for the same work in one pair of hands. */
  readonly aloneMinutes: number;
}

/** The names of the templates. */
export const templateNames: readonly string[] = templates.map(({ name }) => name);

/** Makes the phases of a template for a goal; an unknown name is refused with the one that was probably meant. */
export function useTemplate(name: string, goal: string): Result<FilledTemplate, Problem> {
  const template = templates.find((each) => each.name === name);
  if (!template) return failed(unknownTemplate(name));
  const phases = template.phases.map((phase) => ({
    name: phase.name,
    tasks: phase.roles.map(({ role, does }) => ({
      id: role,
      role,
      description: `${does}. The goal: ${goal}`,
      estimatedMinutes: phase.minutes,
    })),
  }));
  return ok({ name, title: goal, phases, aloneMinutes: template.aloneMinutes });
}

/** Refuses a template that does not exist. */
export function unknownTemplate(name: string): Problem {
  const meant = closestId(name, templateNames);
  return {
    code: "UNKNOWN_TEMPLATE",
    error: `There is no template '${name}'${meant === undefined ? "." : `; did you mean '${meant}'?`} The templates are ${templateNames.join(", ")}.`,
    field: "template",
    allowed: templateNames,
    example: meant ?? templateNames[0],
    advice: "Name one of the templates, or give the tasks themselves.",
  };
}
