import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

const containment = await childProcesses().containment();
const keepsApart = containment.driver !== "process-group";

const shell = (id: string, script: string) => ({ id, description: id, command: ["sh", "-c", script] });

async function run(repository: TestRepository, tasks: ReturnType<typeof shell>[], more: object = {}) {
  return runKeeping(join(repository.scratch, "state"), repository, { tasks, ...more });
}

async function runKeeping(stateFolder: string, repository: TestRepository, more: object) {
  const services = createServices({ stateFolder });
  const input = { workspace: repository.root, executor: "command", apply: "merge" as const, ...more };
  const id = await services.runs.start(input, {}, { commandsApproved: true });
  return { services, view: await services.runs.wait(id, { waitMs: 60_000 }) };
}

describe.runIf(keepsApart)("agents that the system keeps apart", () => {
  test("an agent that looks for its neighbours finds none, and cannot write where they would be (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const met = join(repository.scratch, "met");
    await mkdir(met);
    // Both are at work at the same time before either of them looks around.
    const wait = (own: string, other: string): string =>
      `touch '${met}/${own}'; while [ ! -e '${met}/${other}' ]; do sleep 0.02; done;`;
    const trespass = [
      wait("bad", "good"),
      "ls -A .. > seen.txt; ls -A ../.. >> seen.txt;",
      "for folder in ../*/ ../../*/*/; do echo foreign > $folder/planted.txt; done;",
      `touch '${met}/bad-done';`,
      "echo foreign > ../good-1/planted.txt; mkdir ../new; exit 0",
    ].join(" ");
    const good = `${wait("good", "bad")} while [ ! -e '${met}/bad-done' ]; do sleep 0.02; done; echo good > good.txt`;
    const { view } = await run(repository, [shell("bad", trespass), shell("good", good)]);
    expect(view).toMatchObject({ status: "completed", merge: { held: [] }, conflicts: [] });
    expect(view.tasks.get("good")?.changes.map(({ file }) => file)).toEqual(["good.txt"]);
    const seen = (await repository.read("seen.txt")) ?? "";
    expect(seen.split("\n").filter((line) => line !== "")).toHaveLength(2);
    expect(seen).not.toContain("good");
  });

  test("an agent cannot write into the user's files, hooks and settings; what git ignores there stays open to it (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n", ".gitignore": "node_modules/\n" });
    await repository.write({ "node_modules/tool/index.js": "1\n" });
    const { root } = repository;
    const config = await readFile(join(root, ".git", "config"), "utf8");
    const script = [
      `echo foreign > '${root}/a.txt'`,
      `echo foreign > '${root}/new.txt'`,
      `mkdir -p '${root}/.git/hooks'; echo foreign > '${root}/.git/hooks/post-commit'`,
      `git -C '${root}' config user.name Foreign`,
      `git -C '${root}' branch foreign`,
      `ln -s '${root}/node_modules' linked && mkdir linked/.cache && rm linked`,
      "cat a.txt > copied.txt; git add -A; git commit -qm work",
      `git -C '${root}' log --oneline > log.txt`,
    ].join("; ");
    const { view } = await run(repository, [shell("bad", script)]);
    expect(view).toMatchObject({ status: "completed", merge: { merged: ["bad"], held: [] }, conflicts: [] });
    expect(await repository.read("a.txt")).toBe("a\n");
    expect(await repository.read("new.txt")).toBeUndefined();
    expect(await repository.read("copied.txt")).toBe("a\n");
    expect(await readFile(join(root, ".git", "config"), "utf8")).toBe(config);
    expect(await repository.git("branch", "--list", "foreign")).toBe("");
    expect(await readdir(join(root, "node_modules"))).toEqual([".cache", "tool"]);
  });

  test("a workspace below the root of its repository has the whole repository protected, but for what git ignores (C20)", async () => {
    const ignored = "node_modules/\n.parallelization/\nignored/\n";
    await using repository = await makeRepository({
      "a.txt": "a\n",
      "sub/b.txt": "b\n",
      "tracked/c.txt": "",
      ".gitignore": ignored,
    });
    await repository.write({ "node_modules/tool/index.js": "1\n", "ignored/state/x": "" });
    const runs = ["other/.parallelization/runs/x", "tracked/.parallelization/runs/x"];
    for (const name of runs) await repository.write({ [name]: "another run's\n" });
    const { root } = repository;
    const targets = ["a.txt", "sub/b.txt", ...runs, "ignored/x", "node_modules/x"];
    const lines = targets.map((name) => `(echo foreign > '${root}/${name}') && echo '${name}' >> written.txt`);
    const tasks = [shell("bad", `${lines.join("; ")}; exit 0`)];
    const state = join(root, "ignored/state");
    const { view } = await runKeeping(state, repository, { tasks, workspace: join(root, "sub") });
    expect(view).toMatchObject({ status: "completed", conflicts: [] });
    expect(await repository.read("sub/written.txt")).toBe("node_modules/x\n");
  });

  test("the check of a task is kept to its folder like its agent, and the setup is not (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const { root, scratch } = repository;
    const verify = ["sh", "-c", `echo foreign > '${root}/planted.txt'; test ! -e '${root}/planted.txt'`];
    const task = { ...shell("task", "echo new > new.txt"), verify };
    const setup = ["sh", "-c", `ls -A .. > '${scratch}/seen.txt'`];
    const { view } = await run(repository, [task], { setup });
    expect(view).toMatchObject({ status: "completed", merge: { merged: ["task"] } });
    expect((await readFile(join(scratch, "seen.txt"), "utf8")).trim().split("\n")).toEqual(["task-1", "task-1.own"]);
  });

  test("says how agents are kept apart, and lists nothing as not held (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const { view } = await run(repository, [shell("task", "echo new > new.txt")]);
    expect(view.containment).toContain("Agents see no workspace but their own");
    expect(view.spec.unenforced).toEqual([]);
    expect(containment.files).toContain("Agents see no workspace but their own");
    const plain = await childProcesses({ strongest: "process-group" }).containment();
    expect(plain.files).toContain("Nothing here keeps agents");
  });
});

