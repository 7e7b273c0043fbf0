import type { RunSpec } from "../../schema/event.ts";

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

/**
 * What tasks share besides agents: named mutexes (`exclusive`) and counted resources. A task takes
 * all it needs at once when it starts, or nothing, so that no two tasks can wait for each other.
 */
export class Admission {
  readonly #needs: readonly Needs[];
  readonly #capacities: ReadonlyMap<string, number>;
  readonly #used = new Map<string, number>();
  readonly #waiting = new Map<string, number[]>();

  /** Sets up the accounts for a run. */
  constructor(spec: RunSpec) {
    this.#needs = spec.tasks.map(needsOfTask);
    this.#capacities = new Map(Object.entries(spec.constraints.resources ?? {}));
  }

  /** Takes what the task needs, or says which resource is short. */
  take(task: number): string | undefined {
    const needed = this.#needsOf(task);
    if (needed.size === 0) return undefined;
    for (const [name, units] of needed) {
      if (this.#usedOf(name) + units > (this.#capacities.get(name) ?? 1)) return name;
    }
    for (const [name, units] of needed) this.#used.set(name, this.#usedOf(name) + units);
    return undefined;
  }

  /** Gives back what the task took, and names what may be waited for. */
  release(task: number): readonly string[] {
    const needed = this.#needsOf(task);
    if (needed.size === 0) return noNames;
    for (const [name, units] of needed) this.#used.set(name, this.#usedOf(name) - units);
    return [...needed.keys()];
  }

  /** Remembers that the task waits for this resource. */
  wait(task: number, resource: string): void {
    const queue = this.#waiting.get(resource);
    if (queue) queue.push(task);
    else this.#waiting.set(resource, [task]);
  }

  /** The tasks that waited for this resource; they are asked again. */
  wake(resource: string): readonly number[] {
    const queue = this.#waiting.get(resource) ?? [];
    this.#waiting.delete(resource);
    return queue;
  }

  #needsOf(task: number): Needs {
    return this.#needs[task] ?? nothing;
  }

  #usedOf(name: string): number {
    return this.#used.get(name) ?? 0;
  }
}
