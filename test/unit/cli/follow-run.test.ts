import type { ExecuteInput } from "../../../src/schema/workflow.ts";
import { describe, expect, test } from "vitest";
import type { CommandHost } from "../../../src/cli/command-host.ts";
import { followRun } from "../../../src/cli/follow-run.ts";
import { applyEvent, type RunView } from "../../../src/engines/progress/run-view.ts";
import type { StartExtras } from "../../../src/engines/coordination/runs/runs.ts";
import type { EventBody, RunEvent } from "../../../src/schema/event.ts";
import type { Services } from "../../../src/services.ts";
import { runStory, started, succeeded } from "../../rig/run-story.ts";

const asked: EventBody = {
  type: "task.asked",
  taskId: "a",
  questionId: "q1",
  text: "Which way?",
  options: ["left", "right"],
  fallback: "left",
  timeoutMs: 1_000,
};

/** A run that asks at once, and ends when it is answered or cancelled. */
function askingRun() {
  const story = runStory([{ id: "a" }]).at(0, started("a", "agent-1"), asked);
  const view = story.view();
  const done: string[] = [];
  let sink: StartExtras["onEvent"];
  const watchers = new Set<(event: RunEvent) => void>();
  const happen = (...bodies: EventBody[]): void => {
    for (const body of bodies) {
      const event: RunEvent = { ...body, seq: view.seq + 1, at: 10 };
      applyEvent(view, event);
      sink?.(event);
      for (const watcher of watchers) watcher(event);
    }
  };
  const runs = {
    start(input: ExecuteInput, _origin: unknown, extras: StartExtras = {}) {
      sink = extras.onEvent;
      for (const event of story.events) sink?.(event);
      done.push(`start ${input.title}`);
      return Promise.resolve("run-test");
    },
    watch(_id: string, watcher: (event: RunEvent) => void) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    view: (): Promise<RunView> => Promise.resolve(view),
    wait: (): Promise<RunView> => Promise.resolve(view),
    answer(_id: string, { answer }: { answer: string }) {
      done.push(`answer ${answer}`);
      const end = succeeded("a", "agent-1", { durationMs: 10 });
      happen({ type: "task.answered", taskId: "a", questionId: "q1", answer, by: "person" }, end, {
        type: "run.finished",
        status: "completed",
      });
      return Promise.resolve();
    },
    cancel(_id: string, reason: string) {
      done.push(`cancel ${reason}`);
      happen({ type: "run.cancel-requested", reason }, { type: "run.finished", status: "cancelled" });
      return Promise.resolve();
    },
  };
  const clock = { setTimer: (_delayMs: number, callback: () => void) => (queueMicrotask(callback), () => undefined) };
  const elsewhere = (answer: string): void => void runs.answer("run-test", { answer });
  return { services: { runs, clock } as unknown as Services, done, elsewhere };
}

function hostAt(terminal: boolean, answer?: string) {
  const notes: string[] = [];
  const interrupts: (() => void)[] = [];
  const host = {
    terminals: { input: terminal, output: terminal, errors: terminal },
    note: (text: string) => void notes.push(text),
    ask: () => Promise.resolve(answer),
    onInterrupt(callback: () => void) {
      interrupts.push(callback);
      return () => undefined;
    },
  } as unknown as CommandHost;
  return { host, notes, interrupts };
}

describe("a run that is followed", () => {
  test.each([
    ["2", "right"],
    ["right", "right"],
    ["", "left"],
    ["straight on", "straight on"],
  ])("the person at the terminal answers %j, which means %j", async (typed, answer) => {
    const { services, done } = askingRun();
    const { host, notes } = hostAt(true, typed);
    const { view, interrupted } = await followRun({ host, services, input: {}, title: "A walk" });
    expect(done).toEqual(["start A walk", `answer ${answer}`]);
    expect(notes[0]).toBe("a asks: Which way? [left | right]\n");
    expect({ status: view.status, interrupted }).toEqual({ status: "completed", interrupted: false });
  });

  test("with no input allowed a question stops it", async () => {
    const { services, done } = askingRun();
    const followed = await followRun({ host: hostAt(false).host, services, input: {}, noInput: true });
    expect(followed).toMatchObject({ stoppedByQuestion: true, view: { status: "cancelled" } });
    expect(done[1]).toBe("cancel a asked a question and nobody may be asked");
  });

  test("without a terminal it says how to answer and what is answered else, and Ctrl-C cancels it", async () => {
    const { services } = askingRun();
    const { host, notes, interrupts } = hostAt(false);
    const note = (text: string): void => {
      notes.push(text);
      if (text.startsWith("answer it")) queueMicrotask(() => interrupts[0]?.());
    };
    const followed = await followRun({ host: { ...host, note }, services, input: {} });
    expect(followed).toMatchObject({ interrupted: true, view: { status: "cancelled" } });
    expect(notes[1]).toBe('answer it: parallelization-mcp answer run-test; after its time-out the answer is "left"\n');
    expect(notes.join("")).toContain("stopping: agents end, what is done is kept");
  });

  test("a question that somebody answers elsewhere is no longer asked", async () => {
    const { services, done, elsewhere } = askingRun();
    const { host } = hostAt(true);
    const ask = (_question: string, signal: AbortSignal): Promise<undefined> =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined));
        elsewhere("right");
      });
    const { view } = await followRun({ host: { ...host, ask }, services, input: {}, title: "A walk" });
    expect(view.status).toBe("completed");
    expect(done).toEqual(["start A walk", "answer right"]);
  });

  test("every event is told from the first on, with the run as it stood then", async () => {
    const { services } = askingRun();
    const told: string[] = [];
    const onEvent = (event: RunEvent, view: RunView): void => void told.push(`${event.type} ${view.status}`);
    await followRun({ host: hostAt(true, "left").host, services, input: {}, onEvent });
    expect(told).toEqual([
      "run.created running",
      "task.started running",
      "task.asked blocked",
      "task.answered running",
      "task.finished running",
      "run.finished completed",
    ]);
  });
});
