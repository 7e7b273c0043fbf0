import { describe, expect, it } from "vitest";
import type { ResultMessage } from "../../../src/engines/execution/claude-code/codec.ts";
import { failedStart, mapEnd, stoppedBeforeStart } from "../../../src/engines/execution/claude-code/map-end.ts";
import type { AgentHistory } from "../../../src/engines/execution/claude-code/map-end.ts";
import { agentErrorSchema } from "../../../src/schema/outcome.ts";

const success: ResultMessage = {
  type: "result",
  subtype: "success",
  isError: false,
  apiErrorStatus: undefined,
  terminalReason: "completed",
  text: "Wrote it.",
  errors: [],
  tokens: { input: 1, output: 1 },
  costUsd: 0.1,
  denials: [],
};

function history(changes: Partial<AgentHistory> = {}): AgentHistory {
  return {
    exit: { exitCode: 0, signal: null },
    initialized: true,
    result: success,
    cause: undefined,
    finishedFirst: true,
    replyError: undefined,
    files: ["a.txt"],
    denials: [],
    commandsRun: 0,
    usage: { tokens: 2, apiCalls: 1 },
    said: "working",
    stderr: "",
    cutLines: 0,
    ...changes,
  };
}

function failed(changes: Partial<ResultMessage>): AgentHistory {
  return history({
    exit: { exitCode: 1, signal: null },
    result: { ...success, isError: true, text: "API Error: it says", ...changes },
  });
}

