/**
 * The main job with the real Claude Code on both sides: as the client that calls the built server, as the agents that
 * the server starts, and both at once. The model is scripted and on loopback.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { claudeBinary, cleanClaudeEnvironment, startClaude, CLAUDE_MISSING } from "../rig/claude-cli.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { startModelServer, type ModelServer, type Scripts } from "../rig/model-server.ts";
import { startServer } from "../rig/server-rig.ts";

const binary = claudeBinary();
if (binary === undefined) process.stderr.write(`${CLAUDE_MISSING}\n`);

const numbered = (count: number) => Array.from({ length: count }, (_, line) => `line ${line + 1}\n`).join("");
const editLine = (line: number, text: string) => ({
  name: "Edit",
  input: { file_path: "shared.txt", old_string: `line ${line}\n`, new_string: `${text}\n` },
});

const agentScripts: Scripts = {
  readme: () => [
    { use: [{ name: "Write", input: { file_path: "docs/guide.md", content: "# Guide\n" } }] },
    { say: "wrote the guide" },
  ],
  top: () => [{ use: [editLine(2, "line 2 by top")] }, { say: "changed the top" }],
  bottom: () => [{ use: [editLine(19, "line 19 by bottom")] }, { say: "changed the bottom" }],
  topToo: () => [{ use: [editLine(2, "line 2 by topToo")] }, { say: "changed the top too" }],
  onTop: () => [
    { use: [{ name: "Write", input: { file_path: "on-top.txt", content: "built on it\n" } }] },
    { say: "built" },
  ],
};

/** A repository in the middle of somebody's work. */
async function busyRepository(): Promise<TestRepository> {
  const repository = await makeRepository({
    "shared.txt": numbered(20),
    "mine.txt": "committed\n",
    ".gitignore": ".env\n",
  });
  await repository.write({
    "mine.txt": "being changed by me\n",
    "untracked.txt": "not yet added\n",
    ".env": "SECRET=1\n",
  });
  return repository;
}

const agentEnvironment = (repository: TestRepository, model: ModelServer) =>
  cleanClaudeEnvironment({
    home: join(repository.scratch, "home"),
    baseUrl: model.baseUrl,
    extra: { PARALLELIZATION_CLAUDE: binary ?? "", PARALLELIZATION_STATE_DIR: join(repository.scratch, "state") },
  });

/** Agents are told how their dependencies' descriptions begin: a marker far behind is in the task's own prompt alone. */
const markedAtTheEnd = (description: string): string => `${"Take your time. ".repeat(20)}${description}`;

/** Processes of this machine whose environment carries the mark of a run. */
function processesOf(executionId: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`PARALLELIZATION_RUN=${executionId}`);
    } catch (error) {
      if (error instanceof Error && "code" in error) return false;
      throw error;
    }
  });
}

