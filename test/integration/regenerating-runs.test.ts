/** Whole runs whose results change a lockfile: the command of the user's configuration makes it anew, or nothing runs. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TaskInput } from "../../src/schema/task.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { lockfile, manifest, packageManager, packages, timesRun } from "../rig/lock-rig.ts";
import { openWorld, simulatedRun, userFiles, writing, type RunWorld } from "../rig/whole-run.ts";

const start = { left: "1.0.0" };
const files = ["package-lock.json"];
const all = { ...start, a: "1.0.0", b: "1.0.0" };

/** Writes the user's own configuration. */
async function configure(world: RunWorld, content: object): Promise<string> {
  const folder = join(world.home, ".config", "parallelization-mcp");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.yaml"), JSON.stringify(content));
  return join(folder, "config.yaml");
}

/** A task that adds a dependency as an agent does: in the manifest and in the lockfile. */
function adds(name: string, more: Partial<TaskInput> = {}): TaskInput {
  const edits = Object.entries(packages({ ...start, [name]: "1.0.0" })).map(([file, content]) => ({
    file,
    type: "modify" as const,
    find: packages(start)[file] ?? "",
    replace: content,
  }));
  return { id: name, description: `adds ${name}`, simulate: { minutes: 1, edits }, ...more };
}

/** Passes where the lockfile has just what the manifest asks for. */
const locksFit = [
  process.execPath,
  "-e",
  `const read = (file) => JSON.parse(require("node:fs").readFileSync(file, "utf8"));
const [asked, locked] = [read("package.json").dependencies, read("package-lock.json").locked];
process.exit(Object.keys(asked).sort().join() === Object.keys(locked).join() ? 0 : 1);`,
];

describe("a run whose results change one lockfile (C20)", () => {
  test("merges them, verifies the tree with the new lockfile, writes it, and takes all of it back", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository(packages(start));
    const log = join(world.scratch, "log");
    await configure(world, {
      allowCommands: [`${process.execPath} *`],
      regenerate: [{ files, command: packageManager(log) }],
    });
    const before = await userFiles(repository.root);
    const tasks = [adds("a"), adds("b"), writing("after", { "after.txt": "after\n" }, { dependsOn: ["a", "b"] })];
    const view = await world.run(simulatedRun(repository.root, tasks, { verify: locksFit }));
    expect(view).toMatchObject({ status: "completed", merge: { merged: ["a", "b", "after"], held: [] } });
    expect(await repository.read("package-lock.json")).toBe(lockfile(all));
    expect(JSON.parse((await repository.read("package.json")) ?? "")).toMatchObject({ dependencies: all });
    expect(view.conflicts.map(({ severity }) => severity)).toEqual(["low", "low"]);
    // Once for the task that starts from both; the fold comes to the same files but for one more.
    expect(await timesRun(log)).toBe(2);
    await world.undo(view);
    expect(await userFiles(repository.root)).toEqual(before);
  });

  test("finds the culprit where the merged files fail their verification, lockfile and all", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository(packages(start));
    await configure(world, {
      allowCommands: ["*"],
      regenerate: [{ files, command: packageManager(join(world.scratch, "log")) }],
    });
    const noC = `process.exit(require("node:fs").readFileSync("package-lock.json", "utf8").includes('"c"') ? 1 : 0);`;
    const verify = [process.execPath, "-e", noC];
    const view = await world.run(simulatedRun(repository.root, [adds("a"), adds("b"), adds("c")], { verify }));
    expect(view).toMatchObject({ status: "partial", merge: { merged: ["a", "b"], held: [{ taskId: "c" }] } });
    expect(await repository.read("package-lock.json")).toBe(lockfile(all));
  });

  test("is decided by a person, as without the setting, where the command fails", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository(packages(start));
    const command = packageManager(join(world.scratch, "log"), 'console.error("no network"); process.exit(1);');
    await configure(world, { regenerate: [{ files, command }] });
    const view = await world.run(simulatedRun(repository.root, [adds("a"), adds("b")]));
    expect(view).toMatchObject({ status: "partial", merge: { merged: ["a"], held: [{ taskId: "b" }] } });
    expect(view.conflicts[0]?.description).toContain("did not do: exit code 1: no network");
    expect(await repository.read("package-lock.json")).toBe(lockfile({ a: "1.0.0", ...start }));
    const { runs } = world.services;
    const request = { conflictId: "c1", option: "prefer-agent", taskId: "b" };
    expect(await runs.resolve(view.spec.executionId, request, 60_000)).toMatchObject({ done: true });
    expect(await repository.read("package-lock.json")).toBe(lockfile({ b: "1.0.0", ...start }));
    expect(await repository.read("package.json")).toBe(manifest({ ...start, b: "1.0.0" }));
  });
});

