import { floatAt, intAt } from "../../../util/typed-at.ts";
import type { ExactModel } from "./exact-model.ts";
import type { PartialSchedule } from "./partial-schedule.ts";
import { tasksOf } from "./task-set.ts";

/**
 * What no completion of a partial schedule can beat: the chains that are left, what each resource still has to let
 * through before the tails that follow (Fernandez and Bussell 1973, one side of it), and tasks of which no two can
 * run together (Mingozzi et al. 1998, LB3).
 */
export function nodeBound(model: ExactModel, state: PartialSchedule): number {
  const { rest, problem, tails } = model;
  const { now, finish } = state;
  rest.fill(0);
  let bound = now;
  const waiting = { low: model.all.low & ~state.started.low, high: model.all.high & ~state.started.high };
  for (const task of tasksOf(waiting)) {
    rest[task] = floatAt(problem.duration, task);
    bound = Math.max(bound, now + floatAt(model.chains, task));
  }
  for (const task of tasksOf(state.running)) {
    rest[task] = floatAt(finish, task) - now;
    bound = Math.max(bound, floatAt(finish, task) + floatAt(tails, task));
  }
  for (let resource = 0; resource < model.users.length; resource++) {
    bound = Math.max(bound, now + resourceBound(model, resource));
  }
  let low = waiting.low | state.running.low;
  let high = waiting.high | state.running.high;
  let apart = now;
  for (let index = 0; index < model.loners.length; index++) {
    const task = intAt(model.loners, index);
    const present = task < 26 ? (low >>> task) & 1 : (high >>> (task - 26)) & 1;
    if (present === 0) continue;
    apart += floatAt(rest, task);
    low &= ~intAt(model.companionsLow, task);
    high &= ~intAt(model.companionsHigh, task);
  }
  return Math.max(bound, apart);
}

function resourceBound(model: ExactModel, resource: number): number {
  const { tasks, units } = model.users[resource] as ExactModel["users"][number];
  const capacity = floatAt(model.problem.capacity, resource);
  let work = 0;
  let bound = 0;
  for (let index = 0; index < tasks.length; index++) {
    const task = intAt(tasks, index);
    const rest = floatAt(model.rest, task);
    if (rest === 0) continue;
    work += rest * floatAt(units, index);
    bound = Math.max(bound, work / capacity + floatAt(model.tails, task));
  }
  return bound;
}