describe.skipIf(binary === undefined)("with real Claude Code agents", () => {
  test("three agents work side by side and all is merged around the user's own changes (C1, C4, C8, C19, C22)", async () => {
    await using repository = await busyRepository();
    await using model = await startModelServer({ scripts: agentScripts });
    await using server = await startServer({ cwd: repository.root, env: agentEnvironment(repository, model) });
    const index = await repository.git("ls-files", "--stage");
    const head = await repository.git("rev-parse", "HEAD");
    const result = await server.call("execute_parallel_workflow", {
      executor: "claude-code",
      maxParallelAgents: 3,
      waitSeconds: 100,
      tasks: ["readme", "top", "bottom"].map((id) => ({ id, description: `[[script:${id}]] do your part` })),
    });
    expect(result).toMatchObject({ status: "completed", success: true, merge: { status: "merged", applied: true } });
    expect(result["metrics"]).toMatchObject({ totalTasks: 3, failureCount: 0, maxParallel: 3 });
    expect(await repository.read("docs/guide.md")).toBe("# Guide\n");
    expect(await repository.read("shared.txt")).toBe(
      numbered(20).replace("line 2\n", "line 2 by top\n").replace("line 19\n", "line 19 by bottom\n"),
    );
    expect(await repository.read("mine.txt")).toBe("being changed by me\n");
    expect(await repository.read("untracked.txt")).toBe("not yet added\n");
    expect(await repository.git("ls-files", "--stage")).toBe(index);
    expect(await repository.git("rev-parse", "HEAD")).toBe(head);
    expect(processesOf(result["executionId"] as string)).toEqual([]);
    const top = (result["results"] as { taskId: string }[]).find(({ taskId }) => taskId === "top");
    expect(top).toMatchObject({
      filesModified: ["shared.txt"],
      changes: [{ type: "modify", hunks: [{ newStart: 2 }] }],
    });
  });

  test("of two agents on the same line one is merged and one held, with all that builds on it (C4, C19)", async () => {
    await using repository = await busyRepository();
    await using model = await startModelServer({ scripts: agentScripts });
    await using server = await startServer({ cwd: repository.root, env: agentEnvironment(repository, model) });
    const result = await server.call("execute_parallel_workflow", {
      executor: "claude-code",
      maxParallelAgents: 3,
      waitSeconds: 100,
      tasks: [
        { id: "top", description: "[[script:top]] change the top" },
        { id: "topToo", description: "[[script:topToo]] change the top as well" },
        { id: "onTop", description: "[[script:onTop]] build on it", dependsOn: ["topToo"] },
        { id: "readme", description: "[[script:readme]] write the guide", dependsOn: ["top"] },
      ].map((task) => ({ ...task, description: markedAtTheEnd(task.description) })),
    });
    expect(result).toMatchObject({ status: "partial", success: false });
    expect(result["merge"]).toMatchObject({
      merged: ["top", "readme"],
      held: [{ taskId: "topToo" }, { taskId: "onTop" }],
    });
    expect(result["conflicts"]).toMatchObject([
      { type: "file-level", tasks: ["top", "topToo"], affectedResources: ["shared.txt"] },
    ]);
    expect(await repository.read("shared.txt")).toContain("line 2 by top\n");
    expect(await repository.read("on-top.txt")).toBeUndefined();
    expect(await repository.read("docs/guide.md")).toBe("# Guide\n");
    expect(await repository.read("mine.txt")).toBe("being changed by me\n");
    const undone = await server.call("control_workflow", { executionId: result["executionId"], action: "undo" });
    expect(undone["did"]).toContain("restored");
    expect(await repository.read("shared.txt")).toBe(numbered(20));
    expect(await repository.read("docs/guide.md")).toBeUndefined();
  });

  test("agents end within a second when the server is killed, and the run can still be read (C9, C12)", async () => {
    await using repository = await busyRepository();
    await using model = await startModelServer({ scripts: { stuck: () => [{ gate: "never", say: "late" }] } });
    const env = agentEnvironment(repository, model);
    await using server = await startServer({ cwd: repository.root, env });
    const started = await server.call("execute_parallel_workflow", {
      executor: "claude-code",
      waitSeconds: 0,
      tasks: ["a", "b"].map((id) => ({ id, description: "[[script:stuck]] wait" })),
    });
    const executionId = started["executionId"] as string;
    await model.waitForRequest((request) => request.script === "stuck");
    expect(processesOf(executionId).length).toBeGreaterThan(0);
    await server.kill("SIGKILL");
    await expect.poll(() => processesOf(executionId), { timeout: 1_000 }).toEqual([]);
    await using next = await startServer({ cwd: repository.root, env });
    const view = await next.call("aggregate_progress", { executionId });
    expect(view["status"]).toBe("interrupted");
    expect(await repository.status()).toEqual([" M mine.txt", "?? untracked.txt"]);
  });

  test("an agent that is not logged in says what to do (C12)", async () => {
    await using repository = await busyRepository();
    await using model = await startModelServer({ scripts: { locked: () => [{ status: 401 }] } });
    await using server = await startServer({ cwd: repository.root, env: agentEnvironment(repository, model) });
    const result = await server.call("execute_parallel_workflow", {
      executor: "claude-code",
      waitSeconds: 60,
      tasks: [{ id: "a", description: "[[script:locked]] try" }],
    });
    expect(result["status"]).toBe("failed");
    expect((result["results"] as { error: unknown }[])[0]?.error).toMatchObject({
      name: "AuthRequired",
      retryable: false,
    });
  });
});

