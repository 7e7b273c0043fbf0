import { resolutionStrategies, type Conflict, type ResolutionStrategy } from "../../../schema/conflict.ts";
import { refuse } from "../../../schema/problem.ts";
import type { RunView, TaskView } from "../../progress/run-view.ts";

/** How a conflict is to be resolved, as a caller says it. */
export interface WayOutRequest {
  readonly conflictId?: string | undefined;
  readonly option?: string | undefined;
  /** Whose result is taken, or which task is done again. */
  readonly taskId?: string | undefined;
  /** The same, by the agent. */
  readonly agentId?: string | undefined;
  /** Only say what it would do. */
  readonly preview?: boolean | undefined;
  /** With `manual`: the files are edited; take them over. */
  readonly proceed?: boolean | undefined;
}

/** A way out of a conflict that can be gone. */
export interface WayOut {
  readonly conflict: Conflict;
  readonly strategy: ResolutionStrategy;
  /** Whose result is preferred, or which task is done again. */
  readonly taskId?: string;
}

/** Finds the conflict and the way out that are meant; refuses with what would be allowed. */
export function findWayOut(view: RunView, request: WayOutRequest): WayOut {
  const conflict = findConflict(view, request.conflictId);
  const strategy = findStrategy(conflict, request.option);
  if (strategy === "prefer-agent") return { conflict, strategy, taskId: preferredTask(view, conflict, request) };
  if (strategy !== "sequential-retry" && strategy !== "manual") return { conflict, strategy };
  return { conflict, strategy, taskId: heldTask(view, { conflict, strategy, request }) };
}

function findConflict(view: RunView, conflictId: string | undefined): Conflict {
  const { executionId } = view.spec;
  const found = view.conflicts.find(({ id }) => id === conflictId);
  if (found) return found;
  const ids = view.conflicts.map(({ id }) => id).slice(0, 20);
  return refuse({
    code: conflictId === undefined ? "INVALID_ARGUMENT" : "UNKNOWN_CONFLICT",
    error:
      conflictId === undefined
        ? "conflictId is required for the action resolve."
        : `Run '${executionId}' has no conflict '${conflictId.slice(0, 80)}'.`,
    field: "conflictId",
    allowed: ids,
    advice:
      ids.length === 0
        ? "The run has no conflicts, so there is nothing to resolve."
        : "Call detect_conflicts with the executionId to see the conflicts with their ways out.",
  });
}

function findStrategy(conflict: Conflict, option: string | undefined): ResolutionStrategy {
  const offered = new Set(conflict.resolutionOptions.map(({ strategy }) => strategy));
  const strategy = resolutionStrategies.find((each) => each === option);
  if (strategy && offered.has(strategy)) return strategy;
  return refuse({
    code: "INVALID_ARGUMENT",
    error:
      option === undefined
        ? "option is required for the action resolve."
        : `'${option.slice(0, 80)}' is no way out of the conflict ${conflict.id}.`,
    field: "option",
    allowed: [...offered],
    advice: "Use one of the strategies that the conflict offers.",
  });
}

function preferredTask(view: RunView, conflict: Conflict, { taskId, agentId }: WayOutRequest): string {
  const choices = partiesOf(view, conflict);
  const fitting = choices.filter(
    (task) => (taskId === undefined || task.id === taskId) && (agentId === undefined || isMeant(task, agentId)),
  );
  const [only, second] = fitting;
  if (only && !second && (taskId ?? agentId) !== undefined) return only.id;
  const named = agentId ?? taskId;
  return refuse({
    code: "INVALID_ARGUMENT",
    error:
      named === undefined || second
        ? `prefer-agent needs the task whose result is to be taken for ${conflict.id}.`
        : `'${named.slice(0, 80)}' has no result in the conflict ${conflict.id}.`,
    field: "taskId",
    allowed: choices.map(({ id }) => id),
    advice: "Name one of these tasks.",
  });
}

/** The task that gives way at present; the last one where several do. */
function heldTask(
  view: RunView,
  asked: { readonly conflict: Conflict; readonly strategy: ResolutionStrategy; readonly request: WayOutRequest },
): string {
  const { conflict, strategy, request } = asked;
  const { taskId, agentId } = request;
  if (view.apply?.conflicts.some(({ id }) => id === conflict.id)) return refuse(yourOwnChange(conflict));
  const held = new Set(view.merge?.held.map((each) => each.taskId));
  const choices = partiesOf(view, conflict).filter(({ id }) => held.has(id));
  const fitting = choices.filter(
    (task) => (taskId === undefined || task.id === taskId) && (agentId === undefined || isMeant(task, agentId)),
  );
  const chosen = fitting.at(-1);
  if (chosen) return chosen.id;
  const former = view.resolutions.find((each) => each.conflictId === conflict.id && each.strategy === strategy);
  if (former?.taskId !== undefined && (taskId ?? former.taskId) === former.taskId) return former.taskId;
  const named = taskId ?? agentId;
  return refuse({
    code: "INVALID_ARGUMENT",
    error:
      named === undefined
        ? `None of the results in the conflict ${conflict.id} is held, so there is nothing to do again.`
        : `'${named.slice(0, 80)}' has no held result in the conflict ${conflict.id}.`,
    field: named === undefined ? "option" : "taskId",
    allowed: choices.map(({ id }) => id),
    advice: "Call detect_conflicts with the executionId to see what is held.",
  });
}

function partiesOf(view: RunView, conflict: Conflict): TaskView[] {
  return conflict.tasks.flatMap((id) => {
    const task = view.tasks.get(id);
    return task?.outcome?.commit === undefined ? [] : [task];
  });
}

function isMeant(task: TaskView, agentId: string): boolean {
  return task.agentId === agentId || task.id === agentId;
}

function yourOwnChange({ id }: Conflict): Parameters<typeof refuse>[0] {
  return {
    code: "NOT_RESOLVED",
    error: `${id} is between your own change and the merged results, so that only you can finish it.`,
    field: "option",
    allowed: ["rollback"],
    advice: "Finish or move your own change, then use the action apply.",
  };
}
