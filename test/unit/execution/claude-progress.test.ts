import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeLine } from "../../../src/engines/execution/claude-code/codec.ts";
import type { ClaudeMessage, ToolCall } from "../../../src/engines/execution/claude-code/codec.ts";
import {
  foldMessage,
  progressReport,
  refusalReport,
  startingProgress,
} from "../../../src/engines/execution/claude-code/progress.ts";
import type { AgentProgress } from "../../../src/engines/execution/claude-code/progress.ts";

const folder = "/work/task";

function fold(messages: readonly ClaudeMessage[], from: AgentProgress = startingProgress): AgentProgress {
  return messages.reduce((progress, message) => foldMessage(progress, message, folder), from);
}

function reply(id: string, calls: readonly Partial<ToolCall>[] = [], output = 1): ClaudeMessage {
  const full = calls.map((call, index) => ({ id: `${id}-${index}`, name: "Read", input: {}, ...call }));
  return { type: "reply", id, text: "", calls: full, tokens: { input: 100, output }, error: undefined };
}

describe("the progress of a Claude Code agent", () => {
  it("is what a recorded session amounts to (C9)", () => {
    const recorded = readFileSync(new URL("../../fixtures/claude-2.1.329.jsonl", import.meta.url), "utf8")
      .trim()
      .split("\n");
    const messages = recorded.flatMap((line) => decodeLine(line) ?? []);
    const session = messages.slice(0, messages.findIndex(({ type }) => type === "result") + 1);
    const operations: string[] = [];
    let progress = startingProgress;
    for (const message of session) {
      const next = foldMessage(progress, message, folder);
      const report = progressReport(progress, next);
      if (report?.type === "progress" && report.operation !== undefined) operations.push(report.operation);
      progress = next;
    }
    expect(operations).toEqual([
      "Reading the task",
      "Writing a.txt",
      "Writing /tmp/out.txt",
      "Running rm -rf x",
      "Reading /etc/hostname",
      "Reading a.txt",
      "Searching for root",
      "Looking for /etc/*",
    ]);
    expect(progress).toMatchObject({
      files: ["a.txt"],
      openCalls: [],
      said: "done",
      usage: { tokens: 8400, costUsd: 0.04, apiCalls: 8 },
    });
  });

  it("counts each reply once, although it comes in parts", () => {
    const progress = fold([reply("a"), reply("a", [], 40), reply("b"), reply("b", [], 7)]);
    expect(progress.usage).toEqual({ tokens: 100 + 40 + 100 + 7, apiCalls: 2 });
  });

  it("knows which tools are at work", () => {
    const progress = fold([
      reply("a", [{}, {}, {}]),
      { type: "tool-results", callIds: ["a-0", "a-2"], writtenFile: undefined },
    ]);
    expect(progress.openCalls).toEqual(["a-1"]);
  });

  it("knows percent only from a plan, and never says that all is done (C9)", () => {
    const todos = (...statuses: string[]): ClaudeMessage =>
      reply("p", [{ name: "TodoWrite", input: { todos: statuses.map((status) => ({ status })) } }]);
    const reported = (...messages: ClaudeMessage[]): unknown => progressReport(startingProgress, fold(messages));
    expect(reported(reply("a", [{ name: "Write", input: { file_path: "x" } }]))).not.toHaveProperty("percent");
    expect(reported(todos("completed", "in_progress", "pending"))).toMatchObject({ percent: 33, source: "plan" });
    expect(reported(todos("completed"))).toMatchObject({ percent: 95 });
    const steps = [
      reply("a", [{ name: "TaskCreate" }, { name: "TaskCreate" }]),
      reply("b", [{ name: "TaskUpdate", input: { status: "completed" } }]),
    ];
    expect(reported(...steps)).toMatchObject({ percent: 50, operation: "Planning" });
  });

  it("says when it waits for the model's service", () => {
    const retry = (status: number | undefined): ClaudeMessage => ({
      type: "retry",
      attempt: 2,
      limit: 10,
      status,
      delayMs: 700,
    });
    expect(fold([retry(429)]).operation).toBe("Waiting for the rate limit, retry 2 of 10");
    expect(fold([retry(undefined)]).operation).toBe("Waiting for the model's service, retry 2 of 10");
  });

  it("tells of limits that the provider refuses its calls for, and for how long", () => {
    const said = (line: object) => {
      const message = decodeLine(JSON.stringify(line));
      return message && refusalReport(message, 1_795_250_000_000);
    };
    const retry = { type: "system", subtype: "api_retry", attempt: 1, max_retries: 1, retry_delay_ms: 1149 };
    expect(said({ ...retry, error_status: 429, error: "rate_limit" })).toEqual({ type: "refused", retryAfterMs: 1149 });
    expect(said({ ...retry, error_status: 529, error: "overloaded" })).toEqual({ type: "refused", retryAfterMs: 1149 });
    expect(said({ ...retry, error_status: 500, error: "server_error" })).toBeUndefined();
    const limit = { resetsAt: 1_795_250_689, rateLimitType: "five_hour", isUsingOverage: false };
    const event = (status: string) => ({ type: "rate_limit_event", rate_limit_info: { ...limit, status } });
    expect(said(event("rejected"))).toEqual({ type: "refused", retryAfterMs: 689_000 });
    expect(said(event("allowed_warning"))).toBeUndefined();
  });

  it("reports nothing where nothing has changed", () => {
    const progress = fold([reply("a")]);
    expect(progressReport(progress, fold([{ type: "other" }], progress))).toBeUndefined();
  });

  it("names files relative to the folder, each once, and none outside", () => {
    const wrote = (writtenFile: string): ClaudeMessage => ({ type: "tool-results", callIds: [], writtenFile });
    expect(fold([wrote("/work/task/a/b.ts"), wrote("a/b.ts"), wrote("/etc/x"), wrote("/work/task/c")]).files).toEqual([
      "a/b.ts",
      "c",
    ]);
  });

  it("tells what it wrote outside its folder apart, by absolute paths, and only when there is something new (C20)", () => {
    const wrote = (writtenFile: string): ClaudeMessage => ({ type: "tool-results", callIds: [], writtenFile });
    const once = fold([wrote("/work/task/a.ts"), wrote("../other/x.ts")]);
    const twice = foldMessage(once, wrote("/work/other/x.ts"), "/work/task");
    expect(once.outside).toEqual(["/work/other/x.ts"]);
    expect(progressReport(startingProgress, once)).toMatchObject({ outside: ["/work/other/x.ts"], files: ["a.ts"] });
    expect(progressReport(once, twice)).toBeUndefined();
  });
});