describe.skipIf(binary === undefined)("called from a chat in the real Claude Code", () => {
  /** A chat in which the model analyses, executes, and ends. */
  const chat = (executor: string, tasks: readonly object[]): Scripts => ({
    chat: ({ lastToolResult }) => [
      {
        use: [
          {
            name: "mcp__parallelization__analyze_task_parallelizability",
            input: { taskDescription: "Improve it", subtasks: tasks },
          },
        ],
      },
      {
        use: [
          {
            name: "mcp__parallelization__execute_parallel_workflow",
            input: { planId: planIdIn(lastToolResult), executor, executionStrategy: "aggressive" },
          },
        ],
      },
      { say: `finished: ${lastToolResult.slice(0, 20)}` },
    ],
    ...agentScripts,
  });

  const planIdIn = (text: string): string => /"planId":"([^"]+)"/.exec(text)?.[1] ?? "no plan in the answer";

  async function converse(repository: TestRepository, model: ModelServer): Promise<void> {
    const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
    const example = JSON.parse(readFileSync(new URL("../../mcp.json.example", import.meta.url), "utf8")) as {
      mcpServers: { parallelization: { args: string[] } };
    };
    example.mcpServers.parallelization.args = [main];
    await repository.write({ "../scratch-mcp.json": JSON.stringify(example) });
    await using claude = startClaude({
      command: [
        binary ?? "",
        "-p",
        "[[script:chat]] Do these things at once.",
        "--output-format",
        "stream-json",
        "--verbose",
        "--mcp-config",
        join(repository.root, "../scratch-mcp.json"),
        "--strict-mcp-config",
        "--allowedTools=mcp__parallelization__analyze_task_parallelizability,mcp__parallelization__execute_parallel_workflow",
      ],
      cwd: repository.root,
      env: agentEnvironment(repository, model),
    });
    claude.endInput();
    const { code } = await claude.exit;
    expect(code).toBe(0);
  }

  /** What the model got back from the last tool call. */
  const lastAnswer = (model: ModelServer): Record<string, unknown> => {
    const last = model.requests.findLast((request) => request.script === "chat");
    return JSON.parse(last?.lastToolResult ?? "{}") as Record<string, unknown>;
  };

  test("the model analyses, executes with simulated agents, and sees the results (P1, P6, C5)", async () => {
    await using repository = await busyRepository();
    const tasks = [
      { id: "a", description: "do a", simulate: { minutes: 5 } },
      { id: "b", description: "do b", simulate: { minutes: 5 } },
      { id: "c", description: "do c", dependsOn: ["a", "b"], simulate: { minutes: 5 } },
    ];
    await using model = await startModelServer({ scripts: chat("simulated", tasks) });
    await converse(repository, model);
    expect(lastAnswer(model)).toMatchObject({
      status: "completed",
      simulated: true,
      metrics: { totalTasks: 3, phases: 2 },
    });
    expect(await repository.status()).toEqual([" M mine.txt", "?? untracked.txt"]);
  });

  test("one sentence in the chat becomes merged work of real agents in the person's repository (P1, P6, C5, C22)", async () => {
    await using repository = await busyRepository();
    const tasks = ["readme", "top", "bottom"].map((id) => ({ id, description: `[[script:${id}]] do your part` }));
    await using model = await startModelServer({ scripts: chat("claude-code", tasks) });
    await converse(repository, model);
    expect(lastAnswer(model)).toMatchObject({ status: "completed", success: true, merge: { applied: true } });
    expect(await repository.read("docs/guide.md")).toBe("# Guide\n");
    expect(await repository.read("shared.txt")).toContain("line 19 by bottom\n");
    expect(await repository.read("mine.txt")).toBe("being changed by me\n");
  });
});
