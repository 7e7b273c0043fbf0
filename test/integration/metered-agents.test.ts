/** Real Claude Code agents whose calls go through the gateway, to a scripted model on loopback. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runMetrics } from "../../src/report/run-metrics.ts";
import { runText } from "../../src/report/run-text.ts";
import type { RunEvent } from "../../src/schema/event.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices, type Services } from "../../src/services.ts";
import { CLAUDE_MISSING, claudeBinary, cleanClaudeEnvironment } from "../rig/claude-cli.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { startModelServer, type ModelServer, type Scripts } from "../rig/model-server.ts";

const binary = claudeBinary();
if (binary === undefined) process.stderr.write(`${CLAUDE_MISSING}\n`);

const names = ["one", "two", "three"];
const write = (path: string) => ({ use: [{ name: "Write", input: { file_path: path, content: "done\n" } }] });

const writeOrRefuse = (path: string, status?: number) => (status === undefined ? write(path) : { status });

/** Scripts of agents that write two files each, and when each of their calls came. */
function writers(): { readonly scripts: Scripts; readonly arrivals: number[] } {
  const arrivals: number[] = [];
  const scripts = Object.fromEntries(
    names.map((name) => [
      name,
      () => {
        arrivals.push(performance.now());
        return [write(`${name}-a.txt`), write(`${name}-b.txt`), { say: "wrote both" }];
      },
    ]),
  );
  return { scripts, arrivals };
}

function servicesFor(repository: TestRepository, model: ModelServer, extra: Record<string, string> = {}): Services {
  const home = join(repository.scratch, "home");
  const environment = cleanClaudeEnvironment({
    home,
    baseUrl: model.baseUrl,
    extra: { PARALLELIZATION_CLAUDE: binary ?? "", ...extra },
  });
  return createServices({ stateFolder: join(repository.scratch, "state"), environment });
}

const runOf = (repository: TestRepository, more: Partial<ExecuteInput>): ExecuteInput => ({
  executor: "claude-code",
  workspace: repository.root,
  maxParallelAgents: 3,
  tasks: names.map((id) => ({ id, description: `[[script:${id}]] do your part`, estimatedMinutes: 1 })),
  ...more,
});

/** Everything below a folder that is text, in one string. */
async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}

