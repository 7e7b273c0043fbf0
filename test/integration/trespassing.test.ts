import { mkdtemp, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Attempt } from "../../src/engines/coordination/attempts/attempt.ts";
import { gitWorkspaces } from "../../src/engines/coordination/repository/git-workspaces.ts";
import { quarantined, withMeanwhile, withQuarantine } from "../../src/engines/coordination/repository/quarantine.ts";
import type { RunCalls } from "../../src/engines/coordination/calls/run-calls.ts";
import type { RunWorld } from "../../src/engines/coordination/run-world.ts";
import type { AgentAssignment, AgentReport } from "../../src/engines/execution/executor.ts";
import { openIsolation } from "../../src/engines/isolation/isolation.ts";
import { applyEvent, startView } from "../../src/engines/progress/run-view.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import type { EventBody, EventOf } from "../../src/schema/event.ts";
import { createServices } from "../../src/services.ts";
import { memoryLocks, standingClock } from "../rig/apply-rig.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { plannedRun } from "../rig/planned-run.ts";

type Work = (assignment: AgentAssignment, report: (said: AgentReport) => void) => Promise<void>;

/** A run whose agents nothing keeps apart, one attempt of which is made by hand. */
async function openRun(repository: TestRepository, ids: readonly string[]) {
  const { scratch } = repository;
  const files = nodeFiles();
  const git = gitCli({ homeFolder: join(scratch, "home") });
  const folders = {
    homeFolder: join(scratch, "home"),
    stateFolder: join(scratch, "state"),
    cacheFolder: join(scratch, "cache"),
    userGitConfigFolder: join(scratch, "home/.config/git"),
  };
  const isolation = openIsolation({ files, git, ...folders });
  const tasks = ids.map((id) => ({ id, executorKind: "command" }));
  const spec = plannedRun(tasks, { executionId: "run-1", workspace: repository.root, isolated: true });
  const world = { files, git, clock: standingClock, isolation, locks: memoryLocks(), stateFolder: folders.stateFolder };
  const workspaces = await gitWorkspaces(world, spec);
  await workspaces.captureBase();
  const owner = { pid: 1, startTime: "", bootId: "" };
  const created = { type: "run.created", spec, owner, createdAt: "", containment: "", seq: 1, at: 0 } as const;
  const view = startView(created);
  const emit = (body: EventBody): void => applyEvent(view, { ...body, seq: view.seq + 1, at: 0 });
  const started = (taskId: string): EventOf<"task.started"> => ({
    type: "task.started",
    taskId,
    attempt: 1,
    agentId: `${taskId}-agent`,
  });
  const attempt = async (taskId: string, work: Work, whileHeldBack?: () => Promise<void>): Promise<void> => {
    const order = ids.indexOf(taskId);
    const task = spec.tasks[order];
    if (!task) throw new Error(`no task ${taskId}`);
    const event = started(taskId);
    emit(event);
    const account = { begin: whileHeldBack, usage: () => undefined, close: () => undefined, heldMs: 0 };
    const executor = {
      kind: "command",
      start: (assignment: AgentAssignment, report: (said: AgentReport) => void) => ({
        ended: work(assignment, report).then(() => ({ success: true, partial: false })),
      }),
    };
    const runWorld = {
      clock: standingClock,
      workspaces,
      executorFor: () => executor,
      ...(whileHeldBack && { calls: { account: () => account } as unknown as RunCalls }),
    };
    const context = { world: runWorld as unknown as RunWorld, spec, view, planned: { task, order }, event };
    await new Attempt({ ...context, runMemory: undefined, rank: 0, emit }).run();
  };
  const succeed = (taskId: string): void =>
    emit({
      ...started(taskId),
      type: "task.finished",
      outcome: { success: true, partial: false, durationMs: 1, changes: [] },
    });
  const folderOf = async (taskId: string): Promise<string> => {
    const names = await readdir(join(scratch, "cache/workspaces"));
    const run = names.find((name) => !name.startsWith(".")) ?? "";
    return join(scratch, "cache/workspaces", run, `${taskId}-1`);
  };
  const kept = async (): Promise<string> => {
    const [shadow = ""] = await readdir(join(scratch, "state/shadows"));
    const gitDir = join(scratch, "state/shadows", shadow, "shadow.git");
    return (await git.run(["log", "--all", "--name-only", "--format="], { gitDir })).text;
  };
  return { view, emit, started, attempt, succeed, folderOf, kept, workspaces };
}

const nothing = { merged: [], held: [], conflicts: [] };

