import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  decodeLine,
  encodeAllow,
  encodeDeny,
  encodeHookAnswer,
  encodeInitialize,
  encodeInterrupt,
  encodePrompt,
  encodeUnsupported,
} from "../../../src/engines/execution/claude-code/codec.ts";

/** What the real program printed: files written, refused and asked about, questions, a failed login, an interrupted command. */
const recorded = readFileSync(new URL("../../fixtures/claude-2.1.329.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");
const messages = recorded.map(decodeLine);

describe("the messages of Claude Code", () => {
  it("are all understood as they were recorded", () => {
    const counts: Record<string, number> = {};
    for (const message of messages) counts[message?.type ?? "none"] = (counts[message?.type ?? "none"] ?? 0) + 1;
    expect(counts).toEqual({
      initialized: 1,
      init: 1,
      reply: 12,
      hook: 7,
      permission: 4,
      "tool-results": 7,
      result: 4,
      other: 2,
    });
  });

  it("say who it is", () => {
    expect(messages.find((message) => message?.type === "init")).toEqual({
      type: "init",
      version: "2.1.329",
      model: "claude-opus-5-5",
      keySource: "ANTHROPIC_API_KEY",
    });
  });

  it("carry what it wants to do, and what it did", () => {
    const call = { id: "toolu_scripted_0_0", name: "Write", input: { file_path: "/work/task/a.txt", content: "hi\n" } };
    expect(messages).toContainEqual({
      type: "reply",
      id: "msg_scripted_0",
      text: "",
      calls: [call],
      tokens: { input: 1000, output: 1 },
      error: undefined,
    });
    expect(messages).toContainEqual(expect.objectContaining({ type: "permission", call }));
    expect(messages).toContainEqual(expect.objectContaining({ type: "hook", call }));
    expect(messages).toContainEqual({
      type: "tool-results",
      callIds: ["toolu_scripted_0_0"],
      writtenFile: "/work/task/a.txt",
    });
  });

  it("carry no file as written that was only read or refused", () => {
    const written = messages.flatMap((message) =>
      message?.type === "tool-results" && message.writtenFile !== undefined ? [message.writtenFile] : [],
    );
    expect(written).toEqual(["/work/task/a.txt"]);
  });

  it("tell the result, whatever the order of its fields", () => {
    const results = messages.flatMap((message) => (message?.type === "result" ? [message] : []));
    expect(results[0]).toEqual({
      type: "result",
      subtype: "success",
      isError: false,
      apiErrorStatus: undefined,
      terminalReason: "completed",
      text: "done",
      errors: [],
      tokens: { input: 8000, output: 400 },
      costUsd: 0.04,
      denials: ["Write", "Read", "Grep", "Glob"],
    });
    expect(
      results.map(({ subtype, isError, apiErrorStatus, terminalReason }) => [
        subtype,
        isError,
        apiErrorStatus,
        terminalReason,
      ]),
    ).toEqual([
      ["success", false, undefined, "completed"],
      ["success", false, undefined, "completed"],
      ["success", true, 401, "api_error"],
      ["error_during_execution", true, undefined, "aborted_tools"],
    ]);
    expect(messages.find((message) => message?.type === "reply" && message.error !== undefined)).toMatchObject({
      error: "authentication_failed",
    });
  });

  it.each([
    [
      '{"type":"system","subtype":"api_retry","attempt":1,"max_retries":3,"error_status":429}',
      { type: "retry", attempt: 1, limit: 3, status: 429 },
    ],
    [
      '{"type":"control_request","request_id":"r","request":{"subtype":"mcp_message"}}',
      { type: "unknown-request", requestId: "r", subtype: "mcp_message" },
    ],
    [
      '{"type":"control_request","request_id":"r","request":{"subtype":"hook_callback","callback_id":"x"}}',
      { type: "unknown-request", requestId: "r", subtype: "hook_callback" },
    ],
    ['{"type":"control_cancel_request","request_id":"r"}', { type: "cancel-request", requestId: "r" }],
    ['{"type":"rate_limit_event"}', { type: "other" }],
    ['{"type":"control_response"}', { type: "other" }],
    [
      '{"type":"assistant"}',
      { type: "reply", id: "", text: "", calls: [], tokens: { input: 0, output: 0 }, error: undefined },
    ],
    ['{"type":"user","message":{"content":"hello"},"isReplay":true}', { type: "read", text: "hello" }],
    [
      '{"type":"user","message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},"isReplay":true}',
      { type: "read", text: "a\nb" },
    ],
    ['{"type":"user","message":{"content":"hello"}}', { type: "tool-results", callIds: [], writtenFile: undefined }],
  ])("%s", (line, message) => {
    expect(decodeLine(line)).toEqual(message);
  });

  it.each(["", "   ", "hello", "{", "[1]", "null", "1", '"result"', "{}", '{"type":1}', '{"kind":"result"}'])(
    "are not lines like %j",
    (line) => {
      expect(decodeLine(line)).toBeUndefined();
    },
  );

  it("count as an error when the result does not say that it is none", () => {
    expect(decodeLine('{"type":"result"}')).toMatchObject({
      isError: true,
      subtype: "",
      tokens: { input: 0, output: 0 },
      denials: [],
    });
    expect(
      decodeLine(
        '{"type":"result","is_error":false,"usage":{"input_tokens":-5,"output_tokens":"x"},"permission_denials":[null,{}]}',
      ),
    ).toMatchObject({
      isError: false,
      tokens: { input: 0, output: 0 },
      denials: [],
    });
  });
});

describe("the messages to Claude Code", () => {
  it("are one line each", () => {
    const lines = [
      encodeInitialize(),
      encodePrompt('two\nlines "and" quotes'),
      encodeInterrupt(),
      encodeAllow("r", { a: "x\ny" }),
      encodeDeny("r", "no"),
      encodeHookAnswer("r", undefined),
      encodeHookAnswer("r", "no"),
      encodeUnsupported("r", "x"),
    ];
    for (const line of lines) expect(line).toMatch(/^\{[^\n]*\}\n$/);
    const [, prompt, , allow, deny, goOn, refuse, unsupported] = lines.map((line) => JSON.parse(line) as unknown);
    expect(prompt).toMatchObject({ type: "user", message: { role: "user", content: 'two\nlines "and" quotes' } });
    expect(allow).toEqual({
      type: "control_response",
      response: { subtype: "success", request_id: "r", response: { behavior: "allow", updatedInput: { a: "x\ny" } } },
    });
    expect(deny).toMatchObject({ response: { response: { behavior: "deny", message: "no" } } });
    expect(goOn).toMatchObject({ response: { response: {} } });
    expect(refuse).toMatchObject({
      response: { response: { hookSpecificOutput: { permissionDecision: "deny", permissionDecisionReason: "no" } } },
    });
    expect(unsupported).toMatchObject({ response: { subtype: "error", request_id: "r" } });
  });
});
