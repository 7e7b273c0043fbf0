import { describe, expect, test } from "vitest";
import type { RunView } from "../../../src/engines/progress/run-view.ts";
import type { QuestionAnswer, Runs } from "../../../src/engines/coordination/runs/runs.ts";
import { ProblemError } from "../../../src/schema/problem.ts";
import type { EventBody } from "../../../src/schema/event.ts";
import type { Services } from "../../../src/services.ts";
import { failedTask, runStory, started, succeeded, type RunStory } from "../../rig/run-story.ts";
import { typeCommand } from "../../rig/typed-command.ts";

const finish = (status: "completed" | "partial" | "cancelled"): EventBody => ({ type: "run.finished", status });
const asks = (taskId: string): EventBody => ({
  type: "task.asked",
  taskId,
  questionId: `q-${taskId}`,
  text: "Which way?",
  options: ["left", "right"],
  fallback: "left",
  timeoutMs: 60_000,
});
const story = (executionId: string): RunStory => runStory([{ id: "a" }, { id: "b" }], { executionId, title: "A walk" });

const done = story("exec-done")
  .at(0, started("a", "agent-1"), started("b", "agent-2"))
  .at(60_000, succeeded("a", "agent-1", { durationMs: 60_000 }), failedTask("b", "agent-2", 60_000), finish("partial"));
const working = story("exec-working").at(0, started("a", "agent-1"), started("b", "agent-2"));
const asking = story("exec-asking").at(0, started("a", "agent-1"), started("b", "agent-2"), asks("a"), asks("b"));

/** Runs that stand still until something is done to them. */
function stillRuns(...stories: RunStory[]) {
  const views = new Map(stories.map((each) => [each.view().spec.executionId, each]));
  const calls: string[] = [];
  const find = (id: string): RunView => {
    const found = views.get(id);
    if (found) return found.view();
    throw new ProblemError({
      code: "UNKNOWN_RUN",
      error: `There is no run '${id}' on this machine.`,
      field: "executionId",
      advice: "Call aggregate_progress without arguments to list the recent runs.",
    });
  };
  const runs: Partial<Runs> = {
    view: (id) => Promise.resolve().then(() => find(id)),
    recent: (limit) => Promise.resolve([...views.values()].slice(0, limit).map((each) => each.view())),
    async cancel(id, reason) {
      calls.push(`cancel ${id}: ${reason}`);
      views.get(id)?.at(10, { type: "run.cancel-requested", reason }, finish("cancelled"));
    },
    async answer(id, { taskId = "", questionId = "", answer }: QuestionAnswer) {
      calls.push(`answer ${id} ${taskId} ${answer}`);
      views.get(id)?.at(10, { type: "task.answered", taskId, questionId, answer, by: "person" });
    },
    async apply(id) {
      const conflicts = id === "exec-done" ? [] : [{} as never];
      views.get(id)?.at(60_000, { type: "apply.finished", applied: true, files: ["x"], undo: "u", conflicts });
    },
    async undo(id) {
      views.get(id)?.at(60_000, { type: "undo.finished", files: ["x"] });
    },
  };
  const clock = { now: () => 0, setTimer: () => () => undefined };
  return { engines: { runs, clock } as unknown as Partial<Services>, calls };
}

describe("looking at runs", () => {
  const { engines } = stillRuns(done, working);

  test("history lists the newest runs with their figures", async () => {
    const { code, out } = await typeCommand(["history"], { engines });
    expect(code).toBe(0);
    expect(out).toContain("2 runs, newest first\nexec-done  2026-11-21 08:00  1m00  2.0x\n  SIMULATED");
  });

  test("history --limit and --ids print so many ids, a line each", async () => {
    expect((await typeCommand(["history", "--limit", "1", "--ids"], { engines })).out).toBe("exec-done\n");
  });

  test("history --json tells the figures", async () => {
    const { out } = await typeCommand(["history", "--json"], { engines });
    const first = { executionId: "exec-done", status: "partial", tasks: 2, failureCount: 1, totalDuration: 60_000 };
    expect(JSON.parse(out)).toMatchObject({ runs: [first, { executionId: "exec-working" }] });
  });

  test("report prints Markdown, or everything as data", async () => {
    const { code, out } = await typeCommand(["report", "exec-done"], { engines });
    expect({ code, title: out.split("\n")[0] }).toEqual({ code: 0, title: "# A walk" });
    expect(out).toContain("## Recommendations");
    for (const argv of [["--json"], ["--format", "json"]]) {
      const typed = await typeCommand(["report", "exec-done", ...argv], { engines });
      expect(JSON.parse(typed.out)).toMatchObject({ executionId: "exec-done", report: { severity: "high" } });
    }
  });

  test("a run that has not ended has no report yet", async () => {
    const { code, notes } = await typeCommand(["report", "exec-working"], { engines });
    expect(code).toBe(2);
    expect(notes).toContain("parallelization-mcp status exec-working");
  });

  test.each(["status", "report", "conflicts", "cancel", "apply", "undo", "answer"])(
    "%s of an unknown run says how to find runs (C6)",
    async (command) => {
      const { code, notes } = await typeCommand([command, "exec-nobody"], { engines });
      expect(code).toBe(2);
      expect(notes).toContain("There is no run 'exec-nobody'");
      expect(notes).toContain("parallelization-mcp history");
      expect(notes).not.toContain("aggregate_progress");
    },
  );

  test("conflicts ends with 0 when there is nothing to decide", async () => {
    const { code, out } = await typeCommand(["conflicts", "exec-done"], { engines });
    expect({ code, out }).toEqual({ code: 0, out: "NO CONFLICT · the results add up\n" });
  });
});

