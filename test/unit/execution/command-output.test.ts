import { describe, expect, it } from "vitest";
import { lastWords, OutputTail } from "../../../src/engines/execution/command/output-tail.ts";
import { programEnd } from "../../../src/engines/execution/command/program-end.ts";
import type { ProgramHistory } from "../../../src/engines/execution/command/program-end.ts";
import { operationText, ProgramOutput } from "../../../src/engines/execution/command/program-output.ts";
import { ProgressThrottle } from "../../../src/engines/execution/command/progress-throttle.ts";
import { taskMessage, taskVariables } from "../../../src/engines/execution/command/task-message.ts";
import { programEnvironment } from "../../../src/engines/execution/agent-environment.ts";
import type { AgentAssignment, AgentReport } from "../../../src/engines/execution/executor.ts";
import { manualClock } from "../../rig/manual-clock.ts";
import { plannedTask } from "../../rig/planned-run.ts";

describe("what a program prints", () => {
  it.each([
    ['{"type":"progress","percent":40,"operation":"linking"}', { percent: 40, operation: "linking" }],
    ['{"type":"progress","percent":140}', { percent: 100 }],
    ['{"type":"progress","percent":-1}', { percent: 0 }],
    ['{"type":"progress","percent":"40"}', undefined],
    ['{"type":"usage","tokens":12,"costUsd":0.5}', { usage: { tokens: 12, costUsd: 0.5 } }],
    ['{"type":"usage","tokens":-12}', { usage: {} }],
    ['{"type":"summary","text":"done"}', undefined],
    ['{"type":"else"}', { operation: '{"type":"else"}' }],
    ["{broken", { operation: "{broken" }],
    ["{}", { operation: "{}" }],
    ["42", { operation: "42" }],
    ["compiling a.ts", { operation: "compiling a.ts" }],
    ["10 %\r20 %\r30 %", { operation: "30 %" }],
    ["  ", undefined],
  ])("%s becomes news", (line, news) => {
    expect(new ProgramOutput().hear(line)).toEqual(news);
  });

  it("may be a question, which nobody can answer, and that is said", () => {
    const news = new ProgramOutput().hear('{"type":"question","text":"Really?"}');
    expect(news?.operation).toBe("Asks what no program can ask here: Really?");
  });

  it("sums up to its summary, or else to its last line", () => {
    const output = new ProgramOutput();
    for (const line of ["one", "two \u001b[1mbold", '{"type":"progress","percent":1}', ""]) output.hear(line);
    expect(output.summary()).toBe("two bold");
    output.hear('{"type":"summary","text":"all\\ndone sk-abcdefghijkl"}');
    output.hear("more");
    expect(output.summary()).toBe("all\ndone sk-…");
    expect(output.tail()).toBe("one\ntwo bold\nmore");
    expect(output.usage).toBeUndefined();
  });

  it("keeps the newest of each count", () => {
    const output = new ProgramOutput();
    output.hear('{"type":"usage","tokens":12}');
    output.hear('{"type":"usage","costUsd":1}');
    output.hear('{"type":"usage","tokens":15}');
    expect(output.usage).toEqual({ tokens: 15, costUsd: 1 });
  });

  it("is kept to its last 40 lines and the last characters asked for", () => {
    const tail = new OutputTail();
    expect(tail.text(100)).toBe("");
    for (let line = 1; line <= 100; line++) tail.push(`line ${line}`);
    expect(tail.text(10_000).split("\n")).toEqual(Array.from({ length: 40 }, (_, index) => `line ${61 + index}`));
    expect(tail.text(20)).toBe("[…cut] e 99\nline 100");
    tail.push("x".repeat(10_000));
    expect(tail.text(10_000).split("\n").at(-1)).toHaveLength(1_000);
    expect(lastWords("\u001b[31mred\u001b[0m sk-abcdefghijkl", 100)).toBe("red sk-…");
  });

  it("is shown as one short line", () => {
    expect(operationText("a\tb\u001b[2K c")).toBe("a b c");
    expect(operationText("x".repeat(100_000))).toHaveLength(200);
  });
});

describe("progress of a program", () => {
  it("is reported at most four times a second, the newest of what came between", () => {
    const clock = manualClock();
    const reports: AgentReport[] = [];
    const throttle = new ProgressThrottle({ clock, report: (said) => reports.push(said) });
    throttle.push({ operation: "first" });
    throttle.push({ percent: 10 });
    throttle.push({ percent: 20, operation: "second" });
    throttle.push({ operation: "third" });
    expect(reports).toEqual([{ type: "progress", operation: "first" }]);
    clock.advance(249);
    expect(reports).toHaveLength(1);
    clock.advance(1);
    expect(reports[1]).toEqual({ type: "progress", percent: 20, source: "reported", operation: "third" });
    clock.advance(10_000);
    expect(reports).toHaveLength(2);
    throttle.push({ usage: { tokens: 1 } });
    expect(reports[2]).toEqual({ type: "progress", usage: { tokens: 1 } });
    for (let ms = 0; ms < 1_000; ms++) {
      throttle.push({ percent: ms / 10 });
      clock.advance(1);
    }
    expect(reports.length).toBeLessThanOrEqual(3 + 4);
    throttle.push({ percent: 100 });
    throttle.close();
    throttle.push({ percent: 100 });
    clock.advance(10_000);
    expect(reports.length).toBeLessThanOrEqual(3 + 4);
  });
});

