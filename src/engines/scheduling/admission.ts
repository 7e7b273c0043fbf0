import type { RunSpec } from "../../schema/event.ts";

/**
 * What tasks share besides agents: named mutexes (`exclusive`) and counted resources. A task takes
 * all it needs at once when it starts, or nothing, so that no two tasks can wait for each other.
 */
export interface Admission {
  /** Takes what the task needs, or says which resource is short. */
  take(task: number): string | undefined;
  /** Gives back what the task took, and names what may be waited for. */
  release(task: number): readonly string[];
  /** Remembers that the task waits for this resource. */
  wait(task: number, resource: string): void;
  /** The tasks that waited for this resource; they are asked again. */
  wake(resource: string): readonly number[];
}

/** Units of resources per task, by name; a mutex is a resource with one unit. */
type Needs = ReadonlyMap<string, number>;

const nothing: Needs = new Map();
const noNames: readonly string[] = [];

function needsOfTask({ resources, exclusive }: RunSpec["tasks"][number]): Needs {
  if (!resources && !exclusive) return nothing;
  const units = new Map<string, number>(Object.entries(resources ?? {}));
  for (const name of exclusive ?? []) units.set(`exclusive:${name}`, 1);
  return units;
}

/** Sets up the accounts for a run. */
export function buildAdmission(spec: RunSpec): Admission {
  const needs = spec.tasks.map(needsOfTask);
  const capacities = new Map(Object.entries(spec.constraints.resources ?? {}));
  const used = new Map<string, number>();
  const waiting = new Map<string, number[]>();
  const capacityOf = (name: string): number => capacities.get(name) ?? 1;
  const needsOf = (task: number): Needs => needs[task] ?? nothing;

  const take = (task: number): string | undefined => {
    const needed = needsOf(task);
    if (needed.size === 0) return undefined;
    for (const [name, units] of needed) {
      if ((used.get(name) ?? 0) + units > capacityOf(name)) return name;
    }
    for (const [name, units] of needed) used.set(name, (used.get(name) ?? 0) + units);
    return undefined;
  };
  const release = (task: number): readonly string[] => {
    const needed = needsOf(task);
    if (needed.size === 0) return noNames;
    for (const [name, units] of needed) used.set(name, (used.get(name) ?? 0) - units);
    return [...needed.keys()];
  };
  const wait = (task: number, resource: string): void => {
    const queue = waiting.get(resource);
    if (queue) queue.push(task);
    else waiting.set(resource, [task]);
  };
  const wake = (resource: string): readonly number[] => {
    const queue = waiting.get(resource) ?? [];
    waiting.delete(resource);
    return queue;
  };
  return { take, release, wait, wake };
}