describe.runIf(keepsApart)("a view of the machine's files", () => {
  test.each(["pid-namespace", "bubblewrap"] as const)("is held by %s, or said not to be", async (strongest) => {
    await using repository = await makeRepository({ "a.txt": "a\n" });
    const hidden = join(repository.scratch, "hidden");
    for (const folder of ["own", "other", ".view"]) await mkdir(join(hidden, folder), { recursive: true });
    const view = {
      own: join(hidden, "own"),
      hidden,
      stage: join(hidden, ".view"),
      readOnly: [repository.root, join(repository.scratch, "nowhere")],
      writable: [],
    };
    const processes = childProcesses({ strongest });
    const { driver } = await processes.containment();
    expect(await processes.holdsView(view)).toBe(driver !== "process-group");
    if (driver === "process-group") return;
    expect(await processes.holdsView({ ...view, own: join(hidden, "missing") })).toBe(false);
    const script = `ls -A ..; pwd; echo x > '${repository.root}/a.txt' || echo refused; grep CapEff /proc/self/status; exit 7`;
    const child = await processes.start({
      argv: ["/bin/sh", "-c", script],
      cwd: view.own,
      env: { PATH: process.env["PATH"] ?? "" },
      maxLineBytes: 1_000,
      contained: true,
      view,
    });
    const lines: string[] = [];
    child.onLine((line) => lines.push(line));
    expect(await child.exited).toMatchObject({ exitCode: 7 });
    expect(lines.slice(0, 3)).toEqual(["own", view.own, "refused"]);
    await child.killTree();
    await writeFile(join(hidden, "other", "x"), "the view is gone with its program");
  });

  test("starts no program where it cannot be held", async () => {
    const processes = childProcesses({ strongest: "process-group" });
    const view = { own: "/tmp", hidden: "/tmp", stage: "/tmp", readOnly: [], writable: [] };
    expect(await processes.holdsView(view)).toBe(false);
    const spec = { argv: ["/bin/true"], cwd: "/tmp", env: {}, maxLineBytes: 100, contained: true, view };
    const { spawnError } = await (await processes.start(spec)).exited;
    expect(spawnError).toContain("cannot be set apart");
  });
});