const ended: ProgramHistory = {
  name: "make",
  exit: { exitCode: 0, signal: null },
  cause: undefined,
  summary: "built",
  tail: "cc a.c",
  stderr: "",
  usage: undefined,
};

describe("the end of a program", () => {
  it("is a success by its exit code alone", () => {
    expect(programEnd({ ...ended, stderr: "error: but not really" })).toEqual({
      success: true,
      partial: false,
      summary: "built",
    });
  });

  it.each([
    [{ exit: { exitCode: 2, signal: null }, stderr: "no rule" }, "AgentError", true, "make ended with exit code 2."],
    [{ exit: { exitCode: null, signal: "SIGSEGV" } }, "AgentError", true, "make ended with signal SIGSEGV."],
    [{ exit: { exitCode: 139, signal: null } }, "AgentError", true, "make ended with exit code 139 (signal 11)."],
    [{ exit: { exitCode: 127, signal: null } }, "AgentError", false, "exit code 127"],
    [{ exit: { exitCode: 2, signal: null }, tail: "" }, "AgentError", true, "It printed nothing."],
    [{ exit: { exitCode: null, signal: null, spawnError: "make was not found" } }, "SpawnFailed", false, "not found"],
    [{ cause: "timeout" }, "Timeout", true, "time limit"],
    [{ cause: "cancelled" }, "Cancelled", false, "cancelled"],
    [{ cause: "shutdown" }, "Cancelled", true, "server ended"],
  ] as const)("is a failure that says what happened and what to do: %j (C12)", (change, name, retryable, words) => {
    const end = programEnd({ ...ended, ...change });
    expect(end).toMatchObject({ success: false, error: { name, retryable } });
    expect(end.error?.message).toContain(words);
    expect(end.error?.options.length).toBeGreaterThan(0);
    expect(end.partial).toBe(name !== "SpawnFailed");
  });

  it("shows the end of both outputs, plain and bounded", () => {
    const stderr = `${"e".repeat(20_000)}\u001b[31mlast error`;
    const { error } = programEnd({ ...ended, exit: { exitCode: 1, signal: null }, stderr });
    expect(error?.message).toContain("Its last output:\ncc a.c\nIts last error output:\n[…cut] eee");
    expect(error?.message.endsWith("elast error")).toBe(true);
    expect(error?.message.length).toBeLessThan(4_000);
  });
});

const assignment: AgentAssignment = {
  executionId: "run-1",
  agentId: "agent-1",
  task: plannedTask({ id: "t 1", description: 'say "hi"\n\u0000$(id)', context: { of: ["it"] } }),
  order: 0,
  attempt: 2,
  goal: "all",
  strategy: "aggressive",
  folder: "/w",
  dependencies: [{ taskId: "a", description: "first", summary: "did a", files: ["a.ts"] }],
  previousError: "it failed",
};

describe("a program's task", () => {
  it("is one line of JSON on its input, with what its dependencies left (E2)", () => {
    const line = taskMessage(assignment);
    expect(line.indexOf("\n")).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      taskId: "t 1",
      description: 'say "hi"\n\u0000$(id)',
      context: { of: ["it"] },
      attempt: 2,
      fallback: false,
      strategy: "aggressive",
      dependencies: [{ taskId: "a", description: "first", summary: "did a", files: ["a.ts"] }],
      previousError: "it failed",
    });
  });

  it("says whether it is the fallback of another that failed", () => {
    expect(JSON.parse(taskMessage({ ...assignment, insteadOf: "first" }))).toMatchObject({ fallback: true });
  });

  it("is in its environment, without what none can hold", () => {
    expect(taskVariables(assignment)).toEqual({
      PARALLELIZATION_TASK_ID: "t 1",
      PARALLELIZATION_ATTEMPT: "2",
      PARALLELIZATION_DESCRIPTION: 'say "hi"\n$(id)',
    });
  });

  it("comes with where its tools lie, and without keys of models", () => {
    const server = { PATH: "/bin", JAVA_HOME: "/j", ANTHROPIC_API_KEY: "k", GITHUB_TOKEN: "t", LD_PRELOAD: "x" };
    expect(programEnvironment({ server, executionId: "r", taskId: "t" })).toEqual({
      PATH: "/bin",
      JAVA_HOME: "/j",
      PARALLELIZATION_RUN: "r",
      PARALLELIZATION_TASK: "t",
      PARALLELIZATION_DEPTH: "1",
    });
  });
});
