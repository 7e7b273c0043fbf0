import { assert } from "../../src/util/assert.ts";
import type { Command } from "../../src/engines/scheduling/command.ts";
import { initialState, standing } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import type { EventBody, RunSpec } from "../../src/schema/event.ts";

type Start = Command & { type: "start-task" };

/** How a task has ended. */
export type Ended = "succeeded" | "failed" | "skipped";

/** The scheduler with whatever a test lets happen, and agents that end when it says so: every start is held to the rules. */
export class PlayedRun {
  readonly events: EventBody[] = [];
  readonly commands: string[] = [];
  readonly ended = new Map<string, Ended>();
  readonly running = new Map<string, Start>();
  readonly attempts = new Map<string, number[]>();
  readonly #spec: RunSpec;
  readonly #inbox: EventBody[] = [];
  readonly #stopping = new Set<string>();
  readonly #reopened = new Set<string>();
  /** What somebody asked to be retried and has not started since, or skipped since. */
  readonly #promised = new Set<string>();
  #isMerging = false;
  state: ReturnType<typeof initialState>;
  isPaused = false;
  /** What happens is dealt with together with what happens next. */
  isJoining = false;
  isCancelled = false;
  finishes = 0;

  constructor(spec: RunSpec) {
    this.#spec = spec;
    this.state = initialState(spec);
    const owner = { pid: 1, startTime: "0", bootId: "b" };
    this.happen({ type: "run.created", spec, owner, createdAt: "2026-01-01T00:00:00.000Z", containment: "none" });
  }

  /** Lets an event happen; while joining it waits for the next ones, and what follows from any comes after all of them. */
  happen(...events: readonly EventBody[]): void {
    this.#inbox.push(...events);
    if (this.isJoining) return;
    for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
      this.events.push(next);
      const kept = next.type === "task.retry-requested" && this.#mustReopen(next.taskId) ? next.taskId : undefined;
      if (next.type === "task.skip-requested") this.#promised.delete(next.taskId);
      const [state, commands] = transition(this.state, next);
      this.state = state;
      if (next.type === "task.started")
        assert(this.#standingOf(next.taskId) === standing.running, "an agent starts on nothing but what runs");
      this.commands.push(JSON.stringify(commands));
      for (const command of commands) this.#obey(command);
      if (kept === undefined) continue;
      assert(this.#reopened.has(kept) && this.ended.get(kept) === undefined, `${kept} is taken up when it is retried`);
      if (!this.running.has(kept)) this.#promised.add(kept);
      this.#letStart(kept);
    }
  }

  /** A retried task, and what it needs, may start although others have failed. */
  #letStart(taskId: string): void {
    this.#reopened.add(taskId);
    for (const need of this.#spec.tasks.find(({ id }) => id === taskId)?.needs ?? []) this.#letStart(need);
  }

  #mustReopen(taskId: string): boolean {
    const isOpen = !this.state.cancelled && !this.#isMerging && this.finishes === 0;
    const now = this.#standingOf(taskId);
    return isOpen && (now === standing.failed || now === standing.skipped);
  }

  #standingOf(taskId: string): number | undefined {
    return this.state.standings[this.#spec.tasks.findIndex(({ id }) => id === taskId)];
  }

  end(pick: number, succeeds: boolean): void {
    const all = [...this.running.values()];
    const command = all[pick % Math.max(1, all.length)];
    if (!command) return;
    const { taskId, attempt, agentId } = command;
    this.running.delete(taskId);
    const stopped = this.#stopping.delete(taskId) && pick % 3 > 0;
    const success = succeeds && !stopped;
    this.ended.set(taskId, success ? "succeeded" : "failed");
    const name = stopped ? "Cancelled" : "AgentError";
    const error = { name, message: "no", retryable: !stopped, options: [] } as const;
    const outcome = { success, partial: !success, durationMs: 1, changes: [], ...(!success && { error }) };
    this.happen({ type: "task.finished", taskId, attempt, agentId, outcome: outcome as never });
  }

  #obey(command: Command): void {
    if (command.type === "capture-base") this.#inbox.push({ type: "base.captured", commit: "c" });
    if (command.type === "merge") {
      this.#isMerging = true;
      for (const id of command.candidates) assert(this.ended.get(id) === "succeeded", `${id} is merged and succeeded`);
      assert(this.running.size === 0, "nobody is at work while results are merged");
      this.#inbox.push({ type: "merge.finished", merged: [...command.candidates], held: [], conflicts: [] });
    }
    if (command.type === "finish") this.finishes += 1;
    if (command.type === "skip-task") {
      assert(!this.running.has(command.taskId), "what is skipped is not at work");
      assert(this.ended.get(command.taskId) !== "succeeded", "what succeeded is not skipped");
      const needs = this.#spec.tasks.find(({ id }) => id === command.taskId)?.needs ?? [];
      const isLost = this.state.cancelled || needs.some((need) => this.ended.get(need) !== "succeeded");
      assert(isLost || !this.#promised.has(command.taskId), `${command.taskId} is retried once it has all it needs`);
      this.#promised.delete(command.taskId);
      this.ended.set(command.taskId, "skipped");
      this.#inbox.push({ ...command, type: "task.skipped" });
    }
    if (command.type === "reopen-task") {
      assert(["failed", "skipped"].includes(this.ended.get(command.taskId) ?? ""), "only what was lost is taken up");
      this.ended.delete(command.taskId);
      this.#reopened.add(command.taskId);
      this.#inbox.push({ ...command, type: "task.reopened" });
    }
    if (command.type === "stop-task") this.#stopping.add(command.taskId);
    if (command.type === "start-task") this.#start(command);
  }

  #start(command: Start): void {
    const { taskId, attempt } = command;
    const task = this.#spec.tasks.find(({ id }) => id === taskId);
    assert(!this.state.paused && !this.state.cancelled, "nothing starts while the run is paused or cancelled");
    assert(!this.running.has(taskId), "no task is done twice at once");
    assert(!["succeeded", "skipped"].includes(this.ended.get(taskId) ?? ""), "what has ended does not start");
    for (const need of task?.needs ?? [])
      assert(this.ended.get(need) === "succeeded", `${need} comes before ${taskId}`);
    const isStopped = this.#spec.strategy === "conservative" && (this.state.counts[standing.failed] ?? 0) > 0;
    assert(!isStopped || this.#reopened.has(taskId), "after a failure nothing but what is retried starts");
    const known = this.attempts.get(taskId) ?? [];
    assert(attempt === known.length + 1, "attempts have numbers of their own");
    this.attempts.set(taskId, [...known, attempt]);
    this.ended.delete(taskId);
    this.#promised.delete(taskId);
    assert(
      [...this.running.values()].every(({ agentId }) => agentId !== command.agentId),
      "an agent does one task",
    );
    this.running.set(taskId, command);
    this.#inbox.push({ ...command, type: "task.started" });
    const holders = [...this.running.keys()].filter(
      (id) => this.#spec.tasks.find((each) => each.id === id)?.exclusive !== undefined,
    );
    assert(holders.length <= 1, "a mutex has one holder");
  }
}
