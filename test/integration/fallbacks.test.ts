import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runResult } from "../../src/report/run-result.ts";
import type { RunEvent } from "../../src/schema/event.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

const node = (script: string): string[] => [process.execPath, "-e", script];
const writes = (file: string, text: string): string[] =>
  node(`require("fs").writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(text)})`);
const hangs = 'require("fs").writeFileSync("half.txt", "half"); setInterval(() => 0, 1e6);';

/** Stands in for Claude Code: does what the shell script in its task says. */
const standIn = fileURLToPath(new URL("../fixtures/claude-that-runs-scripts.mjs", import.meta.url));
const scripted = (script: string): string => `[[script:${Buffer.from(script).toString("base64")}]]`;

/** Runs tasks on a repository to the end; tells what happened too. */
async function runOn(repository: TestRepository, input: ExecuteInput) {
  const { runs } = createServices({
    stateFolder: join(repository.scratch, "state"),
    environment: { PARALLELIZATION_CLAUDE: standIn },
  });
  const id = await runs.start({ workspace: repository.root, ...input }, {}, { commandsApproved: true });
  const events: RunEvent[] = [];
  runs.watch(id, (event) => void events.push(event));
  const view = await runs.wait(id, { waitMs: 120_000 });
  return { view, events };
}

describe("programs with a fallback", () => {
  test("that fail are done by it in a fresh folder, and only its work is merged (D1)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const own = node('require("fs").writeFileSync("half.txt", "half"); console.error("no network"); process.exit(3)');
    const stands = 'const fs = require("fs"); const told = JSON.parse(fs.readFileSync(0, "utf8"));';
    const fallback = node(
      `${stands} fs.writeFileSync("told.json", JSON.stringify([told.fallback, told.attempt, told.previousError, fs.existsSync("half.txt")]))`,
    );
    const { view } = await runOn(repository, {
      tasks: [
        { id: "fetch", description: "fetch it", retries: 1, command: own, fallback: { command: fallback } },
        { id: "use", description: "use it", dependsOn: ["fetch"], command: ["cp", "told.json", "used.json"] },
      ],
    });
    expect(view.status).toBe("completed");
    expect(runResult(view).results).toMatchObject([
      { taskId: "fetch", success: true, attempts: 3, fallback: true, filesModified: ["told.json"] },
      { taskId: "use", success: true, attempts: 1 },
    ]);
    const told = JSON.parse((await repository.read("used.json")) ?? "") as unknown[];
    expect(told).toEqual([true, 3, expect.stringContaining("no network"), false]);
    expect(await repository.read("half.txt")).toBeUndefined();
  });

  test("that outlive their time limit are ended and done by it at once, and the others are left alone (D1, D3)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const slow = { description: "never ends", retries: 2, timeoutMinutes: 0.03, command: node(hangs) };
    const { view } = await runOn(repository, {
      executionStrategy: "aggressive",
      maxParallelAgents: 3,
      constraints: { fallbackOnTimeout: true },
      tasks: [
        { id: "saved", ...slow, fallback: { command: writes("saved.txt", "S\n"), timeoutMinutes: 5 } },
        { id: "late", ...slow, retries: 0, fallback: { command: node(hangs) } },
        { id: "other", description: "works", command: writes("other.txt", "O\n") },
      ],
    });
    expect(runResult(view).results).toMatchObject([
      { taskId: "saved", success: true, attempts: 2, fallback: true, filesModified: ["saved.txt"] },
      { taskId: "late", success: false, attempts: 2, fallback: true, partial: true, error: { name: "Timeout" } },
      { taskId: "other", success: true, attempts: 1 },
    ]);
    expect(view.spec.unenforced).toMatchObject([
      { limit: "fallbackOnTimeout", reason: expect.stringContaining("'other'") },
    ]);
    expect(await repository.status()).toEqual(["?? other.txt", "?? saved.txt"]);
  });

  test("are judged by the task's verify command, whoever did the work (D1)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { view } = await runOn(repository, {
      executionStrategy: "aggressive",
      tasks: ["good", "bad"].map((id) => ({
        id,
        description: id,
        verify: ["test", "-s", `${id}.txt`],
        command: writes(`${id}.txt`, ""),
        fallback: { command: writes(`${id}.txt`, id === "good" ? "G\n" : "") },
      })),
    });
    expect(view.tasks.get("good")).toMatchObject({ state: "succeeded", fallback: true });
    expect(view.tasks.get("bad")?.outcome?.error?.name).toBe("VerifyFailed");
    expect(await repository.status()).toEqual(["?? good.txt"]);
  });
});

