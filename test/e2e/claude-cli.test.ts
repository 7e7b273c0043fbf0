import { mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  CLAUDE_MISSING,
  claudeBinary,
  cleanClaudeEnvironment,
  inPrivateNetwork,
  startClaude,
  type ClaudeMessage,
  type ClaudeProcess,
} from "../rig/claude-cli.ts";
import { startModelServer, type ModelServer, type Scripts } from "../rig/model-server.ts";

const TIMEOUT_MS = 90_000;
const FLAGS = ["--setting-sources", "", "--strict-mcp-config", "--tools", "Read,Write,Edit"];
const STREAM = ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"];

const scripts: Scripts = {
  greet: ({ cwd }) => [
    {
      say: "I will write the file.",
      use: [{ name: "Write", input: { file_path: `${cwd}/hello.txt`, content: "hi\n" } }],
    },
    { say: "wrote hello.txt" },
  ],
  locked: () => [{ status: 401 }],
  overloaded: ({ attempt }) => [attempt === 0 ? { status: 529 } : { say: "recovered" }],
  first: () => [{ gate: "first", say: "first" }],
  second: () => [{ gate: "second", say: "second" }],
  halfway: ({ cwd }) => [
    { use: [{ name: "Write", input: { file_path: `${cwd}/half.txt`, content: "half\n" } }] },
    { gate: "halfway", say: "second half" },
    { say: "too far" },
  ],
  silent: () => [{ hang: true }],
};

interface Place extends AsyncDisposable {
  readonly home: string;
  readonly cwd: string;
}

async function temporaryPlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), "claude-cli-"));
  const place = { home: join(root, "home"), cwd: join(root, "work") };
  await mkdir(place.home);
  await mkdir(place.cwd);
  return { ...place, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }) };
}

function start(
  place: Place,
  model: ModelServer,
  args: readonly string[],
  extra: Record<string, string> = {},
): ClaudeProcess {
  const env = cleanClaudeEnvironment({ home: place.home, baseUrl: model.baseUrl, extra });
  return startClaude({ command: [claudeBinary() ?? CLAUDE_MISSING, ...args, ...FLAGS], cwd: place.cwd, env });
}

function prompt(text: string): ClaudeMessage {
  return { type: "user", message: { role: "user", content: text }, parent_tool_use_id: null, session_id: "" };
}

function ofType(type: string): (message: ClaudeMessage) => boolean {
  return (message) => message["type"] === type;
}

async function answerPermission(claude: ClaudeProcess, response: object): Promise<ClaudeMessage> {
  const request = await claude.waitForMessage(ofType("control_request"));
  claude.send({
    type: "control_response",
    response: { subtype: "success", request_id: request["request_id"], response },
  });
  return request;
}