describe("agents that nothing keeps apart", () => {
  test("what was written into a folder before its agent began is not in its result, and who was alone at work is held (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const run = await openRun(repository, ["bad", "good"]);
    run.emit(run.started("bad"));
    await run.attempt(
      "good",
      async ({ folder = "" }) => writeFile(join(folder, "good.txt"), "good\n"),
      async () => {
        const folder = await run.folderOf("good");
        await writeFile(join(folder, "planted.txt"), "foreign\n");
        await writeFile(join(folder, "a.txt"), "foreign\n");
      },
    );
    run.succeed("bad");
    expect(run.view.tasks.get("good")?.changes.map(({ file }) => file)).toEqual(["good.txt"]);
    // Somebody may want to see it all the same.
    expect(await run.kept()).toContain("planted.txt");
    const held = quarantined(run.view);
    expect(held).toMatchObject([{ taskId: "bad" }]);
    const merged = { ...nothing, held: held.map((each) => ({ ...each, conflictIds: [] })) };
    expect(withMeanwhile(withQuarantine(merged, run.view), run.view, []).conflicts).toMatchObject([
      { severity: "high", tasks: ["bad"], affectedResources: ["a.txt", "planted.txt"] },
      { severity: "low", tasks: ["good", "bad"], affectedResources: ["a.txt", "planted.txt"] },
    ]);
  });

  test("several that were at work are named, and none of them is held for what one of them did (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const run = await openRun(repository, ["one", "two", "good"]);
    for (const other of ["one", "two"]) run.emit(run.started(other));
    await run.attempt(
      "good",
      async ({ folder = "" }) => writeFile(join(folder, "good.txt"), "good\n"),
      async () => writeFile(join(await run.folderOf("good"), "planted.txt"), "foreign\n"),
    );
    for (const other of ["one", "two"]) run.succeed(other);
    expect(quarantined(run.view)).toEqual([]);
    const { conflicts } = withMeanwhile(nothing, run.view, []);
    expect(conflicts).toMatchObject([{ severity: "low", tasks: ["good", "one", "two"] }]);
    expect(conflicts[0]?.description).toContain("'one', 'two'");
  });

  test("a folder that nobody has touched is the one its agent works in (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n", ".gitignore": "*.log\n" });
    const run = await openRun(repository, ["other", "good"]);
    run.emit(run.started("other"));
    let worked = "";
    const begin = async (): Promise<void> => writeFile(join(await run.folderOf("good"), "x.log"), "ignored\n");
    await run.attempt("good", async ({ folder = "" }) => void (worked = folder), begin);
    expect(worked).toBe(await run.folderOf("good"));
    expect(run.view.tasks.get("good")?.trespasses).toBeUndefined();
  });

  test("an agent whose own tool calls wrote into another's folder, through a link too, is held with that one (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const run = await openRun(repository, ["bad", "good"]);
    run.emit(run.started("good"));
    const neighbour = await run.workspaces.open({ taskId: "good", attempt: 1, dependencies: [] });
    if (!neighbour.ok) throw new Error(neighbour.error);
    await run.attempt("bad", async ({ folder = "" }, report) => {
      await symlink(neighbour.value.folder, join(folder, "link"));
      await writeFile(join(folder, "link", "planted.txt"), "foreign\n");
      await writeFile(join(folder, "own.txt"), "own\n");
      await symlink(folder, join(repository.scratch, "own-link"));
      const outside = [join(folder, "link", "planted.txt"), join(repository.scratch, "own-link", "own.txt")];
      report({ type: "progress", outside });
      report({ type: "progress", outside });
    });
    run.succeed("good");
    const held = quarantined(run.view);
    expect(held.map(({ taskId }) => taskId)).toEqual(["bad", "good"]);
    const merged = { ...nothing, held: held.map((each) => ({ ...each, conflictIds: [] })) };
    const { conflicts } = withQuarantine(merged, run.view);
    expect(conflicts.map(({ description }) => description)).toEqual([
      expect.stringContaining("The agent of 'bad' wrote into the folder of 'good', as its own tool calls say"),
      expect.stringContaining("The agent of 'bad' wrote into the folder of 'good'"),
    ]);
    expect(conflicts).toMatchObject([{ severity: "high" }, { severity: "high" }]);
    expect(run.view.tasks.get("bad")?.trespasses).toHaveLength(1);
  });
});

test("a path that cannot be followed costs neither the run nor the server: it is told, with nobody's folder (C20)", async () => {
  await using repository = await makeRepository({ "a.txt": "a\n" });
  const run = await openRun(repository, ["bad"]);
  const ring = join(repository.scratch, "ring");
  await symlink(ring, ring);
  const outside = [join(ring, "x.txt"), `/${"long".repeat(100)}/x.txt`];
  await run.attempt("bad", async (_, report) => report({ type: "progress", outside }));
  const told = run.view.tasks.get("bad")?.trespasses ?? [];
  expect(told.flatMap(({ files }) => files).toSorted()).toEqual(outside.toSorted());
  expect(told).toMatchObject([
    { role: "wrote", others: [] },
    { role: "wrote", others: [] },
  ]);
});

describe("a machine that cannot keep agents apart", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("says so, and what an agent left beside the folders is named (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const programs = await mkdtemp(join(repository.scratch, "bin-"));
    for (const folder of ["/usr/bin", "/bin"])
      for (const name of await readdir(folder))
        if (!["unshare", "bwrap", "setpriv"].includes(name))
          await symlink(join(folder, name), join(programs, name)).catch(() => undefined);
    vi.stubEnv("PATH", programs);
    const services = createServices({ stateFolder: join(repository.scratch, "state") });
    const script = "echo new > new.txt; mkdir ../gone-1; echo foreign > ../gone-1/planted.txt";
    const tasks = [{ id: "bad", description: "bad", command: ["sh", "-c", script] }];
    const input = { tasks, workspace: repository.root, executor: "command", apply: "merge" as const };
    const id = await services.runs.start(input, {}, { commandsApproved: true });
    const view = await services.runs.wait(id, { waitMs: 60_000 });
    expect(view.containment).not.toContain("Agents see no workspace but their own");
    expect(view.spec.unenforced).toMatchObject([{ limit: "isolation" }]);
    expect(view).toMatchObject({ status: "completed", merge: { merged: ["bad"] } });
    expect(view.conflicts).toMatchObject([
      { severity: "low", affectedResources: [expect.stringMatching(/workspaces\/.*\/gone-1$/)] },
    ]);
  });
});
