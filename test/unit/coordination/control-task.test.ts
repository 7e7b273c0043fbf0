import { describe, expect, test } from "vitest";
import { controlTask, type TaskHost, type TaskRequest } from "../../../src/engines/coordination/runs/control-task.ts";
import type { Problem } from "../../../src/schema/problem.ts";
import { ProblemError } from "../../../src/schema/problem.ts";
import type { EventBody } from "../../../src/schema/event.ts";
import type { RunRequest } from "../../../src/schema/run-request.ts";
import { failedTask, runStory, started, succeeded, type RunStory } from "../../rig/run-story.ts";

const tasks = [{ id: "api" }, { id: "form" }, { id: "check", needs: ["api", "form"] }, { id: "docs" }];

/** api succeeded, form failed and check was skipped for it, docs is at work. */
const midway = (): RunStory =>
  runStory(tasks, { executionId: "run-1", strategy: "aggressive" }).at(
    0,
    started("api", "agent-1"),
    started("form", "agent-2"),
    started("docs", "agent-3"),
    succeeded("api", "agent-1", { durationMs: 1 }),
    failedTask("form", "agent-2", 1, "the tests are red"),
    { type: "task.skipped", taskId: "check", reason: "depends on 'form', which failed" },
  );

/** A run that does what `react` says when it is told something; time flies while somebody waits. */
function host(story: RunStory, react: (request: RunRequest) => EventBody[] = () => [], takesMessages = true) {
  const passed: RunRequest[] = [];
  let now = 0;
  const world: TaskHost = {
    clock: {
      now: () => now,
      wallTime: () => "2026-11-21T08:00:00.000Z",
      hold: () => () => undefined,
      setTimer(ms, act) {
        now += ms;
        queueMicrotask(act);
        return () => undefined;
      },
    },
    machine: { newId: (prefix) => `${prefix}1` },
    executor: (kind) => ({
      kind,
      real: true,
      ...(takesMessages && { takesMessages }),
      probe: () => Promise.reject(new Error("not asked")),
      start: () => {
        throw new Error("nothing is started");
      },
    }),
    view: async () => story.view(),
    async pass(request) {
      passed.push(request);
      story.at(10, ...react(request));
    },
  };
  return { passed, ask: (wanted: TaskRequest) => controlTask(world, wanted) };
}

async function refusal(story: RunStory, wanted: TaskRequest, takesMessages = true): Promise<Problem> {
  const { ask, passed } = host(story, () => [], takesMessages);
  const before = story.events.length;
  const refused: unknown = await ask(wanted).catch((error: unknown) => error);
  if (!(refused instanceof ProblemError)) throw new Error(`not refused: ${String(refused)}`);
  expect(story.events).toHaveLength(before);
  expect(passed.filter(() => refused.problem.code !== "WRONG_TASK_STATE")).toEqual([]);
  return refused.problem;
}

const skip = (taskId: string): TaskRequest => ({ action: "skip", taskId, reason: "not wanted" });
const steer = (taskId: string, text = "keep the old route"): TaskRequest => ({ action: "steer", taskId, text });
const ended: EventBody = { type: "run.finished", status: "partial" };

