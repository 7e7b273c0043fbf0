import type { PhasesInput } from "../../schema/phases.ts";
import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import type { UnenforcedLimit } from "../../schema/workflow.ts";
import { addToGroup } from "../../util/add-to-group.ts";
import { failed, ok, type Result } from "../../util/result.ts";

/** Phases as a caller writes them. */
export interface PhaseRequest {
  readonly phases: PhasesInput;
  /** Tasks that the phases name by id or role. */
  readonly tasks?: readonly TaskInput[] | undefined;
  /** Executors that exist. */
  readonly executors: readonly string[];
}

/** Phases as tasks that wait for one another. */
export interface ArrangedPhases {
  /** Every task that is left, phase by phase, with all it waits for. */
  readonly tasks: readonly TaskInput[];
  /** Their ids, phase by phase. */
  readonly phases: readonly (readonly string[])[];
  /** Who is skipped and why, and what becomes of those that wait for it. */
  readonly warnings: readonly UnenforcedLimit[];
}

/** A task of a phase, or the id or role of one. */
type PhaseEntry = Extract<PhasesInput[number], readonly unknown[]>[number];

interface Placed {
  readonly task: TaskInput;
  readonly phase: number;
}

interface Arrangement {
  readonly placed: Map<string, Placed>;
  readonly byRole: Map<string, string[]>;
  readonly warnings: UnenforcedLimit[];
}

/**
 * Makes tasks of phases: those of a phase wait for all of the phase before, and dependencies may name roles. A task that
 * names an agent, role or executor that this plan does not know is skipped with a warning; whoever depends on it by name
 * is skipped as well, and its phase goes on without it. Finds no cycles: whoever plans the tasks does.
 */
export function arrangePhases(request: PhaseRequest): Result<ArrangedPhases, Problem> {
  const arrangement: Arrangement = { placed: new Map(), byRole: new Map(), warnings: [] };
  const problem = placeAll(request, arrangement);
  if (problem) return failed(problem);
  skipUnknownExecutors(request, arrangement);
  const needs = namedNeeds(arrangement);
  skipDependents(arrangement, needs);
  const { placed, warnings } = arrangement;
  if (placed.size === 0) return failed(nothingLeft(warnings));
  const phases = request.phases.map((_, phase) => [...placed].flatMap(([id, at]) => (at.phase === phase ? [id] : [])));
  const kept = phases.filter((ids) => ids.length > 0);
  const tasks = kept.flatMap((ids, index) =>
    ids.map((id): TaskInput => {
      const dependsOn = [...new Set([...(needs.get(id) ?? []), ...(kept[index - 1] ?? [])])];
      const { dependsOn: _named, ...task } = (placed.get(id) as Placed).task;
      return dependsOn.length === 0 ? task : { ...task, dependsOn };
    }),
  );
  return ok({ tasks, phases: kept, warnings });
}

function placeAll({ phases, tasks = [] }: PhaseRequest, arrangement: Arrangement): Problem | undefined {
  for (const [phase, given] of phases.entries()) {
    const entries = Array.isArray(given) ? given : given.tasks;
    for (const [index, entry] of entries.entries()) {
      const field = `phases[${phase}]${Array.isArray(given) ? "" : ".tasks"}[${index}]`;
      const found = tasksOf(entry, tasks);
      if (!found) return namelessTask(field);
      if (found.length === 0 && typeof entry === "string") {
        warn(arrangement, `'${entry}' in phase ${phase + 1} is no task and no role of this plan: skipped`);
      }
      for (const task of found) {
        const earlier = arrangement.placed.get(task.id);
        if (earlier) return placedTwice(task.id, field, earlier.phase);
        arrangement.placed.set(task.id, { task, phase });
        const role = task.role ?? task.id;
        addToGroup(arrangement.byRole, role, task.id);
      }
    }
  }
  const left = tasks.filter((task) => !arrangement.placed.has(task.id));
  for (const task of left) warn(arrangement, `task '${task.id}' is in no phase: it does not run`);
  return undefined;
}

/** The tasks that an entry stands for; undefined for one without id and role. */
function tasksOf(entry: PhaseEntry, known: readonly TaskInput[]): readonly TaskInput[] | undefined {
  if (typeof entry !== "string") {
    const id = entry.id ?? entry.role;
    return id === undefined ? undefined : [{ ...entry, id }];
  }
  const named = known.filter((task) => task.id === entry);
  return named.length > 0 ? named : known.filter((task) => task.role === entry);
}

function skipUnknownExecutors({ executors }: PhaseRequest, arrangement: Arrangement): void {
  for (const [id, { task }] of arrangement.placed) {
    if (task.executor === undefined || executors.includes(task.executor)) continue;
    arrangement.placed.delete(id);
    warn(
      arrangement,
      `task '${id}' names the unknown executor '${task.executor}': skipped; its phase goes on without it`,
    );
  }
}

/** What each task needs by name, as ids; a task that needs what this plan does not know is skipped. */
function namedNeeds({ placed, byRole, warnings }: Arrangement): Map<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  for (const [id, { task }] of [...placed]) {
    // Whoever shares the role that it waits for does not wait for itself.
    const idsOf = (name: string): readonly string[] | undefined =>
      placed.has(name) ? [name] : byRole.get(name)?.filter((other) => other !== id);
    const unknown = task.dependsOn?.find((name) => idsOf(name) === undefined);
    needs.set(id, [...new Set(task.dependsOn?.flatMap((name) => idsOf(name) ?? []))]);
    if (unknown === undefined) continue;
    placed.delete(id);
    const reason = `task '${id}' depends on '${unknown}', which is no task and no role of this plan: skipped; its phase goes on without it`;
    warn({ warnings }, reason);
  }
  return needs;
}

function skipDependents(arrangement: Arrangement, needs: ReadonlyMap<string, readonly string[]>): void {
  const { placed } = arrangement;
  const dependents = new Map<string, string[]>();
  for (const id of placed.keys()) for (const need of needs.get(id) ?? []) addToGroup(dependents, need, id);
  const gone = [...dependents.keys()].filter((need) => !placed.has(need));
  // Whoever is skipped joins the list, and its dependents are looked at in their turn.
  for (const missing of gone) {
    for (const id of dependents.get(missing) ?? []) {
      if (!placed.delete(id)) continue;
      gone.push(id);
      warn(arrangement, `task '${id}' is skipped as well, because it depends on '${missing}'`);
    }
  }
}

function warn({ warnings }: Pick<Arrangement, "warnings">, reason: string): void {
  warnings.push({ limit: "phases", reason });
}

function namelessTask(field: string): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error: `The task at ${field} has neither id nor role.`,
    field: `${field}.id`,
    example: { role: "backend", description: "Write the service" },
    advice: "Give it an id, or a role that no other task has.",
  };
}

function placedTwice(id: string, field: string, phase: number): Problem {
  return {
    code: "DUPLICATE_TASK_ID",
    error: `Duplicate task ID "${id}": ${field} repeats what phase ${phase + 1} has already.`,
    field,
    advice: "Put every task into one phase, and give tasks of the same role ids of their own.",
  };
}

function nothingLeft(warnings: readonly UnenforcedLimit[]): Problem {
  return {
    code: "NO_TASKS",
    error: `There are no tasks to run: every one is skipped (${warnings[0]?.reason ?? "the phases are empty"}).`,
    field: "phases",
    advice: "Name tasks, roles and executors that exist.",
  };
}
