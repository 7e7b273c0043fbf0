import type { Problem } from "../../../schema/problem.ts";

/** Cycles in one line: `1 → 2 → 1; a → b → a`; long ones are shortened in the middle. */
export function cyclesText(cycles: readonly (readonly string[])[]): string {
  const shown = cycles.slice(0, 3).map(pathText).join("; ");
  return cycles.length > 3 ? `${shown}; and ${cycles.length - 3} more` : shown;
}

/** A path of ids in one line; more than ten are shortened in the middle. */
export function pathText(ids: readonly string[]): string {
  const shown = ids.length > 10 ? [...ids.slice(0, 5), "…", ...ids.slice(-4)] : ids;
  return shown.join(" → ");
}

/** Refuses tasks that wait for one another, where an answer needs an order. */
export function cycleProblem(cycles: readonly (readonly string[])[], field: string): Problem {
  return {
    code: "DEPENDENCY_CYCLE",
    error: `Circular dependencies detected: ${cyclesText(cycles)}`,
    field,
    advice: "Remove one dependency of each cycle, or split a task in two so that no task waits for itself.",
  };
}