describe("the end of a Claude Code agent", () => {
  it("is a success only with a result that is none of an error, and exit code 0", () => {
    expect(mapEnd(history())).toEqual({
      success: true,
      partial: false,
      summary: "Wrote it.",
      usage: { tokens: 2, apiCalls: 1 },
    });
    expect(mapEnd(history({ files: [] })).success).toBe(true);
    expect(mapEnd(history({ exit: { exitCode: null, signal: "SIGKILL" } }))).toMatchObject({
      success: false,
      error: { name: "ProtocolError", message: expect.stringContaining("signal SIGKILL") },
    });
    expect(mapEnd(history({ result: { ...success, subtype: "something_new" } })).success).toBe(false);
  });

  it.each<[string, Partial<ResultMessage>, string | undefined, string, boolean]>([
    ["401", { apiErrorStatus: 401 }, undefined, "AuthRequired", false],
    ["403", { apiErrorStatus: 403 }, undefined, "AuthRequired", false],
    ["no login", { text: "Not logged in · Please run /login" }, "authentication_failed", "AuthRequired", false],
    [
      "no login, told by words alone",
      { text: "Invalid API key · Please run /login" },
      undefined,
      "AuthRequired",
      false,
    ],
    ["429", { apiErrorStatus: 429 }, undefined, "RateLimited", true],
    ["529", { apiErrorStatus: 529 }, undefined, "RateLimited", true],
    ["a used-up subscription", { text: "You've hit your limit" }, "rate_limit", "RateLimited", true],
    ["500", { apiErrorStatus: 500 }, undefined, "ApiError", true],
    ["503", { apiErrorStatus: 503 }, undefined, "ApiError", true],
    ["no connection", { terminalReason: "api_error", text: "Connection error." }, undefined, "ApiError", true],
    ["400", { apiErrorStatus: 400 }, undefined, "ApiError", false],
    ["413", { apiErrorStatus: 413 }, undefined, "ApiError", false],
    ["the budget", { subtype: "error_max_budget_usd", text: undefined }, undefined, "BudgetExceeded", false],
    ["no credit", { text: "Credit balance is too low" }, "billing_error", "BudgetExceeded", false],
    [
      "the limit of turns",
      { subtype: "error_max_turns", text: undefined, errors: ["Reached maximum number of turns"] },
      undefined,
      "AgentError",
      true,
    ],
    [
      "a fault while running",
      { subtype: "error_during_execution", text: undefined, errors: ["one", "two"] },
      undefined,
      "AgentError",
      true,
    ],
  ])("by %s is named, with a message, and options for a person (C12)", (_, result, replyError, name, retryable) => {
    const end = mapEnd({ ...failed(result), replyError });
    expect(end).toMatchObject({ success: false, partial: true, error: { name, retryable } });
    expect(agentErrorSchema.parse(end.error).message).not.toBe("");
    expect(end.error?.options.length).toBeGreaterThanOrEqual(1);
    expect(end.summary).toBe("working");
  });

  it.each([
    ["timeout", "Timeout", true],
    ["cancelled", "Cancelled", false],
    ["shutdown", "Cancelled", true],
    ["stalled", "Stalled", true],
  ] as const)("by %s keeps what was done until then (C12)", (cause, name, retryable) => {
    const interrupted = history({
      cause,
      finishedFirst: false,
      result: { ...success, isError: true, subtype: "error_during_execution", text: undefined },
    });
    expect(mapEnd(interrupted)).toMatchObject({
      success: false,
      partial: true,
      summary: "working",
      error: { name, retryable },
    });
    expect(mapEnd({ ...interrupted, result: undefined })).toMatchObject({ error: { name } });
  });

  it("by its own result stands, although somebody stopped it before it was gone", () => {
    const exit = { exitCode: null, signal: "SIGKILL" };
    expect(mapEnd(history({ exit, cause: "timeout", finishedFirst: true })).success).toBe(true);
    expect(mapEnd(history({ exit, cause: "lingering", finishedFirst: true })).success).toBe(true);
    expect(mapEnd(history({ exit, cause: "timeout", finishedFirst: false })).error?.name).toBe("Timeout");
  });

  it("is no success when all it tried was refused (C12)", () => {
    const refused = { denials: ["Write", "Bash", "Write"], files: [] };
    expect(mapEnd(history(refused))).toMatchObject({
      success: false,
      summary: "Wrote it.\nRefused on the way: Write 2×, Bash 1×.",
      error: { name: "AgentError", retryable: false, message: expect.stringContaining("Write 2×, Bash 1×") },
    });
    expect(mapEnd(history({ ...refused, files: ["a.txt"] }))).toMatchObject({
      success: true,
      summary: expect.stringContaining("Refused on the way"),
    });
    expect(mapEnd(history({ ...refused, commandsRun: 1 })).success).toBe(true);
  });

  it("before it was up is a failure to start, and nothing is partial", () => {
    const early = { initialized: false, result: undefined };
    expect(
      mapEnd(history({ ...early, exit: { exitCode: null, signal: null, spawnError: "not found" } })),
    ).toMatchObject({ partial: false, error: { name: "SpawnFailed", message: "not found" } });
    expect(mapEnd(history({ ...early, exit: { exitCode: 127, signal: null } })).error).toMatchObject({
      name: "SpawnFailed",
      message: expect.stringContaining("It left no error message."),
    });
    expect(mapEnd(history({ ...early, cause: "no-start" })).error).toMatchObject({
      name: "SpawnFailed",
      retryable: true,
    });
    expect(
      mapEnd(history({ ...early, exit: { exitCode: 1, signal: null }, stderr: "Not logged in. Please run /login" }))
        .error?.name,
    ).toBe("AuthRequired");
    expect(failedStart("no folder")).toMatchObject({
      success: false,
      partial: false,
      error: { name: "SpawnFailed", message: "no folder" },
    });
    expect(stoppedBeforeStart("timeout")).toMatchObject({ partial: false, error: { name: "Timeout" } });
  });

  it("without a result breaks the protocol, and says what is known", () => {
    const message = mapEnd(
      history({
        result: undefined,
        exit: { exitCode: 0, signal: null },
        cutLines: 2,
        stderr: "\u001b[31moh\u001b[0m sk-ant-api03-abcdefgh",
      }),
    ).error?.message;
    expect(message).toBe(
      "Claude Code ended with exit code 0 and no result. 2 of its lines were too long and were cut. Its last error output: oh sk-…",
    );
  });

  it("is bounded and plain, whatever it said", () => {
    const end = mapEnd(history({ result: { ...success, text: `\u001b[1m${"z".repeat(100_000)}` } }));
    expect(end.summary?.length).toBe(4_000);
    expect(mapEnd(failed({ text: "e".repeat(100_000) })).error?.message.length).toBe(1_000);
  });
});