describe("a run that is cancelled while a command runs (C20)", () => {
  const hangs = "setInterval(() => {}, 1000);";

  /** Starts a run, cancels it as soon as a command has begun, and gives what came of it. */
  async function cancelledIn(world: RunWorld, input: Parameters<RunWorld["run"]>[0], log: string) {
    const { runs } = world.services;
    const id = await runs.start(input, {});
    await expect.poll(() => timesRun(log), { timeout: 30_000, interval: 20 }).toBe(1);
    await runs.cancel(id, "enough");
    return runs.wait(id, { waitMs: 60_000 });
  }

  test("ends the one that makes files anew, and keeps what merges without it", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository(packages(start));
    const log = join(world.scratch, "log");
    await configure(world, { regenerate: [{ files, command: packageManager(log, hangs) }] });
    const view = await cancelledIn(world, simulatedRun(repository.root, [adds("a"), adds("b")]), log);
    expect(view).toMatchObject({ status: "cancelled", merge: { merged: ["a"], held: [{ taskId: "b" }] } });
    expect(view.conflicts[0]?.description).toContain("did not do: it was ended, because the run was cancelled");
  });

  test("ends the one that a task's start waits for", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository(packages(start));
    const log = join(world.scratch, "log");
    const command = packageManager(log, `if (fs.readFileSync(LOG, "utf8") === "ran\\n") ${hangs} else write();`);
    await configure(world, { regenerate: [{ files, command }] });
    const tasks = [adds("a"), adds("b"), writing("after", { "after.txt": "after\n" }, { dependsOn: ["a", "b"] })];
    const view = await cancelledIn(world, simulatedRun(repository.root, tasks), log);
    expect(view.tasks.get("after")?.state).toBe("cancelled");
    // What came before its end does not keep what is done from being put together.
    expect(view).toMatchObject({ status: "cancelled", merge: { merged: ["a", "b"] } });
  });

  test("ends the one that verifies, and holds what it has not judged", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository(packages(start));
    const log = join(world.scratch, "log");
    await configure(world, { allowCommands: ["*"] });
    const verify = packageManager(log, hangs);
    const view = await cancelledIn(world, simulatedRun(repository.root, [adds("a")], { verify }), log);
    expect(view).toMatchObject({ status: "cancelled", merge: { merged: [], held: [{ taskId: "a" }] } });
    expect(view.conflicts[0]?.description).toContain("it was ended, because the run was cancelled");
    expect(await timesRun(log)).toBe(1);
  });
});

describe("a decision in a run whose results change one lockfile (C20)", () => {
  const notes = (text: string) => ({ file: "notes.md", type: "modify" as const, find: "notes\n", replace: text });

  /** A run in which `y` is held for its notes; its lockfile contradicts that of `a`. */
  async function held(world: RunWorld, root: string) {
    const y = adds("b");
    const tasks: TaskInput[] = [
      adds("a"),
      { id: "x", description: "x", simulate: { minutes: 1, edits: [notes("x\n")] } },
      { ...y, id: "y", simulate: { minutes: 1, edits: [...(y.simulate?.edits ?? []), notes("y\n")] } },
    ];
    const view = await world.run(simulatedRun(root, tasks));
    const conflict = view.conflicts.find(({ affectedResources }) => affectedResources.includes("notes.md"));
    return { view, request: { conflictId: conflict?.id ?? "", option: "prefer-agent", taskId: "y" } };
  }

  test("its preview runs no command, and says what would be made anew; carried out, it runs", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository({ ...packages(start), "notes.md": "notes\n" });
    const log = join(world.scratch, "log");
    await configure(world, { regenerate: [{ files, command: packageManager(log) }] });
    const { view, request } = await held(world, repository.root);
    const before = await timesRun(log);
    const { runs } = world.services;
    const { preview } = await runs.resolve(view.spec.executionId, { ...request, preview: true }, 60_000);
    expect(preview).toMatchObject({ possible: true, merged: ["a", "y"] });
    expect(preview?.notes.join(" ")).toMatch(
      /^package-lock\.json would be made anew with '.*'; a preview does not run it\./s,
    );
    expect(await timesRun(log)).toBe(before);
    expect(await runs.resolve(view.spec.executionId, request, 60_000)).toMatchObject({ done: true });
    expect(await timesRun(log)).toBe(before + 1);
    expect(await repository.read("package-lock.json")).toBe(lockfile(all));
  });

  test("runs no command that the configuration no longer names", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository({ ...packages(start), "notes.md": "notes\n" });
    const log = join(world.scratch, "log");
    await configure(world, { regenerate: [{ files, command: packageManager(log) }] });
    const { view, request } = await held(world, repository.root);
    const before = await timesRun(log);
    await configure(world, {});
    const { runs } = world.services;
    expect(await runs.resolve(view.spec.executionId, request, 60_000)).toMatchObject({ done: true });
    expect(await timesRun(log)).toBe(before);
    expect(await repository.read("package-lock.json")).toBe(lockfile({ ...start, b: "1.0.0" }));
  });
});

describe("the real npm, without a network", () => {
  test("locks what two agents have added with it (C20)", async () => {
    await using world = await openWorld();
    const own = (name: string): string => `${JSON.stringify({ name, version: "1.0.0" }, undefined, 2)}\n`;
    const content = {
      "package.json": own("app"),
      "libs/a/package.json": own("a"),
      "libs/b/package.json": own("b"),
      ".gitignore": "node_modules\n",
    };
    await using repository = await makeRepository(content);
    const install = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--offline", "--no-update-notifier"];
    await configure(world, { allowCommands: ["npm install *"], regenerate: [{ files, command: install }] });
    const tasks = ["a", "b"].map((name) => ({
      id: name,
      description: `adds ${name}`,
      estimatedMinutes: 1,
      command: [...install, `./libs/${name}`],
    }));
    const view = await world.run({ workspace: repository.root, executor: "command", tasks, maxParallelAgents: 2 });
    expect(view).toMatchObject({ status: "completed", merge: { merged: ["a", "b"], held: [] } });
    const read = async (file: string): Promise<unknown> => JSON.parse((await repository.read(file)) ?? "{}");
    const dependencies = { a: "file:libs/a", b: "file:libs/b" };
    expect(await read("package.json")).toMatchObject({ dependencies });
    expect(await read("package-lock.json")).toMatchObject({
      packages: { "": { dependencies }, "libs/a": {}, "libs/b": {}, "node_modules/a": {}, "node_modules/b": {} },
    });
    const entry = view.conflicts.find(({ affectedResources: [file] }) => file === "package-lock.json");
    expect(entry).toMatchObject({
      severity: "low",
      detectionMethod: `git merge, then made anew with ${install.join(" ")}`,
    });
  });
});
