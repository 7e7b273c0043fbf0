import { describe, expect, test } from "vitest";
import { callLines, toolCall } from "../../../src/report/next-call.ts";
import { runText } from "../../../src/report/run-text.ts";
import { changed, failedTask, runStory, started, succeeded } from "../../rig/run-story.ts";

const minute = 60_000;
const createdMs = 1_795_248_000_000; // 2026-11-21T08:00:00Z
const real = {
  executor: "claude-code",
  executionId: "run_01J0000000000000000000ABCD",
  title: "Add login",
  workspace: "/w",
};
const realTask = (id: string, ...needs: string[]) => ({ id, minutes: 5, needs, executorKind: "claude-code" });

function loginRun() {
  return runStory([realTask("api"), realTask("form"), realTask("e2e", "api", "form")], real)
    .at(createdMs, started("api", "agent-1"), started("form", "agent-2"))
    .at(createdMs + minute, {
      type: "task.progressed",
      taskId: "api",
      operation: "Edit src/api.ts",
      percent: 40,
      files: ["src/api.ts"],
    });
}

describe("the text of a run", () => {
  test("a finished run starts with the verdict and ends with how to undo it", () => {
    const view = loginRun()
      .at(
        createdMs + 4 * minute,
        succeeded("api", "agent-1", { durationMs: 4 * minute, changes: [changed("src/api.ts")] }),
      )
      .at(
        createdMs + 5 * minute,
        succeeded("form", "agent-2", { durationMs: 5 * minute, changes: [changed("src/form.ts")] }),
      )
      .at(createdMs + 5 * minute, started("e2e", "agent-1"))
      .at(
        createdMs + 7 * minute,
        succeeded("e2e", "agent-1", { durationMs: 2 * minute, changes: [changed("test/e2e.ts", 30, 0)] }),
      )
      .at(
        createdMs + 7 * minute,
        { type: "merge.finished", merged: ["api", "form", "e2e"], held: [], conflicts: [], commit: "c0ffee" },
        {
          type: "apply.finished",
          applied: true,
          files: ["src/api.ts", "src/form.ts", "test/e2e.ts"],
          undo: "u1",
          conflicts: [],
        },
        { type: "run.finished", status: "completed" },
      )
      .view();
    expect(runText(view)).toBe(`DONE · 3 of 3 tasks · Add login
run run_01J0000000000000000000ABCD · 7m00 · one by one 11m00 · 1.6x

DONE (3)
  ✓ api                  4m00     +2 -1  1 file  merged
  ✓ form                 5m00     +2 -1  1 file  merged
  ✓ e2e                  2m00     +30 -0  1 file  merged

written to your files: 3 files
undo:
  control_workflow {"executionId":"run_01J0000000000000000000ABCD",
    "action":"undo"}`);
  });

  test("an open question comes first, with the exact call that answers it", () => {
    const text = runText(
      loginRun()
        .at(createdMs + 2 * minute, {
          type: "task.asked",
          taskId: "form",
          questionId: "q1",
          text: "Keep the legacy route?",
          options: ["keep", "remove"],
          fallback: "keep",
          timeoutMs: 10 * minute,
        })
        .view(),
      { nowMs: createdMs + 3 * minute },
    );
    const lines = text.split("\n");
    expect(lines.indexOf("NEEDS YOU (1)")).toBeLessThan(lines.indexOf("RUNNING (1)"));
    expect(text).toContain("Keep the legacy route? [keep] [remove]");
    expect(text).toContain("else in 9m00: keep");
    const joined = text.replaceAll(/,\n +/g, ",");
    expect(joined).toContain(
      'control_workflow {"executionId":"run_01J0000000000000000000ABCD","action":"answer","taskId":"form","questionId":"q1","answer":"keep"}',
    );
  });

  test("a simulated run says in its first line that nothing was really done", () => {
    const first = runText(runStory([{ id: "a" }]).view()).split("\n")[0];
    expect(first).toBe("SIMULATED, nothing was really done · RUNNING · 0 of 1 task · a test");
  });

  test("a simulated run whose scripted edits were applied does not claim that nothing was done", () => {
    const view = runStory([{ id: "a" }])
      .at(0, { type: "apply.finished", applied: true, files: ["a"], undo: "u", conflicts: [] })
      .view();
    expect(runText(view).split("\n")[0]).toContain("SIMULATED, scripted edits applied");
  });

  test("a limit that is not held stands in the second line", () => {
    const unenforced = [{ limit: "maxMemoryMB", reason: "no cgroup here" }];
    const lines = runText(runStory([{ id: "a" }], { unenforced }).view()).split("\n");
    expect(lines[1]).toBe("NOT ENFORCED: maxMemoryMB - no cgroup here");
  });

  test("failed and held tasks are named with their reason, and the skipped ones with theirs (E3)", () => {
    const text = runText(
      loginRun()
        .at(createdMs + minute, failedTask("api", "agent-1", minute))
        .at(createdMs + minute, { type: "task.skipped", taskId: "e2e", reason: "depends on 'api', which failed" })
        .at(
          createdMs + 2 * minute,
          succeeded("form", "agent-2", { durationMs: 2 * minute, changes: [changed("src/form.ts")] }),
        )
        .at(
          createdMs + 2 * minute,
          {
            type: "merge.finished",
            merged: [],
            held: [{ taskId: "form", conflictIds: [], reason: "its level is not whole" }],
            conflicts: [],
          },
          { type: "run.finished", status: "partial" },
        )
        .view(),
    );
    expect(text).toContain("PARTLY DONE · 1 of 3 tasks, 1 held");
    expect(text).toMatch(/✗ api +AgentError: the tests are red/);
    expect(text).toContain("try: run it again with more time");
    expect(text).toMatch(/⊘ form +its level is not whole/);
    expect(text).toMatch(/⊘ e2e +depends on 'api', which failed/);
    expect(
      text
        .split("\n")
        .find((line) => line.includes("detect_conflicts"))
        ?.trim(),
    ).toBe('detect_conflicts {"executionId":"run_01J0000000000000000000ABCD"}');
  });

  test("what agents say cannot move the cursor, colour the screen or turn the reading direction", () => {
    const operation = "\u001b[2J\u001b]0;owned\u0007run \u202etxt.exe\u0000\r\nDONE · all fine";
    const text = runText(
      loginRun()
        .at(createdMs + minute, { type: "task.progressed", taskId: "api", operation })
        .view(),
    );
    expect(text).toContain("run txt.exe DONE");
    // oxlint-disable-next-line no-control-regex -- control characters are what must be absent
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test("a run whose process is gone is told as it stood, without a call to follow it", () => {
    const view = loginRun().view();
    view.status = "interrupted";
    view.interruptedReason = "the process that ran it (pid 7) is gone";
    const text = runText(view, { nowMs: createdMs + 1_000 * minute });
    expect(text).toMatch(
      /^INTERRUPTED · 0 of 3 tasks[^]*STOPPED WHILE AT WORK \(2\)\n {2}● api +1m00[^]*NEVER STARTED \(1\)/,
    );
    expect(text).not.toContain("follow:");
  });

  test("sixty tasks are folded, and the text says how many there is no room for", () => {
    const tasks = Array.from({ length: 60 }, (_, index) => ({ id: `task-${index}` }));
    const text = runText(runStory(tasks).view());
    expect(text.split("\n").length).toBeLessThanOrEqual(40);
    expect(text).toMatch(/… and \d+ more/);
  });
});

test("a call is broken between its members only, so that joined lines are the call again", () => {
  const call = toolCall("control_workflow", {
    executionId: "r".repeat(40),
    action: "answer",
    taskId: "ä\u001b",
    answer: "x y",
  });
  const lines = callLines(call, "    ") ?? [];
  expect(lines.length).toBeGreaterThan(1);
  const json = lines
    .map((line) => line.trim())
    .join("")
    .replace("control_workflow ", "");
  expect(JSON.parse(json)).toEqual(call.arguments);
});
