import type { CallOrigin, QuestionAnswer, Runs, WaitFor } from "../../src/engines/coordination/runs/runs.ts";
import type { RunView } from "../../src/engines/progress/run-view.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { EventSink } from "../../src/ports/sink.ts";
import type { EventBody } from "../../src/schema/event.ts";
import { refuse } from "../../src/schema/problem.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { runStory, type RunStory } from "./run-story.ts";

/** Runs that do nothing by themselves: a test says what happens to them. */
export interface FakeRuns extends Runs {
  /** Every call that changed something, or wanted to. */
  readonly calls: readonly { readonly method: string; readonly given: readonly unknown[] }[];
  /** Lets something happen to a run, and wakes whoever waits for it. */
  happen(executionId: string, ...bodies: EventBody[]): void;
  /** Makes the next starts be refused like this. */
  refuseStarts(refusal: () => never): void;
  /** Settles when somebody waits for a run. */
  waited(): Promise<void>;
}

interface Waiter {
  readonly executionId: string;
  readonly until: WaitFor;
  wake(): void;
}

/** Makes runs over the tasks that are given; ids are run-1, run-2, …; waits end by the clock. */
export function fakeRuns(clock: Clock): FakeRuns {
  const stories = new Map<string, RunStory>();
  const calls: { method: string; given: readonly unknown[] }[] = [];
  const waiters = new Set<Waiter>();
  const sinks = new Set<EventSink>();
  const arrivals: (() => void)[] = [];
  let refusal: (() => never) | undefined;

  const story = (executionId: string): RunStory =>
    stories.get(executionId) ??
    refuse({
      code: "UNKNOWN_RUN",
      error: `There is no run ${executionId}.`,
      field: "executionId",
      advice: "List them.",
    });
  const note = (method: string, ...given: unknown[]): void => void calls.push({ method, given });
  const happen = (executionId: string, ...bodies: EventBody[]): void => {
    story(executionId).at(clock.now(), ...bodies);
    for (const event of story(executionId).events.slice(-bodies.length)) for (const sink of sinks) sink(event);
    for (const waiter of waiters)
      if (waiter.executionId === executionId && isDue(story(executionId).view(), waiter)) waiter.wake();
  };

  return {
    calls,
    happen,
    refuseStarts(given) {
      refusal = given;
    },
    waited: () => new Promise((resolve) => void arrivals.push(resolve)),
    async start(input: ExecuteInput, origin: CallOrigin) {
      refusal?.();
      note("start", input, origin);
      const executionId = `run-${stories.size + 1}`;
      const tasks = (input.tasks ?? [{ id: "a", description: "do a" }]).map((task) => ({
        id: task.id,
        description: task.description,
      }));
      stories.set(executionId, runStory(tasks, { executionId, executor: "command" }));
      return executionId;
    },
    async view(executionId) {
      return story(executionId).view();
    },
    async recent(limit) {
      return [...stories.values()]
        .map((each) => each.view())
        .toReversed()
        .slice(0, limit);
    },
    wait(executionId, until) {
      const { view } = story(executionId);
      return new Promise((resolve) => {
        const timer = clock.setTimer(until.waitMs, () => waiter.wake());
        const waiter: Waiter = {
          executionId,
          until,
          wake() {
            timer();
            until.signal?.removeEventListener("abort", waiter.wake);
            waiters.delete(waiter);
            resolve(view());
          },
        };
        waiters.add(waiter);
        until.signal?.addEventListener("abort", waiter.wake, { once: true });
        if (isDue(view(), waiter)) waiter.wake();
        for (const arrived of arrivals.splice(0)) arrived();
      });
    },
    async controlTask(executionId, wanted) {
      story(executionId);
      note("controlTask", executionId, wanted);
      return `${wanted.action}: '${wanted.taskId ?? ""}'`;
    },
    watch(_executionId, sink) {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
    async cancel(executionId, reason) {
      note("cancel", executionId, reason);
      happen(executionId, { type: "run.cancel-requested", reason });
    },
    async pause(executionId, reason) {
      note("pause", executionId, reason);
      happen(executionId, { type: "run.paused", by: "person", reason });
    },
    async resume(executionId) {
      note("resume", executionId);
      happen(executionId, { type: "run.resumed", extendsBudget: story(executionId).view().paused?.by === "budget" });
    },
    async answer(executionId, answer: QuestionAnswer) {
      note("answer", executionId, answer);
      const { taskId = "", questionId = "" } = answer;
      happen(executionId, { type: "task.answered", taskId, questionId, answer: answer.answer, by: "person" });
    },
    async apply(executionId) {
      note("apply", executionId);
    },
    async resolve(executionId, request) {
      note("resolve", executionId, request);
      return { did: "It was resolved.", done: true };
    },
    async undo(executionId) {
      note("undo", executionId);
    },
    async remove(executionId) {
      note("remove", executionId);
      story(executionId);
      stories.delete(executionId);
    },
    async recover() {},
    async shutdown() {
      note("shutdown");
    },
  };
}

/** Task a asks something that waits a minute for its answer. */
export const asksWhich: EventBody = {
  type: "task.asked",
  taskId: "a",
  questionId: "q",
  text: "Which?",
  options: ["x", "y"],
  fallback: "x",
  timeoutMs: 60_000,
};

function isDue(view: RunView, { until }: Waiter): boolean {
  if (view.endedAt !== undefined) return true;
  if (view.questions.some((question) => question.answer === undefined)) return true;
  return until.sinceSeq !== undefined && view.seq > until.sinceSeq;
}
