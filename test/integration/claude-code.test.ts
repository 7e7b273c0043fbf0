import { mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentRig } from "../rig/agent-rig.ts";
import type { AgentRig } from "../rig/agent-rig.ts";
import { CLAUDE_MISSING, claudeBinary } from "../rig/claude-cli.ts";
import { startModelServer } from "../rig/model-server.ts";
import type { ModelServer, Scripts } from "../rig/model-server.ts";

const binary = claudeBinary();
const scripts: Scripts = {
  greeting: ({ cwd }) => [
    { say: "I will write the file.", use: [write(`${cwd}/src/hello.txt`, "hi\n")] },
    { say: "Wrote src/hello.txt." },
  ],
  question: ({ cwd, lastToolResult }) => [
    { use: [{ name: "AskUserQuestion", input: { questions: [whichStore, whichPort] } }] },
    { use: [write(`${cwd}/answers.txt`, lastToolResult)] },
    { say: "Done." },
  ],
  outside: ({ cwd }) => [
    { use: [write(`${cwd}/../stolen.txt`, "x")] },
    { use: [write(`${cwd}/way-out/stolen.txt`, "x")] },
    { use: [{ name: "Read", input: { file_path: "/etc/hostname" } }] },
    { use: [{ name: "Glob", input: { pattern: "/etc/*" } }] },
    { say: "I could not do anything." },
  ],
  commands: () => [
    { use: [{ name: "Bash", input: { command: "echo allowed > made.txt" } }] },
    { use: [{ name: "Bash", input: { command: "rm -rf keep.txt" } }] },
    { say: "No luck." },
  ],
  "echo only": ({ lastToolResult }) => [
    { use: [{ name: "Bash", input: { command: "echo one two" } }] },
    { say: `It said: ${lastToolResult}` },
  ],
  plan: ({ cwd }) => [
    {
      use: [
        { name: "TaskCreate", input: { subject: "a", description: "a" } },
        { name: "TaskCreate", input: { subject: "b", description: "b" } },
      ],
    },
    { use: [{ name: "TaskUpdate", input: { taskId: "1", status: "completed" } }] },
    { use: [write(`${cwd}/b.txt`, "b")] },
    { say: "Half of it." },
  ],
  "no login": () => [{ status: 401 }],
  "rate limit": () => [{ status: 429 }],
  overload: () => [{ status: 529 }],
  breakdown: () => [{ status: 500 }],
  "bad request": () => [{ status: 400 }],
  silence: ({ cwd }) => [{ say: "First part.", use: [write(`${cwd}/part.txt`, "part\n")] }, { hang: true }],
  "long command": () => [{ use: [{ name: "Bash", input: { command: "python3 -c 'import time; time.sleep(600)'" } }] }],
};

const whichStore = {
  question: "Which store?",
  header: "Store",
  multiSelect: false,
  options: [
    { label: "Postgres", description: "a server" },
    { label: "SQLite", description: "a file" },
  ],
};
const whichPort = {
  question: "Which port?",
  header: "Port",
  multiSelect: false,
  options: [
    { label: "8080", description: "" },
    { label: "9090", description: "" },
  ],
};

function write(
  path: string,
  content: string,
): { readonly name: string; readonly input: Readonly<Record<string, unknown>> } {
  return { name: "Write", input: { file_path: path, content } };
}

interface Stage extends AsyncDisposable {
  readonly rig: AgentRig;
  readonly model: ModelServer;
  /** The description of a task that plays a script. */
  play(script: string): { readonly description: string };
}