describe("what cannot be done to a task is refused with the way out, and nothing has changed (C6, C12)", () => {
  test.each<readonly [string, () => RunStory, TaskRequest, Partial<Problem> & { says: string }]>([
    [
      "an unknown task",
      midway,
      skip("forms"),
      { code: "UNKNOWN_TASK", says: "'form' is probably meant", field: "taskId" },
    ],
    [
      "a task that has succeeded",
      midway,
      { action: "retry", taskId: "api" },
      { code: "WRONG_TASK_STATE", says: "has succeeded" },
    ],
    ["to skip what is done", midway, skip("api"), { code: "WRONG_TASK_STATE", says: "what is done is not skipped" }],
    ["to steer nobody", midway, steer("form"), { code: "WRONG_TASK_STATE", says: "no agent is at work" }],
    [
      "to say nothing",
      midway,
      steer("docs", "  "),
      { code: "INVALID_ARGUMENT", says: "text is required", field: "text" },
    ],
    [
      "to say too much",
      midway,
      steer("docs", "x".repeat(5_001)),
      { code: "TEXT_TOO_LONG", says: "5001 characters", field: "text" },
    ],
    [
      "to skip no matter what",
      midway,
      { action: "skip", reason: "r" },
      { code: "INVALID_ARGUMENT", allowed: ["form", "docs"], says: "needs a task" },
    ],
    [
      "to retry what cannot be taken up",
      midway,
      { action: "retry", taskId: "check" },
      { code: "WRONG_TASK_STATE", says: "Nothing has changed: 'check' is skipped (depends on 'form', which failed)" },
    ],
    [
      "to retry one of several",
      () => midway().at(1, failedTask("docs", "agent-3", 1)),
      { action: "retry" },
      { code: "INVALID_ARGUMENT", says: "2 have failed: form, docs", allowed: ["form", "docs"] },
    ],
    [
      "to retry where nothing has failed",
      () => runStory(tasks).at(0, started("api", "agent-1")),
      { action: "retry" },
      { code: "INVALID_ARGUMENT", says: "none has failed" },
    ],
    [
      "to retry in a run that has ended",
      () => midway().at(1, ended),
      { action: "retry", taskId: "form" },
      { code: "RUN_NOT_ACTIVE", says: "Execute 'form' with what depends on it (check) in a new run" },
    ],
    [
      "to steer in a run that has ended",
      () => midway().at(1, ended),
      steer("docs"),
      { code: "RUN_NOT_ACTIVE", says: "has ended (partial)" },
    ],
    [
      "to retry in a run that is being cancelled",
      () => midway().at(1, { type: "run.cancel-requested", reason: "enough" }),
      { action: "retry", taskId: "form" },
      { code: "RUN_NOT_ACTIVE", says: "it is being cancelled" },
    ],
  ])("%s", async (_name, story, wanted, { says, ...problem }) => {
    const refused = await refusal(story(), wanted);
    expect(refused).toMatchObject(problem);
    expect(refused.error).toContain(says);
    expect(refused.advice).not.toBe("");
  });

  test("to steer an agent that reads nothing but its task", async () => {
    const refused = await refusal(midway(), steer("docs"), false);
    expect(refused).toMatchObject({ code: "CANNOT_BE_STEERED", field: "taskId" });
    expect(refused.error).toContain("'docs' cannot be steered: agents of the executor 'simulated'");
  });
});

describe("what is done to a task is said", () => {
  const reopened = (taskId: string): EventBody => ({ type: "task.reopened", taskId, reason: "'form' was retried" });

  test("a retry names what waits for it again, and needs no name where one alone has failed (C12)", async () => {
    const { ask, passed } = host(midway(), () => [reopened("form"), reopened("check")]);
    expect(await ask({ action: "retry" })).toBe(
      "'form' is done again, with its attempts allowed anew. Waiting again with it: check.",
    );
    expect(passed).toEqual([{ type: "retry", taskId: "form" }]);
  });

  test("what is repeated by itself, at work or waiting is not retried a second time (C12)", async () => {
    const repeated = host(midway(), () => [started("form", "agent-2", 2)]);
    expect(await repeated.ask({ action: "retry", taskId: "form" })).toContain("being attempted again by itself");
    const { ask, passed } = host(midway().at(1, reopened("form")));
    expect(await ask({ action: "retry", taskId: "form" })).toContain("waits for its turn already");
    expect(await ask({ action: "retry", taskId: "docs" })).toContain("at work already (attempt 1)");
    expect(passed).toEqual([]);
  });

  test("a skip names what is skipped with it, and a second one changes nothing (C12)", async () => {
    const story = midway();
    const { ask, passed } = host(story, (request) =>
      request.type === "skip" ? [{ type: "task.skipped", taskId: request.taskId, reason: request.reason }] : [],
    );
    expect(await ask(skip("form"))).toContain("'form' is skipped.");
    expect(await ask(skip("form"))).toBe("'form' was skipped already (not wanted); nothing has changed.");
    expect(passed).toHaveLength(1);
  });

  test("a skip that comes after success says that the result is kept (C12)", async () => {
    const { ask } = host(midway(), () => [succeeded("docs", "agent-3", { durationMs: 1 })]);
    expect(await ask(skip("docs"))).toBe("'docs' succeeded before it could be skipped; its result is kept.");
  });

  test("a message says whether it was handed over (C12)", async () => {
    const requested = { type: "task.steer-requested", taskId: "docs", steerId: "steer_1", text: "t" } as const;
    const handed = host(midway(), () => [requested, { type: "task.steered", taskId: "docs", steerId: "steer_1" }]);
    expect(await handed.ask(steer("docs"))).toContain("was handed to the agent of 'docs'");
    expect(handed.passed).toEqual([{ type: "steer", taskId: "docs", steerId: "steer_1", text: "keep the old route" }]);
    const reason = "its agent has not begun yet";
    const missed = host(midway(), () => [
      requested,
      { type: "task.steered", taskId: "docs", steerId: "steer_1", reason },
    ]);
    await expect(missed.ask(steer("docs"))).rejects.toThrow(`'docs' was not told: ${reason}.`);
  });
});
