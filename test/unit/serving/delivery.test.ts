import { describe, expect, test } from "vitest";
import type { ClientFacts } from "../../../src/serving/client-facts.ts";
import { deliverRun, isUserCancel, type ProgressNote, type WaitingRequest } from "../../../src/serving/delivery.ts";
import { readRound } from "../../../src/serving/questions.ts";
import type { RunAnswer } from "../../../src/tools/define-tool.ts";
import { asksWhich, fakeRuns, type FakeRuns } from "../../rig/fake-runs.ts";
import { manualClock, type ManualClock } from "../../rig/manual-clock.ts";
import { started, succeeded } from "../../rig/run-story.ts";

const clients = {
  tasks: { name: "claude-code", tasks: true, forms: true, roots: false },
  claude: { name: "claude-code", tasks: false, forms: false, roots: false },
  other: { name: "some-editor", tasks: false, forms: false, roots: false },
  asking: { name: "some-editor", tasks: false, forms: true, roots: false },
} satisfies Record<string, ClientFacts>;

const finished = { type: "run.finished", status: "completed" } as const;

interface Scene {
  readonly runs: FakeRuns;
  readonly clock: ManualClock;
  readonly notes: ProgressNote[];
  readonly abort: AbortController;
  deliver(
    client: ClientFacts,
    more?: { answer?: Partial<RunAnswer>; round?: WaitingRequest["round"] },
  ): ReturnType<typeof deliverRun>;
  /** Moves the clock on, step by step, whenever the delivery waits again. */
  pass(seconds: number, delivery: Promise<unknown>): Promise<void>;
}

async function scene(): Promise<Scene> {
  const clock = manualClock();
  const runs = fakeRuns(clock);
  const executionId = await runs.start({ tasks: [{ id: "a", description: "do a" }] }, {});
  runs.happen(executionId, started("a", "agent-1"));
  const notes: ProgressNote[] = [];
  const abort = new AbortController();
  return {
    runs,
    clock,
    notes,
    abort,
    deliver(client, { answer = {}, round } = {}) {
      const whole: RunAnswer = {
        kind: "run",
        executionId,
        started: true,
        waitSeconds: undefined,
        sinceSeq: undefined,
        show: () => ({ summary: "", next: null }),
        ...answer,
      };
      const notify = async (note: ProgressNote): Promise<void> => void notes.push(note);
      return deliverRun(whole, { client, signal: abort.signal, notify, round }, { runs, clock, log: () => undefined });
    },
    async pass(seconds, delivery) {
      const done = new AbortController();
      void delivery.finally(() => done.abort());
      for (let second = 0; second < seconds && !done.signal.aborted; second++) {
        await flush();
        clock.advance(1_000);
      }
      await flush();
    },
  };
}