test("an agent's work falls back to a program, and a program's to an agent (D1)", async () => {
  await using repository = await makeRepository({ "kept.txt": "kept\n" });
  const { view } = await runOn(repository, {
    executor: "claude-code",
    executionStrategy: "aggressive",
    tasks: [
      {
        id: "agent",
        description: scripted("echo x > half.txt; echo 'too hard' >&2; exit 1"),
        fallback: { command: writes("by-program.txt", "P\n") },
      },
      {
        id: "program",
        description: "generate it",
        command: node("process.exit(1)"),
        fallback: { description: scripted("echo A > by-agent.txt") },
      },
    ],
  });
  expect(runResult(view).results).toMatchObject([
    { taskId: "agent", success: true, attempts: 2, fallback: true, filesModified: ["by-program.txt"] },
    { taskId: "program", success: true, attempts: 2, fallback: true, filesModified: ["by-agent.txt"] },
  ]);
  expect(view.tasks.get("agent")?.previousError).toContain("too hard");
  expect(view.status).toBe("completed");
});

test("a delay between starts is kept by real programs, fallbacks included (D1)", async () => {
  await using repository = await makeRepository({ "kept.txt": "kept\n" });
  const { events } = await runOn(repository, {
    executionStrategy: "aggressive",
    maxParallelAgents: 3,
    constraints: { startDelayMs: 150 },
    tasks: [
      { id: "a", description: "a", command: node("process.exit(1)"), fallback: { command: writes("a.txt", "A\n") } },
      { id: "b", description: "b", command: writes("b.txt", "B\n") },
      { id: "c", description: "c", command: writes("c.txt", "C\n") },
    ],
  });
  const order = events.flatMap(({ type }) =>
    type === "task.started" ? ["start"] : type === "delay.elapsed" ? ["delay"] : [],
  );
  expect(order.slice(0, 7)).toEqual(["start", "delay", "start", "delay", "start", "delay", "start"]);
});

test("tasks that cannot bear one another fail together without dragging down the rest, and are done in mode sequential (B12)", async () => {
  await using repository = await makeRepository({ "kept.txt": "kept\n" });
  const shared = join(repository.scratch, "shared");
  const atOnce = join(repository.scratch, "at-once");
  /** Waits until as many are at work as this machine is told of, and fails unless it is the only one. */
  const alone = (id: string): string[] =>
    node(`
      const fs = require("fs");
      const [shared, atOnce] = ${JSON.stringify([shared, atOnce])};
      fs.writeFileSync(shared + "/${id}", "");
      const look = () => {
        const count = fs.readdirSync(shared).length;
        if (count < Number(fs.readFileSync(atOnce, "utf8"))) return setTimeout(look, 5);
        if (count > 1) { console.error("the port is taken"); process.exit(1); }
        fs.writeFileSync("${id}.txt", "${id}\\n");
        fs.rmSync(shared + "/${id}");
      };
      look();
    `);
  const input: ExecuteInput = {
    executionStrategy: "aggressive",
    maxParallelAgents: 3,
    tasks: [
      { id: "a", description: "a", command: alone("a") },
      { id: "b", description: "b", command: alone("b") },
      { id: "c", description: "c", dependsOn: ["a"], command: ["cp", "a.txt", "c.txt"] },
      { id: "d", description: "d", dependsOn: ["c"], command: ["cp", "c.txt", "d.txt"] },
      { id: "e", description: "e", command: writes("e.txt", "e\n") },
      { id: "f", description: "f", dependsOn: ["e"], command: ["cp", "e.txt", "f.txt"] },
    ],
  };
  const tell = async (count: number): Promise<void> => {
    await rm(shared, { recursive: true, force: true });
    await mkdir(shared);
    await writeFile(atOnce, String(count));
  };
  await tell(2);
  const together = await runOn(repository, input);
  const states = Object.fromEntries([...together.view.tasks.values()].map(({ id, state }) => [id, state]));
  expect(states).toEqual({ a: "failed", b: "failed", c: "skipped", d: "skipped", e: "succeeded", f: "succeeded" });
  expect(together.view.status).toBe("partial");
  expect(await repository.status()).toEqual(["?? e.txt", "?? f.txt"]);

  await tell(1);
  const oneByOne = await runOn(repository, { ...input, mode: "sequential" });
  expect(oneByOne.view).toMatchObject({ status: "completed", maxParallel: 1 });
  for (const id of ["a", "c", "d"]) expect(await repository.read(`${id}.txt`)).toBe("a\n");
});
