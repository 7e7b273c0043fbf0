/** Single tasks of the real Claude Code, controlled through the built server; the model is scripted and on loopback. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claudeBinary, cleanClaudeEnvironment } from "../rig/claude-cli.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { startModelServer, type ModelServer } from "../rig/model-server.ts";
import { startServer } from "../rig/server-rig.ts";

const binary = claudeBinary();

const agentEnvironment = (repository: TestRepository, model: ModelServer) =>
  cleanClaudeEnvironment({
    home: join(repository.scratch, "home"),
    baseUrl: model.baseUrl,
    extra: { PARALLELIZATION_CLAUDE: binary ?? "", PARALLELIZATION_STATE_DIR: join(repository.scratch, "state") },
  });

describe.skipIf(binary === undefined)("of three real Claude Code agents", () => {
  test("one is told something while it works, one is skipped, and a failed one is retried (C12)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    let mayStart = false;
    await using model = await startModelServer({
      scripts: {
        told: () => [
          { gate: "told", use: [{ name: "Write", input: { file_path: "told.txt", content: "as told\n" } }] },
          { gate: "end", say: "done as told" },
        ],
        stuck: () => [{ gate: "never", say: "late" }],
        shaky: () =>
          mayStart
            ? [{ use: [{ name: "Write", input: { file_path: "shaky.txt", content: "steady\n" } }] }, { say: "done" }]
            : [{ status: 400 }],
      },
    });
    await using server = await startServer({ cwd: repository.root, env: agentEnvironment(repository, model) });
    const { executionId } = await server.call("execute_parallel_workflow", {
      executor: "claude-code",
      executionStrategy: "aggressive",
      maxParallelAgents: 3,
      waitSeconds: 0,
      tasks: ["told", "stuck", "shaky"].map((id) => ({ id, description: `[[script:${id}]] do your part`, retries: 0 })),
    });
    const control = (given: object) => server.call("control_workflow", { executionId, ...given });
    const states = async (): Promise<Record<string, string>> => {
      const { tasks } = await server.call("aggregate_progress", { executionId });
      return Object.fromEntries((tasks as { id: string; state: string }[]).map(({ id, state }) => [id, state]));
    };
    await model.waitForRequest(({ script }) => script === "told");
    const text = "Name the file after the old route.";
    const steered = await control({ action: "steer", taskId: "told", text });
    expect(steered["did"]).toContain("handed to the agent of 'told'");
    expect(steered["tasks"]).toContainEqual(
      expect.objectContaining({ id: "told", steers: [expect.objectContaining({ text, delivered: true })] }),
    );
    model.release("told");
    const next = await model.waitForRequest(({ script, step }) => script === "told" && step === 1);
    expect(JSON.stringify(next.body.messages?.slice(-2))).toContain(text);
    await model.waitForRequest(({ script }) => script === "stuck");
    expect((await control({ action: "skip", taskId: "stuck" }))["did"]).toMatch(
      /'stuck' (is skipped|was told to end)|told to end/,
    );
    await expect.poll(states, { timeout: 30_000, interval: 100 }).toMatchObject({ shaky: "failed", stuck: "skipped" });
    mayStart = true;
    expect((await control({ action: "retry" }))["did"]).toContain("'shaky' is done again");
    await expect.poll(states, { timeout: 30_000, interval: 100 }).toMatchObject({ shaky: "succeeded" });
    model.release("end");
    const ended = await server.call("aggregate_progress", { executionId, waitSeconds: 60 });
    expect(ended).toMatchObject({ status: "partial", merge: { merged: ["told", "shaky"], applied: true } });
    expect(await repository.read("told.txt")).toBe("as told\n");
    expect(await repository.read("shaky.txt")).toBe("steady\n");
  });
});
