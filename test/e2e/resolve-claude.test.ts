/** A conflict between real Claude Code agents, resolved through the protocol; the model is scripted and on loopback. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claudeBinary, cleanClaudeEnvironment, CLAUDE_MISSING } from "../rig/claude-cli.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { startModelServer, type ModelServer, type Scripts } from "../rig/model-server.ts";
import { startServer } from "../rig/server-rig.ts";

const binary = claudeBinary();
if (binary === undefined) process.stderr.write(`${CLAUDE_MISSING}\n`);

const edit = (from: string, to: string) => ({
  use: [{ name: "Edit", input: { file_path: "shared.txt", old_string: from, new_string: to } }],
});

/** The second agent does what it did, and, when it is told that its task is done again, what goes with the other's work. */
const scripts: Scripts = {
  title: () => [edit("the title\n", "the TITLE\n"), { say: "made the title large" }],
  author: ({ userText }) => {
    const again = userText.includes("# This task is done again") && userText.includes("made the title large");
    const line = again ? "the TITLE\n" : "the title\n";
    return [{ ...edit(line, `${line}by an author\n`), ...(again && { gate: "again" }) }, { say: "named the author" }];
  },
};

const environment = (repository: TestRepository, model: ModelServer) =>
  cleanClaudeEnvironment({
    home: join(repository.scratch, "home"),
    baseUrl: model.baseUrl,
    extra: { PARALLELIZATION_CLAUDE: binary ?? "", PARALLELIZATION_STATE_DIR: join(repository.scratch, "state") },
  });

/** Two agents clash over a line of a file; gives the run, in which the second one's result is held. */
async function clash(server: Awaited<ReturnType<typeof startServer>>): Promise<string> {
  const result = await server.call("execute_parallel_workflow", {
    executor: "claude-code",
    maxParallelAgents: 2,
    waitSeconds: 100,
    tasks: ["title", "author"].map((id) => ({
      id,
      // What other agents are told of a task ends before the marker.
      description: `${"Take your time. ".repeat(20)}[[script:${id}]]`,
    })),
  });
  expect(result).toMatchObject({ status: "partial", merge: { merged: ["title"], held: [{ taskId: "author" }] } });
  return result["executionId"] as string;
}

const both = "first\nthe TITLE\nby an author\nlast\n";
const content = { "shared.txt": "first\nthe title\nlast\n" };

describe.skipIf(binary === undefined)("a conflict between real Claude Code agents", () => {
  test("is resolved by an agent that does the held task again, told what was in its way (C4, C20)", async () => {
    await using repository = await makeRepository(content);
    await using model = await startModelServer({ scripts });
    model.release("again");
    await using server = await startServer({ cwd: repository.root, env: environment(repository, model) });
    const executionId = await clash(server);
    const found = await server.call("detect_conflicts", { executionId });
    expect(found).toMatchObject({ hasConflicts: true, conflicts: [{ id: "c1", tasks: ["title", "author"] }] });
    const choice = { executionId, action: "resolve", conflictId: "c1", option: "sequential-retry" };
    const preview = await server.call("control_workflow", { ...choice, text: "preview" });
    expect(preview).toMatchObject({ preview: { possible: true, taskId: "author" } });
    const resolved = await server.call("control_workflow", choice);
    expect(resolved).toMatchObject({
      status: "completed",
      done: true,
      merge: { merged: ["title", "author"], held: [] },
    });
    expect(await repository.read("shared.txt")).toBe(both);
    expect(await server.call("detect_conflicts", { executionId })).toMatchObject({ hasConflicts: false });
    const undone = await server.call("control_workflow", { executionId, action: "undo" });
    expect(undone["did"]).toContain("restored");
    expect(await repository.read("shared.txt")).toBe(content["shared.txt"]);
  });

  test("is still there when the server is killed in the middle of it, and is then resolved by another (C12, C20)", async () => {
    await using repository = await makeRepository(content);
    await using model = await startModelServer({ scripts });
    const env = environment(repository, model);
    const first = await startServer({ cwd: repository.root, env });
    const executionId = await clash(first);
    const choice = { executionId, action: "resolve", conflictId: "c1", option: "sequential-retry" };
    const lost = first.call("control_workflow", choice).catch((error: unknown) => error);
    await model.waitForRequest(({ gate }) => gate === "again");
    await first.kill("SIGKILL");
    await lost;
    await using second = await startServer({ cwd: repository.root, env });
    const state = await second.call("aggregate_progress", { executionId });
    expect(state).toMatchObject({ status: "partial", merge: { merged: ["title"], held: [{ taskId: "author" }] } });
    expect(await repository.read("shared.txt")).toBe(both.replace("by an author\n", ""));
    model.release("again");
    expect(await second.call("control_workflow", choice)).toMatchObject({ status: "completed", done: true });
    expect(await repository.read("shared.txt")).toBe(both);
  });
});
