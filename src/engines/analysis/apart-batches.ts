import type { Batch } from "../../schema/plan.ts";
import type { ConflictForecast } from "./predicted-conflicts.ts";
import { fileMutex } from "./file-mutexes.ts";

/**
 * Batches whose tasks name in `exclusive` what they will probably touch together, so that a run of them, whatever its
 * mode, keeps apart what the schedule keeps apart. What tasks wait for already is not named again.
 */
export function withPredictedMutexes(batches: readonly Batch[], forecasts: readonly ConflictForecast[]): Batch[] {
  const mutexes = new Map<string, string[]>();
  for (const { tasks, resource, serialised } of forecasts) {
    if (serialised) continue;
    for (const id of tasks) {
      const known = mutexes.get(id);
      if (known) known.push(fileMutex(resource));
      else mutexes.set(id, [fileMutex(resource)]);
    }
  }
  return batches.map((batch) => ({
    ...batch,
    tasks: batch.tasks.map((task) => {
      const added = mutexes.get(task.id);
      return added ? { ...task, exclusive: [...new Set([...(task.exclusive ?? []), ...added])] } : task;
    }),
  }));
}
