import { describe, expect, test } from "vitest";
import { commandLines, commandText } from "../../../src/report/command-words.ts";
import { toolCall } from "../../../src/report/next-call.ts";
import { reportMarkdown } from "../../../src/report/report-markdown.ts";
import { runText } from "../../../src/report/run-text.ts";
import { displayWidth } from "../../../src/report/text-layout.ts";
import { runStory, started, succeeded } from "../../rig/run-story.ts";

const executionId = "exec-mh5x0000-0123456789abcdef";
const control = (action: string, more: object = {}) => toolCall("control_workflow", { executionId, action, ...more });

describe("a call as a command", () => {
  test.each([
    [control("undo"), `undo ${executionId}`],
    [control("apply"), `apply ${executionId}`],
    [toolCall("detect_conflicts", { executionId }), `conflicts ${executionId}`],
    [toolCall("aggregate_progress", { executionId, waitSeconds: 45 }), `status ${executionId}`],
    [toolCall("aggregate_progress", { executionId, detail: "full" }), `report ${executionId}`],
    [control("answer", { taskId: "form", questionId: "q1", answer: "keep" }), `answer ${executionId} --task=form keep`],
    [
      control("answer", { taskId: "a b", answer: "it's $HOME" }),
      String.raw`answer ${executionId} --task='a b' 'it'\''s $HOME'`,
    ],
    [control("answer", { taskId: "a", answer: "--help" }), `answer ${executionId} --task=a -- --help`],
    [control("answer", { taskId: "a", answer: "two\nlines" }), `answer ${executionId}`],
  ])("%j", (call, words) => {
    expect(commandText(call)).toBe(`parallelization-mcp ${words}`);
  });

  test("is broken between words so that a shell reads one line, and never wider than the text", () => {
    const call = control("answer", { taskId: "a-task-with-a-long-name", answer: "a long answer of many words" });
    const lines = commandLines(call, "      ");
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => displayWidth(line) <= 76)).toBe(true);
    const joined = lines
      .join("\n")
      .replaceAll(/ \\\n +/g, " ")
      .trim();
    expect(joined).toBe(commandText(call));
  });

  test("that is too long for a line leaves the answer to be asked for", () => {
    const call = control("answer", { taskId: "t".repeat(100), answer: "yes" });
    expect(commandLines(call, "  ")).toEqual([`  parallelization-mcp answer ${executionId}`]);
  });
});

describe("texts for the command line name commands and no tool", () => {
  const written = runStory([{ id: "a", executorKind: "command" }], {
    executionId,
    executor: "command",
    workspace: "/w",
  })
    .at(10, started("a", "agent-1"))
    .at(
      20,
      succeeded("a", "agent-1", { durationMs: 10 }),
      { type: "merge.finished", merged: ["a"], held: [], conflicts: [], commit: "c0ffee" },
      { type: "apply.finished", applied: true, files: ["a.txt"], undo: "u1", conflicts: [] },
      { type: "run.finished", status: "completed" },
    )
    .view();

  test("a run that can be undone", () => {
    expect(runText(written)).toContain("control_workflow");
    const text = runText(written, { calls: "cli" });
    expect(text).toContain(`undo:\n  parallelization-mcp undo ${executionId}`);
    expect(text).not.toContain("control_workflow");
  });

  test("its report", () => {
    expect(reportMarkdown(written, "cli")).toContain(`\`parallelization-mcp undo ${executionId}\``);
    expect(reportMarkdown(written)).toContain("`control_workflow {");
  });

  test("a run that asks", () => {
    const asks = runStory([{ id: "a" }], { executionId })
      .at(0, started("a", "agent-1"), {
        type: "task.asked",
        taskId: "a",
        questionId: "q1",
        text: "Which way?",
        options: ["left", "right"],
        fallback: "left",
        timeoutMs: 1_000,
      })
      .view();
    const text = runText(asks, { calls: "cli" });
    expect(text.replaceAll(/ \\\n +/g, " ")).toContain(`parallelization-mcp answer ${executionId} --task=a left`);
    expect(text).toContain(`parallelization-mcp status ${executionId}`);
    expect(text).not.toMatch(/control_workflow|aggregate_progress/);
  });
});