/** Lets everything that is due without time passing happen. */
async function flush(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

describe("a long call", () => {
  test("becomes a task at once where the client knows tasks", async () => {
    const { deliver } = await scene();
    const delivery = await deliver(clients.tasks);
    expect(delivery).toMatchObject({
      kind: "elsewhere",
      reply: {
        resultType: "task",
        taskId: "run-1",
        status: "working",
        ttlMs: null,
        statusMessage: expect.stringContaining("0/1 done"),
      },
    });
  });

  test("waits as long as it takes in Claude Code without tasks, and is heard of at least every 10 seconds", async () => {
    const { deliver, pass, runs, clock, notes } = await scene();
    const times: number[] = [];
    const delivery = deliver(clients.claude);
    const seen = new Set<number>();
    for (let second = 0; second < 3_600; second++) {
      await flush();
      if (notes.length > seen.size) {
        seen.add(notes.length);
        times.push(clock.now());
      }
      clock.advance(1_000);
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000);
    runs.happen("run-1", succeeded("a", "agent-1", { durationMs: 1 }), finished);
    await pass(2, delivery);
    expect(await delivery).toMatchObject({ kind: "view", view: { status: "completed" } });
  });

  test("comes back after 45 seconds, still running, in every other client", async () => {
    const { deliver, pass, clock } = await scene();
    const delivery = deliver(clients.other);
    await pass(120, delivery);
    expect(await delivery).toMatchObject({ kind: "view", view: { status: "running" } });
    expect(clock.now()).toBeGreaterThanOrEqual(45_000);
    expect(clock.now()).toBeLessThanOrEqual(46_000);
  });

  test.each([
    [clients.tasks, 0, 0],
    [clients.claude, 5, 5_000],
    [clients.other, 90, 90_000],
  ] as const)(
    "waits as long as waitSeconds says, whatever the client: %o for %i s",
    async (client, waitSeconds, ms) => {
      const { deliver, pass, clock } = await scene();
      const delivery = deliver({ ...client, forms: false }, { answer: { waitSeconds } });
      await pass(120, delivery);
      expect(await delivery).toMatchObject({ kind: "view" });
      expect(Math.abs(clock.now() - ms)).toBeLessThanOrEqual(1_000);
    },
  );

  test("tells its progress in one line of at most 80 characters that never goes back", async () => {
    const { deliver, pass, runs, notes } = await scene();
    const delivery = deliver(clients.other);
    for (const percent of [10, 60, 30]) {
      runs.happen("run-1", { type: "task.progressed", taskId: "a", percent, operation: "x".repeat(200) });
      await pass(10, delivery);
    }
    expect(notes.length).toBeGreaterThan(3);
    notes.reduce((before, note) => {
      expect(note.progress).toBeGreaterThan(before);
      expect(note.progress).toBeLessThan(100);
      expect(note.message.length).toBeLessThanOrEqual(80);
      expect(note.message).not.toContain("\n");
      return note.progress;
    }, -1);
  });

  test("tells its progress at most once a second, however much happens", async () => {
    const { deliver, runs, notes } = await scene();
    void deliver(clients.other);
    for (let index = 0; index < 500; index++) {
      await flush();
      runs.happen("run-1", { type: "task.progressed", taskId: "a", percent: index / 10 });
    }
    expect(notes.length).toBeLessThanOrEqual(2);
  });
});

describe("an agent's question", () => {
  test("ends the wait where nobody can be asked through a form", async () => {
    const { deliver, pass, runs } = await scene();
    const delivery = deliver(clients.claude);
    await pass(3, delivery);
    runs.happen("run-1", asksWhich);
    await pass(2, delivery);
    expect(await delivery).toMatchObject({ kind: "view", view: { status: "blocked" } });
  });

  test("is put to the person where the client has forms, and the call remembers its run", async () => {
    const { deliver, runs } = await scene();
    runs.happen("run-1", asksWhich);
    const delivery = await deliver(clients.asking);
    expect(delivery).toMatchObject({
      kind: "elsewhere",
      reply: {
        resultType: "input_required",
        inputRequests: {
          q1: { method: "elicitation/create", params: { message: expect.stringContaining("a asks: Which?") } },
        },
      },
    });
    const { requestState } = (delivery as { reply: { requestState: string } }).reply;
    expect(readRound(requestState)).toMatchObject({ executionId: "run-1", asked: ["q1"] });
  });

  test("is not put to the person twice: dismissed, it is shown as it is", async () => {
    const { deliver, runs } = await scene();
    runs.happen("run-1", asksWhich);
    const delivery = await deliver(clients.asking, { round: { executionId: "run-1", asked: ["q1"], progress: 0 } });
    expect(delivery).toMatchObject({ kind: "view", view: { status: "blocked" } });
  });

  test("that was seen before does not end a wait for something new", async () => {
    const { deliver, pass, runs, clock } = await scene();
    runs.happen("run-1", asksWhich);
    const delivery = deliver(clients.claude, { answer: { started: false, waitSeconds: 20, sinceSeq: 3 } });
    await pass(40, delivery);
    await delivery;
    expect(clock.now()).toBeGreaterThanOrEqual(20_000);
  });
});

describe("a cancelled call", () => {
  test.each(["AbortError: user-cancel", "user-cancel", "Cancelled by user", "user interrupted"])(
    "stops the run when a person wanted it: %s",
    async (reason) => {
      const { deliver, pass, runs, abort } = await scene();
      const delivery = deliver(clients.claude);
      await pass(2, delivery);
      abort.abort(reason);
      await delivery;
      expect(runs.calls.at(-1)).toEqual({ method: "cancel", given: ["run-1", "cancelled by the user"] });
    },
  );

  test.each([
    "McpError: MCP error -32001: Request timed out",
    "TimeoutError: the operation timed out",
    undefined,
    new Error("Connection closed"),
  ])("leaves the run alone when it only ran out of time or lost its connection: %s", async (reason) => {
    const { deliver, pass, runs, abort } = await scene();
    const delivery = deliver(clients.claude);
    await pass(2, delivery);
    abort.abort(reason);
    expect(await delivery).toMatchObject({ kind: "view", view: { status: "running" } });
    expect(runs.calls.map(({ method }) => method)).toEqual(["start"]);
  });

  test("that was cancelled before the run had started stops it as well", async () => {
    const { deliver, runs, abort } = await scene();
    abort.abort("AbortError: user-cancel");
    await deliver(clients.claude);
    expect(runs.calls.at(-1)?.method).toBe("cancel");
  });

  test("cannot be cancelled any more once it was answered", async () => {
    const { deliver, runs, abort } = await scene();
    runs.happen("run-1", finished);
    await deliver(clients.claude);
    abort.abort("AbortError: user-cancel");
    expect(runs.calls.map(({ method }) => method)).toEqual(["start"]);
  });

  test("is taken for a person's only when the reason says so", () => {
    expect(isUserCancel("the username was wrong")).toBe(false);
    expect(isUserCancel({ toString: () => "user-cancel" })).toBe(false);
  });
});
