import type { Conflict } from "../../schema/conflict.ts";
import { declaredWrites, filePattern, filesNamedIn, patternsOverlap } from "../analysis/file-patterns.ts";
import { standing, type RunState } from "./run-state.ts";
import { taskNumber } from "./task-index.ts";

/** Keeps what is not at work, retried later or not, and would write the same files from starting while those who came together run. */
export function holdBehind(state: RunState, { tasks, affectedResources }: Conflict): void {
  const holders = tasks.map((id) => taskNumber(state.index, id));
  const contested = affectedResources.map(filePattern);
  state.spec.tasks.forEach((task, number) => {
    const now = state.standings[number];
    if (now === standing.running || now === standing.succeeded) return;
    const declared = declaredWrites(task);
    const written = declared.size > 0 ? declared : filesNamedIn(task.description);
    const patterns = [...written].map(filePattern);
    if (!patterns.some((pattern) => contested.some((file) => patternsOverlap(pattern, file)))) return;
    const known = state.behind.get(number) ?? new Set();
    for (const holder of holders) known.add(holder);
    state.behind.set(number, known);
  });
}

/** Whether a ready task has to wait for one that runs; it is then asked again when that one has ended. */
export function waitsBehind(state: RunState, task: number): boolean {
  for (const holder of state.behind.get(task) ?? []) {
    if (state.standings[holder] !== standing.running || holder === task) continue;
    const queue = state.waitingBehind.get(holder);
    if (queue) queue.push(task);
    else state.waitingBehind.set(holder, [task]);
    return true;
  }
  return false;
}