describe("controlling a run", () => {
  test("cancel stops it and shows how it ended", async () => {
    const { engines, calls } = stillRuns(story("exec-1").at(0, started("a", "agent-1")));
    const { code, out } = await typeCommand(["cancel", "exec-1"], { engines });
    expect(calls).toEqual(["cancel exec-1: cancelled on the command line"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^The run was stopped; what is done is kept\.\n\nSIMULATED.*CANCELLED/);
  });

  test("apply ends with 0, or with 4 when something of yours stands against it", async () => {
    const other = story("exec-other").at(0, started("a", "agent-1")).at(9, finish("completed"));
    const { engines } = stillRuns(done, other);
    expect(await typeCommand(["apply", "exec-done"], { engines })).toMatchObject({ code: 0 });
    const held = await typeCommand(["apply", "exec-other"], { engines });
    expect(held.code).toBe(4);
    expect(held.out).toContain("except what conflicts with your own changes");
  });

  test("undo says what was restored, as data too", async () => {
    const { engines } = stillRuns(story("exec-1").at(9, finish("completed")));
    const { code, out } = await typeCommand(["undo", "exec-1", "--json"], { engines });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ action: "undo", executionId: "exec-1", merge: { status: "rolled-back" } });
  });
});

describe("answering", () => {
  const one = () => stillRuns(story("exec-1").at(0, started("a", "agent-1"), asks("a")));

  test.each([
    ["right", "right"],
    ["2", "right"],
    ["neither", "neither"],
  ])("%j means %j", async (typed, answer) => {
    const { engines, calls } = one();
    const { code, out } = await typeCommand(["answer", "exec-1", typed], { engines });
    expect(calls).toEqual([`answer exec-1 a ${answer}`]);
    expect({ code, first: out.split("\n")[0] }).toEqual({ code: 0, first: `a was answered: ${answer}` });
  });

  test("at a terminal every open question is asked in turn", async () => {
    const { engines, calls } = stillRuns(asking);
    const typed = ["1", ""];
    const { code, notes } = await typeCommand(["answer", "exec-asking"], {
      engines,
      terminals: { input: true, output: true, errors: true },
      ask: () => Promise.resolve(typed.shift()),
    });
    expect(code).toBe(0);
    expect(notes).toContain("a asks: Which way? [left | right]\nb asks:");
    expect(calls).toEqual(["answer exec-asking a left", "answer exec-asking b left"]);
  });

  test("without a terminal and without an answer it shows the question and ends with 3", async () => {
    const { engines } = one();
    const { code, notes } = await typeCommand(["answer", "exec-1"], { engines });
    expect(code).toBe(3);
    expect(notes).toContain("a asks: Which way? [left | right]");
    expect(notes).toContain("right: left, right");
  });

  test("when several ask, --task says which one is meant", async () => {
    const two = () => stillRuns(story("exec-1").at(0, started("a", "1"), started("b", "2"), asks("a"), asks("b")));
    const vague = await typeCommand(["answer", "exec-1", "left"], two());
    expect(vague.code).toBe(2);
    expect(vague.notes).toContain("right: a, b");
    const { engines, calls } = two();
    expect((await typeCommand(["answer", "exec-1", "--task", "b", "left"], { engines })).code).toBe(0);
    expect(calls).toEqual(["answer exec-1 b left"]);
  });

  test("when nobody asks it says so", async () => {
    const { engines } = stillRuns(working);
    const { code, notes } = await typeCommand(["answer", "exec-working", "left"], { engines });
    expect({ code, says: notes.includes("No question of run 'exec-working' waits") }).toEqual({ code: 2, says: true });
  });
});
