/**
 * Watches agents while they work: what they have changed so far is compared pair by pair, and who comes together over
 * the same lines is told at once, long before the merge.
 *
 * W1  A look changes nothing: neither in an agent's folder nor among the run's results.
 * W2  It costs at most a twentieth of the time; it looks more rarely where a look takes long, or nothing happens.
 * W3  There is no timer while nobody works.
 */
import type { Clock } from "../../ports/clock.ts";
import type { EventBody, RunSpec } from "../../schema/event.ts";
import type { RunView } from "../progress/run-view.ts";
import { ancestorsOf } from "./resolution/standing-decisions.ts";
import type { LiveSide, OpenWorkspace, RunWorkspaces } from "./workspaces.ts";

/** Milliseconds between looks at first, where agents are real, and where time is virtual. */
const firstMs = { real: 4_000, simulated: 60_000 } as const;
/** Quiet looks double the time between them up to so many times the first. */
const maxSlowdown = 16;
/** The share of the time that looking may take. */
const maxShare = 0.05;
/** Agents at work, and results that have finished, of which no more are compared at once. */
const maxSides = 64;

/** An agent at work in its folder. */
export interface WatchedAgent {
  readonly taskId: string;
  readonly agentId: string;
  readonly workspace: OpenWorkspace;
}

/** A watch over a run's agents. */
export interface LiveWatch {
  /** An agent has begun. */
  wake(): void;
  stop(): void;
}

/** Whether there is anything to see: real agents, or scripted ones that write before they end. */
function canWatch(spec: RunSpec): boolean {
  if (!spec.isolated || spec.maxParallelAgents < 2 || spec.tasks.length < 2) return false;
  return spec.tasks.some(
    ({ executorKind, simulate }) =>
      executorKind !== "simulated" || simulate?.edits?.some(({ atPercent = 100 }) => atPercent < 100),
  );
}

/** What is watched, and who is told. */
interface Watched {
  readonly clock: Clock;
  readonly workspaces: RunWorkspaces;
  readonly view: () => RunView;
  /** Attempts under way; one without a folder has nothing to be seen yet. */
  readonly attempts: ReadonlyMap<string, { readonly watched: WatchedAgent | undefined }>;
  readonly emit: (event: EventBody) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** Opens the watch over a run; nothing happens before `wake`. Undefined where there is nothing to see. */
export function liveWatch(
  spec: RunSpec,
  { workspaces, ...watched }: Omit<Watched, "workspaces"> & { readonly workspaces: RunWorkspaces | undefined },
): LiveWatch | undefined {
  return workspaces && canWatch(spec) ? watchAgents({ ...watched, workspaces }) : undefined;
}

function watchAgents(watched: Watched): LiveWatch {
  const { clock, view, attempts, onTrouble } = watched;
  let cancel: (() => void) | undefined;
  let over = false;
  let waitMs = 0;
  const comparison = new Comparison(watched);
  const arm = (): void => {
    if (over || cancel || attempts.size === 0) return;
    const first = view().spec.executor === "simulated" ? firstMs.simulated : firstMs.real;
    waitMs = Math.max(waitMs, first);
    cancel = clock.setTimer(
      waitMs,
      () =>
        void look(first).catch((cause: unknown) => onTrouble(new Error("agents at work cannot be watched", { cause }))),
    );
  };
  const look = async (first: number): Promise<void> => {
    const release = clock.hold();
    const startedAt = clock.now();
    try {
      const isQuiet = !(await comparison.look(() => over));
      waitMs = isQuiet ? Math.min(waitMs * 2, first * maxSlowdown) : first;
      waitMs = Math.max(waitMs, (clock.now() - startedAt) / maxShare);
    } finally {
      cancel = undefined;
      arm();
      release();
    }
  };
  return {
    wake: arm,
    stop() {
      over = true;
      cancel?.();
    },
  };
}

/** What was seen of each agent, and who was told of already. */
class Comparison {
  readonly #watched: Watched;
  /** The commit last seen of each task. */
  readonly #seen = new Map<string, string>();
  /** The files each pair was told of, and under which id. */
  readonly #told = new Map<string, { readonly id: string; readonly files: Set<string> }>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Looks once; false when nothing has changed since the last time. */
  async look(isOver: () => boolean): Promise<boolean> {
    const { workspaces, view, attempts, emit } = this.#watched;
    const working: LiveSide[] = [];
    const agents = [...attempts.values()].flatMap(({ watched }) => watched ?? []);
    for (const { taskId, agentId, workspace } of agents.slice(0, maxSides)) {
      const commit = await workspaces.peek(workspace);
      if (commit !== undefined) working.push({ taskId, agentId, commit });
    }
    const finished = finishedSides(view()).slice(-maxSides);
    const sides = [...working, ...finished];
    const changed = new Set(sides.filter(({ taskId, commit }) => this.#seen.get(taskId) !== commit));
    for (const { taskId, commit } of sides) this.#seen.set(taskId, commit);
    const pairs = pairsOf(view(), working, finished).filter((pair) => pair.some((side) => changed.has(side)));
    if (pairs.length === 0 || isOver()) return false;
    for (const draft of await workspaces.overlaps(sides, pairs)) {
      const id = this.#newsOf(draft.tasks, draft.affectedResources);
      if (id !== undefined && !isOver()) emit({ type: "overlap.warned", conflict: { id, ...draft } });
    }
    return true;
  }

  /** The id under which a pair is told of; undefined when it was told of all these files. */
  #newsOf(tasks: readonly string[], files: readonly string[]): string | undefined {
    const key = JSON.stringify(tasks.toSorted());
    const told = this.#told.get(key) ?? { id: `l${this.#told.size + 1}`, files: new Set() };
    const isNews = files.some((file) => !told.files.has(file));
    for (const file of files) told.files.add(file);
    this.#told.set(key, told);
    return isNews ? told.id : undefined;
  }
}

function finishedSides(view: RunView): LiveSide[] {
  return [...view.tasks.values()].flatMap(({ id, state, agentId = "", outcome, changes }) =>
    state === "succeeded" && outcome?.commit !== undefined && changes.length > 0
      ? [{ taskId: id, agentId, commit: outcome.commit }]
      : [],
  );
}

/** Those at work with each other and with what has finished, but for what they were built on. */
function pairsOf(view: RunView, working: readonly LiveSide[], finished: readonly LiveSide[]): [LiveSide, LiveSide][] {
  return working.flatMap((side, index) => {
    const below = new Set(ancestorsOf(view, side.taskId));
    const others = [...working.slice(index + 1), ...finished.filter(({ taskId }) => !below.has(taskId))];
    return others.map((other): [LiveSide, LiveSide] => [side, other]);
  });
}