describe.skipIf(binary === undefined)("Claude Code agents behind the gateway", () => {
  test("three agents keep to the limit in every moment, all complete, and their calls are counted (C3, C16)", async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    const { scripts, arrivals } = writers();
    await using model = await startModelServer({ scripts });
    const { runs } = servicesFor(repository, model);
    const constraints = { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 120 } };
    const view = await runs.wait(await runs.start(runOf(repository, { constraints }), {}), { waitMs: 100_000 });
    expect(view.status).toBe("completed");
    expect(view.spec.unenforced).toEqual([]);
    expect(arrivals).toHaveLength(9);
    // 120 a minute are one every 500 ms; what a call takes on its way differs from one to the next.
    const spans = arrivals.slice(4).map((at, index) => at - (arrivals[index] ?? 0));
    expect(Math.min(...spans)).toBeGreaterThan(4 * 500 - 400);
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(8 * 500 - 400);
    const calls = model.requests.filter(({ method, path }) => method === "POST" && path === "/v1/messages").length;
    expect(runMetrics(view)).toMatchObject({ apiCalls: calls });
    expect(runMetrics(view).throttledMs).toBeGreaterThan(1_000);
    for (const { usage } of view.tasks.values()) expect(usage).toMatchObject({ apiCalls: 3, tokens: 3_150 });
    expect(runText(view)).toContain(`limits: 120 requests a minute (anthropic): ${calls} calls, waited`);
    for (const name of names) expect(await repository.read(`${name}-b.txt`)).toBe("done\n");
    await runs.shutdown();
    // Neither a key nor an agent's secret address is kept anywhere.
    const kept = await everythingIn(join(repository.scratch, "state"));
    expect(kept).not.toContain("not-a-real-key");
    expect(kept).not.toMatch(/127\.0\.0\.1:\d+/);
  });

  test("a budget that is used up pauses the run with its agents; resumed, all of them end their work (D6)", async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    const { scripts, arrivals } = writers();
    await using model = await startModelServer({ scripts });
    const { runs } = servicesFor(repository, model);
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void events.push(event);
    const input = runOf(repository, { constraints: { budget: { maxTokens: 5_000 } }, maxParallelAgents: 2 });
    const executionId = await runs.start(input, {}, { onEvent });
    const paused = await runs.wait(executionId, { waitMs: 60_000 });
    expect(paused.status).toBe("paused");
    expect(paused.paused).toMatchObject({ by: "budget", reason: expect.stringContaining("of 5000 tokens") });
    expect(runText(paused)).toMatch(/PAUSED[^]*resume, with as much budget again:[^]*"resume"/);
    const before = arrivals.length;
    expect(before).toBe(5);
    await runs.resume(executionId);
    const view = await runs.wait(executionId, { waitMs: 60_000 });
    expect(view.status).toBe("completed");
    expect(arrivals).toHaveLength(9);
    const [warned, stopped, goesOn] = ["limit.warned", "run.paused", "run.resumed"].map((type) =>
      events.findIndex((event) => event.type === type),
    );
    expect([warned, stopped, goesOn].every((index) => index !== undefined && index >= 0)).toBe(true);
    expect(warned).toBeLessThan(stopped ?? 0);
    expect(stopped).toBeLessThan(goesOn ?? 0);
    for (const name of names) expect(await repository.read(`${name}-b.txt`)).toBe("done\n");
    await runs.shutdown();
  });

  test("an agent whose task has used up a budget of its own is ended and its files are kept; the others end their work (C3, D6)", async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    const { scripts } = writers();
    await using model = await startModelServer({ scripts });
    const { runs } = servicesFor(repository, model);
    const input = runOf(repository, { executionStrategy: "aggressive" });
    const tasks = input.tasks?.map((task) => (task.id === "one" ? { ...task, budget: { maxTokens: 2_000 } } : task));
    const view = await runs.wait(await runs.start({ ...input, ...(tasks && { tasks }) }, {}), { waitMs: 100_000 });
    await runs.shutdown();
    expect(view.status).toBe("partial");
    expect(view.spec.unenforced).toEqual([]);
    const one = view.tasks.get("one");
    expect(one?.outcome).toMatchObject({
      partial: true,
      error: {
        name: "BudgetExceeded",
        message: "it used 2100 tokens and its budget allows 2000; what it had done until then is kept",
      },
      usage: { apiCalls: 2, tokens: 2_100 },
    });
    expect(one?.changes.map(({ file }) => file)).toContain("one-a.txt");
    for (const name of ["two", "three"]) expect(await repository.read(`${name}-b.txt`)).toBe("done\n");
    // What each agent has cost is told with its result.
    const costs = names.map((name) => view.tasks.get(name)?.usage?.costUsd ?? 0);
    expect(Math.min(...costs)).toBeGreaterThan(0);
  });

  test("when the provider refuses a call every agent waits as long as it asks, and the work is done (C16)", async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    const { scripts, arrivals } = writers();
    const refusing: Scripts = {
      ...scripts,
      two: (context) => {
        arrivals.push(performance.now());
        const first = context.attempt === 0 ? { status: 429, headers: { "retry-after": "2" } } : write("two-a.txt");
        return [first, write("two-b.txt"), { say: "wrote both" }];
      },
    };
    await using model = await startModelServer({ scripts: refusing });
    const { runs } = servicesFor(repository, model, { CLAUDE_CODE_MAX_RETRIES: "5" });
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void events.push(event);
    const constraints = { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 600 } };
    const view = await runs.wait(await runs.start(runOf(repository, { constraints }), {}, { onEvent }), {
      waitMs: 100_000,
    });
    expect(view.status).toBe("completed");
    const refused = events.filter((event) => event.type === "limit.enforced");
    expect(refused).toMatchObject([{ taskId: "two", action: expect.stringContaining("wait 2 s") }]);
    const gaps = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(1_900);
    await runs.shutdown();
  });
});