async function stage(environment: Record<string, string> = {}): Promise<Stage> {
  const model = await startModelServer({ scripts });
  const rig = await agentRig({ binary: binary ?? CLAUDE_MISSING, baseUrl: model.baseUrl, environment });
  return {
    rig,
    model,
    play: (script) => ({ description: `[[script:${script}]] [[cwd:${rig.workspace}]]` }),
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

describe.skipIf(binary === undefined)("a real Claude Code agent", () => {
  it("is found, and its version is told without starting an agent", async () => {
    await using at = await stage();
    expect(await at.rig.executor.probe()).toEqual({ available: true, version: "2.1.329" });
    expect(at.model.requests).toEqual([]);
  });

  it("writes a file in its workspace and tells its progress, summary, tokens and cost (C8, C9)", async () => {
    await using at = await stage();
    const agent = at.rig.start(at.play("greeting"));
    const end = await agent.running.ended;
    expect(end).toEqual({
      success: true,
      partial: false,
      summary: "Wrote src/hello.txt.",
      usage: { tokens: 2100, costUsd: expect.closeTo(0.01, 5), apiCalls: 2 },
    });
    expect(await readFile(join(at.rig.workspace, "src/hello.txt"), "utf8")).toBe("hi\n");
    expect(agent.reports).toContainEqual(expect.objectContaining({ operation: "Writing src/hello.txt" }));
    expect(agent.reports).toContainEqual(expect.objectContaining({ files: ["src/hello.txt"] }));
    expect(await at.rig.marked()).toEqual([]);
  });

  it("gets the prompt, the role, the model and the tools of its own task (C8, C13)", async () => {
    await using at = await stage();
    const task = {
      ...at.play("greeting"),
      role: "reviewer of greetings",
      model: "claude-haiku-4-5",
      tools: ["Read", "Write"],
    };
    const agent = at.rig.start(task, {
      strategy: "aggressive",
      dependencies: [{ taskId: "t0", description: "before", summary: "made the folder", files: ["src"] }],
    });
    await agent.running.ended;
    const request = at.model.requests.find(({ script }) => script === "greeting");
    const system = JSON.stringify(request?.body.system);
    expect(system).toContain("reviewer of greetings");
    expect(request?.body.model).toBe("claude-haiku-4-5");
    expect(request?.toolNames.toSorted()).toEqual(["AskUserQuestion", "Read", "Write"]);
    const prompt = JSON.stringify(request?.body.messages);
    for (const part of ["prove that agents really work", "Way of working: quick", "made the folder"])
      expect(prompt).toContain(part);
  });

  it("pauses for a question, and goes on with the answers, one question after the other", async () => {
    await using at = await stage();
    const agent = at.rig.start(at.play("question"));
    const first = await agent.waitFor("question");
    expect(first).toEqual({
      type: "question",
      questionId: "a1-q1",
      text: "Which store?\n- Postgres: a server\n- SQLite: a file",
      options: ["Postgres", "SQLite"],
      fallback: "Postgres",
    });
    agent.running.answer(first.questionId, "SQLite");
    const second = await agent.waitFor("question", ({ questionId }) => questionId !== first.questionId);
    expect(second).toMatchObject({ text: "Which port?", options: ["8080", "9090"], fallback: "8080" });
    expect(await readdir(at.rig.workspace)).toEqual([]);
    agent.running.answer(second.questionId, "any free one");
    expect((await agent.running.ended).success).toBe(true);
    const answers = await readFile(join(at.rig.workspace, "answers.txt"), "utf8");
    expect(answers).toContain('"Which store?"="SQLite"');
    expect(answers).toContain('"Which port?"="any free one"');
  });

  it("cannot touch anything outside its workspace, also not through a link, and does not succeed by saying so (C8, C12)", async () => {
    await using at = await stage();
    await symlink(join(at.rig.workspace, ".."), join(at.rig.workspace, "way-out"));
    const end = await at.rig.start(at.play("outside")).running.ended;
    expect(end).toMatchObject({
      success: false,
      error: { name: "AgentError", retryable: false, message: expect.stringContaining("Write 2×, Read 1×, Glob 1×") },
    });
    expect(end.error?.options[0]).toContain("tools");
    expect(await readdir(join(at.rig.workspace, ".."))).not.toContain("stolen.txt");
    const answers = at.model.requests.map(({ lastToolResult }) => lastToolResult).slice(1);
    for (const answer of answers) expect(answer).toMatch(/outside your folder|out of your folder/);
    expect(answers).toHaveLength(4);
  });

  it("stays inside its workspace even where a hook of the project allows everything (C8)", async () => {
    await using at = await stage();
    await symlink(join(at.rig.workspace, ".."), join(at.rig.workspace, "way-out"));
    await mkdir(join(at.rig.workspace, ".claude"));
    const allow = { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "allow" } };
    const hook = { matcher: "*", hooks: [{ type: "command", command: `echo '${JSON.stringify(allow)}'` }] };
    const settings = JSON.stringify({ hooks: { PreToolUse: [hook] } });
    await writeFile(join(at.rig.workspace, ".claude/settings.json"), settings);
    const end = await at.rig.start(at.play("outside")).running.ended;
    expect(end.error?.message).toContain("Write 2×, Read 1×, Glob 1×");
    expect(await readdir(join(at.rig.workspace, ".."))).not.toContain("stolen.txt");
  });

  it("runs no commands that are not on its list, and no shell around those that are (C8)", async () => {
    await using at = await stage();
    await writeFile(join(at.rig.workspace, "keep.txt"), "");
    const unlisted = await at.rig.start(at.play("commands")).running.ended;
    expect(unlisted.error?.message).toContain("Bash 2×");
    const listed = await at.rig.start({ ...at.play("commands"), tools: ["Bash(echo *)"] }).running.ended;
    expect(listed.error?.message).toContain("Bash 2×");
    expect(await readdir(at.rig.workspace)).toEqual(["keep.txt"]);
    const allowed = await at.rig.start({ ...at.play("echo only"), tools: ["Bash(echo *)"] }).running.ended;
    expect(allowed).toMatchObject({ success: true, summary: "It said: one two" });
  });

  it("tells percent only from a plan of its own (C9)", async () => {
    await using at = await stage();
    const agent = at.rig.start(at.play("plan"));
    expect((await agent.running.ended).success).toBe(true);
    const percents = agent.reports.flatMap((said) =>
      said.type === "progress" && said.percent !== undefined ? [[said.percent, said.source]] : [],
    );
    expect(percents).toEqual([
      [0, "plan"],
      [50, "plan"],
    ]);
  });

  it.each([
    ["no login", "AuthRequired", false, /log in/],
    ["rate limit", "RateLimited", true, /[Ww]ait until the limit resets/],
    ["overload", "RateLimited", true, /[Ww]ait until the limit resets/],
    ["breakdown", "ApiError", true, /Retry/],
    ["bad request", "ApiError", false, /model/],
  ])(
    "names the failure behind %s, says whether a retry helps, and what a person can do (C12)",
    async (script, name, retryable, advice) => {
      await using at = await stage();
      const end = await at.rig.start(at.play(script)).running.ended;
      expect(end).toMatchObject({ success: false, error: { name, retryable } });
      expect(end.error?.options.join("\n")).toMatch(advice);
    },
  );

  it("needs a login where there is none, and says how to get one (C12)", async () => {
    await using at = await stage({ ANTHROPIC_API_KEY: "", ANTHROPIC_BASE_URL: "" });
    const end = await at.rig.start(at.play("greeting")).running.ended;
    expect(end).toMatchObject({
      success: false,
      error: { name: "AuthRequired", message: expect.stringContaining("Not logged in") },
    });
    expect(end.error?.options[0]).toContain("Run `claude` once");
  });

  it("is stopped at its time limit with what it had done until then, and nothing of it is left (C9)", async () => {
    await using at = await stage();
    const agent = at.rig.start(at.play("silence"));
    await at.model.waitForRequest(({ script, step }) => script === "silence" && step === 1);
    expect((await at.rig.marked()).length).toBeGreaterThan(0);
    agent.running.stop("timeout");
    const end = await agent.running.ended;
    expect(end).toMatchObject({
      success: false,
      partial: true,
      summary: "First part.",
      error: { name: "Timeout", retryable: true },
    });
    expect(end.usage?.tokens).toBeGreaterThan(0);
    expect(await readFile(join(at.rig.workspace, "part.txt"), "utf8")).toBe("part\n");
    expect(await at.rig.marked()).toEqual([]);
  });

  it("is cancelled together with the command it is running (C9)", async () => {
    await using at = await stage();
    const agent = at.rig.start({ ...at.play("long command"), tools: ["Bash"] });
    await agent.waitFor("progress", ({ operation }) => operation?.startsWith("Running python3") === true);
    await expect.poll(async () => (await at.rig.marked()).length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(3);
    agent.running.stop("cancelled");
    expect(await agent.running.ended).toMatchObject({ success: false, partial: true, error: { name: "Cancelled" } });
    expect(await at.rig.marked()).toEqual([]);
  });

  it("can be cancelled while it waits for an answer", async () => {
    await using at = await stage();
    const agent = at.rig.start(at.play("question"));
    await agent.waitFor("question");
    agent.running.stop("cancelled");
    expect(await agent.running.ended).toMatchObject({ error: { name: "Cancelled" } });
    expect(await at.rig.marked()).toEqual([]);
  });

  it("ends within a second when the server shuts down", async () => {
    await using at = await stage();
    const agent = at.rig.start(at.play("silence"));
    await at.model.waitForRequest(({ script, step }) => script === "silence" && step === 1);
    const before = performance.now();
    agent.running.stop("shutdown");
    await agent.running.ended;
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(await at.rig.marked()).toEqual([]);
  });
});
