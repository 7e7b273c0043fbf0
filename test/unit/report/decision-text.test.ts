import { expect, test } from "vitest";
import { decisionCall, decisionLines, previewCall } from "../../../src/report/decision-text.ts";
import { conflictsSummary } from "../../../src/report/conflicts-text.ts";
import { runProgress } from "../../../src/report/run-progress.ts";
import { runText } from "../../../src/report/run-text.ts";
import { displayWidth } from "../../../src/report/text-layout.ts";
import type { Conflict } from "../../../src/schema/conflict.ts";
import { failedTask, runStory, started, succeeded, type RunStory } from "../../rig/run-story.ts";

const asked = { executionId: "exec-1", conflictId: "c1", option: "prefer-agent", taskId: "api" };
const preview = {
  did: "Nothing was changed. prefer-agent for c1 can be done. 1 file would change (+1 -1).",
  preview: { possible: true, files: [{ type: "modify", file: "src/a.ts", addedLines: 1, removedLines: 1 }] },
};

test("a preview names the files and the call that carries it out", () => {
  expect(decisionLines({ ...asked, decided: preview }, "mcp")).toEqual([
    "Nothing was changed. prefer-agent for c1 can be done. 1 file would change",
    "(+1 -1).",
    "  modify src/a.ts +1 -1",
    "carry it out:",
    '  control_workflow {"executionId":"exec-1","action":"resolve",',
    '    "conflictId":"c1","option":"prefer-agent","taskId":"api"}',
  ]);
  expect(
    decisionLines({ ...asked, decided: preview }, "cli")
      .slice(-2)
      .join(" "),
  ).toContain("parallelization-mcp resolve exec-1 c1 prefer-agent --agent=api");
});

test("what cannot be done is not proposed", () => {
  const decided = { did: "Nothing was changed.", preview: { possible: false, files: [] } };
  expect(decisionCall({ ...asked, decided })).toBeNull();
  expect(decisionCall({ ...asked, decided: { did: "Taken." } })).toBeNull();
});

test("a folder to edit is told whole, with the call that takes the files over", () => {
  const folder = `/home/somebody/${"a-long-name/".repeat(8)}c1`;
  const decided = { did: `Edit the files of c1 in ${folder}: src/a.ts. Then resolve it again.`, folder };
  const lines = decisionLines({ ...asked, option: "manual", decided }, "cli");
  expect(lines.join("\n")).toContain(folder);
  expect(lines.join("\n")).toContain("when the files are edited:\n");
  expect(lines.at(-1)).toContain("--continue");
});

const clash: Conflict = {
  id: "c1",
  type: "file-level",
  severity: "medium",
  agents: ["agent-1", "agent-2"],
  tasks: ["api", "form"],
  description: "'api' and 'form' change the same or adjoining lines of src/a.ts, and 'form' was told to do so by hand.",
  affectedResources: ["src/a.ts"],
  detectionMethod: "git merge",
  locations: [],
  confidence: 1,
  resolutionOptions: [
    {
      strategy: "prefer-agent",
      description: "Take the result of agent-1 for 'api' and hold the others until somebody decides again",
      automatic: false,
      risk: "medium",
      taskId: "api",
    },
  ],
};

/** A run with two conflicts that are open, and one of its results merged. */
function clashing(): RunStory {
  const tasks = ["api", "form"].map((id) => ({ id }));
  return runStory(tasks, { executionId: "exec-1" })
    .at(0, started("api", "1"), started("form", "2"))
    .at(10, succeeded("api", "1", { durationMs: 10 }), succeeded("form", "2", { durationMs: 10 }))
    .at(
      20,
      {
        type: "merge.finished",
        merged: ["api"],
        held: [{ taskId: "form", conflictIds: ["c1", "c2"], reason: "in conflict with 'api'" }],
        conflicts: [clash, { ...clash, id: "c2", severity: "high" }],
        commit: "m1",
      },
      { type: "run.finished", status: "partial" },
    );
}

const written = { type: "apply.finished" as const, applied: true, conflicts: [] };

test("undo is proposed as long as anything of the run is in the user's files, also when the last decision wrote nothing", () => {
  const view = clashing()
    .at(30, { ...written, files: ["src/a.ts"], undo: "u1", commit: "m1" })
    .at(40, { ...written, files: [], commit: "m2" })
    .view();
  expect(runText(view)).toMatch(/written by the last decision: 0 files\nundo:\n {2}control_workflow/);
});

test("the call that is being answered is never the one that follows", () => {
  const view = runStory([{ id: "api" }], { executionId: "exec-1" })
    .at(0, started("api", "1"))
    .at(10, failedTask("api", "1", 10), { type: "run.finished", status: "failed" })
    .view();
  expect(runProgress(view, 0).next).toMatchObject({ arguments: { detail: "full" } });
  expect(runProgress(view, 0, { detail: "full" }).next).toBeNull();
});

test("conflicts that are all decided leave nothing to decide", () => {
  const decided = { ...clash, resolution: { strategy: "prefer-agent" as const, taskId: "api" } };
  const report = { hasConflicts: false, conflicts: [decided], resolutionStrategy: "auto" as const };
  expect(conflictsSummary(report)).toMatch(/^NO CONFLICT · everything is decided[^]*\nnothing is left to decide$/);
});

test("the conflicts of a run end with the call that looks at a way out of the worst one, and no way out is cut off", () => {
  const view = clashing().view();
  const call = previewCall(view);
  expect(call?.arguments).toMatchObject({ conflictId: "c2", option: "prefer-agent", taskId: "api", text: "preview" });
  const report = { hasConflicts: true, conflicts: [clash], resolutionStrategy: "manual" as const };
  const text = conflictsSummary(report, { call, calls: "cli" });
  expect(text).toContain("others until somebody decides again");
  expect(text).toContain("by hand.");
  expect(text).toContain("parallelization-mcp resolve exec-1 c2 prefer-agent --agent=api --preview");
  expect(text.split("\n").every((line) => displayWidth(line) <= 76)).toBe(true);
});

test("in the text of a run a long path is folded after its slashes, and nothing of it is cut", () => {
  const folder = `/home/somebody/${"a-long-name/".repeat(12)}c1`;
  const did = [`Edit the files of c1 in`, `${folder}:`, "src/a.ts. Then resolve it again."];
  const view = runStory([{ id: "a" }])
    .at(0, started("a", "agent-1"), { type: "run.timed-out" })
    .view();
  view.failureReason = `the workspace could not be captured: ${folder} is not a folder`;
  const text = runText(view, { did });
  expect(text.split("\n").every((line) => displayWidth(line) <= 76)).toBe(true);
  expect(text.replaceAll("\n", "")).toContain(`Edit the files of c1 in${folder}:src/a.ts. Then resolve it again.`);
  expect(text.replaceAll("\n", "")).toContain(`${folder}is not a folder`);
  expect(text).toMatch(/^\S*\/$/m);
});