describe("the real Claude Code against a scripted model", { timeout: TIMEOUT_MS }, () => {
  // Reporters that leave skipped tests out leave their reason out as well.
  beforeAll(() => void (claudeBinary() ?? console.warn(`skipped: ${CLAUDE_MISSING}`)));
  beforeEach((context) => context.skip(claudeBinary() === undefined, CLAUDE_MISSING));

  it("writes a file in one-shot mode", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    const args = [
      "-p",
      `[[script:greet]] [[cwd:${place.cwd}]]`,
      "--output-format",
      "json",
      "--permission-mode",
      "acceptEdits",
    ];
    await using claude = start(place, model, args);
    claude.endInput();

    expect(await claude.exit).toEqual({ code: 0, signal: null, stderr: "" });
    expect(claude.messages.at(-1)).toMatchObject({ type: "result", is_error: false, result: "wrote hello.txt" });
    expect(await readFile(join(place.cwd, "hello.txt"), "utf8")).toBe("hi\n");
    expect(model.requests.map(({ path, script, step }) => ({ path, script, step }))).toEqual([
      { path: "/v1/messages", script: "greet", step: 0 },
      { path: "/v1/messages", script: "greet", step: 1 },
    ]);
    expect(model.requests[0]?.toolNames).toContain("Write");
    expect(model.requests[0]?.userAgent).toContain("2.1.329");
  });

  it("asks before it writes, and writes once it is allowed to", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    await using claude = start(place, model, [...STREAM, "--permission-prompt-tool", "stdio"]);
    claude.send(prompt(`[[script:greet]] [[cwd:${place.cwd}]]`));
    const input = { file_path: join(place.cwd, "hello.txt"), content: "hi\n" };
    const request = await answerPermission(claude, { behavior: "allow", updatedInput: input });
    const result = await claude.waitForMessage(ofType("result"));
    claude.endInput();

    expect(request["request"]).toMatchObject({ subtype: "can_use_tool", tool_name: "Write", input });
    expect(result).toMatchObject({ subtype: "success", is_error: false, permission_denials: [] });
    expect(await readFile(input.file_path, "utf8")).toBe("hi\n");
    expect(await claude.exit).toMatchObject({ code: 0 });
  });

  it("writes nothing when refused, and tells the model why", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    await using claude = start(place, model, [...STREAM, "--permission-prompt-tool", "stdio"]);
    claude.send(prompt(`[[script:greet]] [[cwd:${place.cwd}]]`));
    await answerPermission(claude, { behavior: "deny", message: "hello.txt belongs to another task" });
    const result = await claude.waitForMessage(ofType("result"));

    expect(result).toMatchObject({ is_error: false, permission_denials: [{ tool_name: "Write" }] });
    expect(model.requests.at(-1)?.lastToolResult).toBe("hello.txt belongs to another task");
    expect(await readdir(place.cwd)).toEqual([]);
  });

  it("reports a rejected key as an error result with its status", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    await using claude = start(place, model, STREAM);
    claude.send(prompt("[[script:locked]]"));
    const result = await claude.waitForMessage(ofType("result"));
    claude.endInput();

    expect(result).toMatchObject({ is_error: true, api_error_status: 401, terminal_reason: "api_error" });
    expect(await claude.exit).toMatchObject({ code: 1 });
  });

  it("tries again when the model is overloaded", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    await using claude = start(place, model, STREAM, { CLAUDE_CODE_MAX_RETRIES: "1" });
    claude.send(prompt("[[script:overloaded]]"));
    const result = await claude.waitForMessage(ofType("result"));

    expect(result).toMatchObject({ is_error: false, result: "recovered" });
    expect(claude.messages).toContainEqual(
      expect.objectContaining({ subtype: "api_retry", error_status: 529, attempt: 1 }),
    );
    expect(model.requests.map(({ attempt }) => attempt)).toEqual([0, 1]);
  });

  it("lets a test decide which of two agents gets its answer first", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    await using one = start(place, model, STREAM);
    await using two = start(place, model, STREAM);
    one.send(prompt("[[script:first]]"));
    two.send(prompt("[[script:second]]"));
    await model.waitForRequest((request) => request.gate === "first");
    await model.waitForRequest((request) => request.gate === "second");

    model.release("second");
    expect(await two.waitForMessage(ofType("result"))).toMatchObject({ result: "second" });
    expect(one.messages.some(ofType("result"))).toBe(false);
    model.release("first");
    expect(await one.waitForMessage(ofType("result"))).toMatchObject({ result: "first" });
  });

  it("takes a resumed session up where its transcript stands", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    const session = ["--session-id", "00000000-0000-4000-8000-000000000001", "--permission-mode", "acceptEdits"];
    await using ended = start(place, model, [...STREAM, ...session]);
    ended.send(prompt(`[[script:halfway]] [[cwd:${place.cwd}]]`));
    await model.waitForRequest(({ gate }) => gate === "halfway");
    // Not SIGKILL: the program writes its transcript a little behind, and would lose the end of it.
    process.kill(ended.pid, "SIGTERM");
    expect(await ended.exit).toMatchObject({ code: 143 });

    model.release("halfway");
    await using resumed = start(place, model, [...STREAM, "--resume", session[1] ?? ""]);
    resumed.send(prompt("Go on."));
    expect(await resumed.waitForMessage(ofType("result"))).toMatchObject({ is_error: false, result: "second half" });
  });

  it("stops waiting for a silent model when it is interrupted", async () => {
    await using place = await temporaryPlace();
    await using model = await startModelServer({ scripts });
    await using claude = start(place, model, STREAM);
    claude.send(prompt("[[script:silent]]"));
    await model.waitForRequest((request) => request.script === "silent");
    claude.send({ type: "control_request", request_id: "stop", request: { subtype: "interrupt" } });

    expect(await claude.waitForMessage(ofType("result"))).toMatchObject({
      subtype: "error_during_execution",
      terminal_reason: "aborted_streaming",
    });
  });
});

describe("the scripted model", () => {
  const body = (text: string, more: object = {}): RequestInit => ({
    method: "POST",
    body: JSON.stringify({
      model: "m",
      messages: [{ role: "user", content: text }],
      tools: [{ name: "Write" }],
      ...more,
    }),
  });

  it("answers whole messages, token counts and probes", async () => {
    await using model = await startModelServer({ scripts });
    const whole = await fetch(`${model.baseUrl}/v1/messages`, body("[[script:greet]] [[cwd:/w]]"));
    const count = await fetch(`${model.baseUrl}/v1/messages/count_tokens`, body("hi"));
    const probe = await fetch(model.baseUrl, { method: "HEAD" });

    expect(await whole.json()).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "text" }, { type: "tool_use", name: "Write", input: { file_path: "/w/hello.txt" } }],
    });
    expect(await count.json()).toEqual({ input_tokens: 1000 });
    expect(probe.status).toBe(200);
  });

  it.each([
    ["without a marker", "hi", {}],
    ["with a name no script has", "[[script:nobody]]", {}],
    ["for a side request, which offers no tools", "name this: [[script:greet]]", { tools: [] }],
    [
      "past the last step",
      "[[script:locked]]",
      {
        messages: [
          { role: "user", content: "[[script:locked]]" },
          { role: "assistant", content: "a" },
        ],
      },
    ],
  ])('says "ok" %s', async (_case, text, more) => {
    await using model = await startModelServer({ scripts });
    const answer = await fetch(`${model.baseUrl}/v1/messages`, body(text, more));
    expect(await answer.json()).toMatchObject({ stop_reason: "end_turn", content: [{ type: "text", text: "ok" }] });
  });

  it("says what came instead when an awaited request does not come", async () => {
    await using model = await startModelServer({ scripts });
    await fetch(`${model.baseUrl}/v1/messages`, body("[[script:greet]]"));
    await expect(model.waitForRequest(({ script }) => script === "locked", 10)).rejects.toThrow(
      "POST /v1/messages greet#0.0",
    );
  });
});

describe("the private network", () => {
  it("is private where scripts/private-network.mjs says so", (context) => {
    const promised = process.env["PARALLELIZATION_PRIVATE_NETWORK"];
    context.skip(promised !== "yes", "not started by scripts/private-network.mjs on a machine that allows it");
    expect(inPrivateNetwork()).toBe(true);
  });
});