describe.skipIf(binary === undefined)("Claude Code agents whose calls cannot be led through the gateway", () => {
  test("start no faster than the limit, a refusal that one reports holds up all, and the run says that this is weaker (C3, C16)", async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    const firstCalls = new Map<string, number>();
    const script =
      (name: string, ...first: Parameters<typeof writeOrRefuse>) =>
      ({ attempt }: { readonly attempt: number }) => {
        if (!firstCalls.has(name)) firstCalls.set(name, performance.now());
        return [attempt === 0 ? writeOrRefuse(...first) : write(`${name}.txt`), { say: "wrote it" }];
      };
    await using model = await startModelServer({
      scripts: {
        one: script("one", "one.txt", 429),
        two: script("two", "two.txt"),
        three: script("three", "three.txt"),
      },
    });
    const { runs } = servicesFor(repository, model, { CLAUDE_CODE_MAX_RETRIES: "3", OPENAI_BASE_URL: "nowhere" });
    const events: RunEvent[] = [];
    const constraints = { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 20 } };
    const id = await runs.start(
      runOf(repository, { constraints }),
      {},
      { onEvent: (event) => void events.push(event) },
    );
    const view = await runs.wait(id, { waitMs: 100_000 });
    await runs.shutdown();
    expect(view.status).toBe("completed");
    expect(view.spec.unenforced).toMatchObject([
      {
        limit: "apiRateLimit.maxRequestsPerMinute",
        reason: expect.stringMatching(/weaker: OPENAI_BASE_URL is no http/),
      },
    ]);
    expect(events.filter((event) => event.type === "limit.enforced")).toMatchObject([
      { taskId: "one", action: expect.stringContaining("the provider refused a call; all agents wait") },
    ]);
    const starts = [...firstCalls.values()].toSorted((left, right) => left - right);
    // 20 a minute are one every 3 s; how long an agent takes to its first call differs.
    expect((starts[2] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(2 * 3_000 - 2_000);
    expect(runMetrics(view).throttledMs).toBeGreaterThan(3_000);
  });
});

describe("a program as an agent", () => {
  test("is told the gateway's address, its calls are counted, and the run says that it may go past (C16)", async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    await using model = await startModelServer({ scripts: {} });
    const { runs } = servicesFor(repository, model, { PARALLELIZATION_ALLOW_COMMANDS: "*" });
    const call = [
      "const url = `${process.env.ANTHROPIC_BASE_URL}/v1/messages`;",
      'const answer = await fetch(url, { method: "POST", body: "{}" });',
      "if (!answer.ok) process.exit(1);",
    ].join(" ");
    const command = [process.execPath, "--input-type=module", "-e", call];
    const constraints = { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 600 } };
    const tasks = ["a", "b"].map((id) => ({ id, description: "calls a model", command }));
    const input: ExecuteInput = { workspace: repository.root, executor: "command", tasks, constraints };
    const view = await runs.wait(await runs.start(input, {}), { waitMs: 60_000 });
    expect(view.status).toBe("completed");
    for (const { usage } of view.tasks.values()) expect(usage).toMatchObject({ apiCalls: 1, tokens: 1_050 });
    expect(view.spec.unenforced).toMatchObject([
      { limit: "apiRateLimit.maxRequestsPerMinute", reason: expect.stringContaining("may ignore it") },
    ]);
    await runs.shutdown();
  });
});

describe("a paused run", () => {
  test("is paused and resumed by another process as well", async () => {
    await using repository = await makeRepository({ "readme.md": "# Project\n" });
    await using model = await startModelServer({ scripts: {} });
    const environment = { PARALLELIZATION_ALLOW_COMMANDS: "*" };
    const owner = servicesFor(repository, model, environment).runs;
    const other = servicesFor(repository, model, environment).runs;
    const signal = join(repository.scratch, "go-on");
    const waits = "const look = () => require('fs').existsSync(process.argv[1]) || setTimeout(look, 20); look();";
    const tasks = [
      { id: "first", description: "waits", command: [process.execPath, "-e", waits, signal] },
      { id: "second", description: "follows", command: [process.execPath, "-e", "0"], dependsOn: ["first"] },
    ];
    const executionId = await owner.start({ workspace: repository.root, executor: "command", tasks }, {});
    const often = { timeout: 30_000, interval: 50 };
    const first = (): Promise<string | undefined> =>
      owner.view(executionId).then(({ tasks: all }) => all.get("first")?.state);
    const status = (): Promise<string> => owner.view(executionId).then((view) => view.status);
    await expect.poll(first, often).toBe("running");
    await other.pause(executionId, "lunch");
    await expect.poll(status, often).toBe("paused");
    expect((await owner.view(executionId)).paused).toEqual({ by: "person", reason: "lunch" });
    await writeFile(signal, "");
    await expect.poll(first, often).toBe("succeeded");
    expect((await owner.view(executionId)).tasks.get("second")?.state).toBe("waiting");
    await other.resume(executionId);
    await expect.poll(status, often).not.toBe("paused");
    const view = await owner.wait(executionId, { waitMs: 30_000 });
    expect(view.status).toBe("completed");
    await expect(other.resume(executionId)).rejects.toThrow("has ended");
    await owner.shutdown();
  });
});
