/** Files that programs make are made anew from what was merged, where the user's configuration names the program. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { combineCommits } from "../../src/engines/merging/combine-starts.ts";
import { regeneratorOf } from "../../src/engines/coordination/repository/git-regeneration.ts";
import { waitedClock } from "../rig/apply-rig.ts";
import { temporaryFolder } from "../rig/git-rig.ts";
import { lockfile, manifest, packageManager, packages, realPrograms, timesRun } from "../rig/lock-rig.ts";
import { openMergeRig, type MergeRig } from "../rig/merge-rig.ts";

const start = { left: "1.0.0" };
const files = ["package-lock.json"];

/** A rig whose package manager does this besides; `log` tells how often it ran. */
async function lockRig(besides = "", runProgram = realPrograms()) {
  const scratch = await temporaryFolder();
  const log = join(scratch.path, "log");
  const command = packageManager(log, besides);
  const content = { ...packages(start), "notes.md": "notes\n" };
  const rig = await openMergeRig(content, { regenerate: [{ files, command }], runProgram });
  const end = async (): Promise<void> => {
    await rig[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  };
  return { rig, log, command, [Symbol.asyncDispose]: end };
}

/** Results that each add a dependency, and change its lockfile. */
async function adding(rig: MergeRig, ...names: readonly string[]) {
  const results = [];
  for (const name of names) results.push(await rig.task(name, packages({ ...start, [name]: "1.0.0" })));
  return results;
}

const text = async (rig: MergeRig, commit: string | undefined, file: string): Promise<string> =>
  `${await rig.show(commit, file)}\n`;

describe("a lockfile that several results change (C20)", () => {
  test.each([[["a", "b"]], [["c", "a", "b"]]])(
    "%j: is made anew from the merged manifest, by one run",
    async (names) => {
      const { rig, log, command } = await lockRig();
      await using _ = rig;
      const outcome = await rig.merge(await adding(rig, ...names));
      expect(outcome).toMatchObject({ merged: names, held: [] });
      const all = Object.fromEntries(["left", ...names].map((name) => [name, "1.0.0"]));
      expect(JSON.parse(await rig.show(outcome.commit, "package.json"))).toMatchObject({ dependencies: all });
      expect(await text(rig, outcome.commit, "package-lock.json")).toBe(lockfile(all));
      expect(await timesRun(log)).toBe(1);
      const entry = outcome.conflicts.find(({ affectedResources: [file] }) => file === "package-lock.json");
      expect(entry).toMatchObject({ severity: "low", tasks: names, resolutionOptions: [{ strategy: "merge" }, {}] });
      expect(entry?.detectionMethod).toContain(`git merge, then made anew with ${command[0]}`);
      expect(entry?.description).toContain("package-lock.json, which is made anew from the merged files with");
    },
  );

  test("is left alone where results do not contradict each other, and no program runs", async () => {
    await using lock = await lockRig();
    const { rig, log } = lock;
    const [one] = await adding(rig, "a");
    const other = await rig.task("b", { "notes.md": "more notes\n" });
    expect(await rig.merge(one ? [one, other] : [])).toMatchObject({ merged: ["a", "b"], held: [] });
    expect(await timesRun(log)).toBe(0);
  });

  test("is what keeps nothing else from being a conflict: two versions of one dependency are held", async () => {
    await using lock = await lockRig();
    const { rig, log } = lock;
    const results = [
      await rig.task("a", packages({ left: "2.0.0" })),
      await rig.task("b", packages({ left: "3.0.0" })),
    ];
    const outcome = await rig.merge(results);
    expect(outcome).toMatchObject({ merged: ["a"], held: [{ taskId: "b" }] });
    expect(await timesRun(log)).toBe(0);
  });

  test("is all that is taken of what the command leaves", async () => {
    await using lock = await lockRig(
      'write(); fs.writeFileSync("notes.md", "overwritten"); fs.mkdirSync("node_modules"); fs.writeFileSync("node_modules/x", "x");',
    );
    const { rig } = lock;
    const outcome = await rig.merge(await adding(rig, "a", "b"));
    expect(outcome).toMatchObject({ merged: ["a", "b"], held: [] });
    expect(await rig.show(outcome.commit, "notes.md")).toBe("notes");
    const listed = await rig.git.run(["ls-tree", "-r", "--name-only", outcome.commit ?? ""], {
      gitDir: rig.shadow.gitDir,
    });
    expect(listed.text).toBe("notes.md\npackage-lock.json\npackage.json\n");
  });

  test.each([
    ["fails", 'console.error("the registry does not answer"); process.exit(3);', "exit code 3: the registry does not"],
    ["writes nothing", "", "it did not write package-lock.json"],
    ["removes the file", 'fs.rmSync("package-lock.json");', "it did not write package-lock.json"],
    [
      "puts a link in its place",
      'fs.rmSync("package-lock.json"); fs.symlinkSync("/etc/passwd", "package-lock.json");',
      "it left no ordinary file at package-lock.json",
    ],
    [
      "changes the manifest it was to work from",
      'fs.writeFileSync("package.json", "{}"); write();',
      "it changed package.json, which it was to work from",
    ],
  ])("is held as without the setting when the command %s, with its last words", async (_, besides, words) => {
    await using lock = await lockRig(besides === "" ? ";" : besides);
    const { rig, log } = lock;
    const outcome = await rig.merge(await adding(rig, "a", "b"));
    expect(outcome).toMatchObject({ merged: ["a"], held: [{ taskId: "b", conflictIds: ["c1"] }] });
    expect(outcome.conflicts).toMatchObject([
      { severity: "medium", affectedResources: ["package-lock.json", "package.json"] },
    ]);
    expect(outcome.conflicts[0]?.description).toContain(`did not do: ${words}`);
    expect(await text(rig, outcome.commit, "package-lock.json")).toBe(lockfile({ a: "1.0.0", ...start }));
    expect(await timesRun(log)).toBe(1);
  });

  test("is held when the command does not come to an end", async () => {
    // Its thirty minutes are over as soon as they are waited for.
    await using lock = await lockRig("setInterval(() => {}, 1000);", realPrograms(waitedClock()));
    const { rig } = lock;
    const outcome = await rig.merge(await adding(rig, "a", "b"));
    expect(outcome).toMatchObject({ merged: ["a"], held: [{ taskId: "b" }] });
    expect(outcome.conflicts[0]?.description).toContain("did not do: it was ended after 30 minutes");
  });

  test("may be binary, and may lie in a workspace below the root of its repository", async () => {
    const write = `const fs = require("node:fs");
const all = fs.readdirSync(".").filter((name) => name.endsWith(".txt")).join();
fs.writeFileSync("bun.lockb", Buffer.from("\\0" + all));`;
    const lock = (...names: readonly string[]): Uint8Array => Buffer.from(`\0${names.join()}`);
    const regenerate = [{ files: ["*.lockb"], command: [process.execPath, "-e", write] }];
    const content = { "pkg/bun.lockb": lock("a.txt"), "pkg/a.txt": "", "other/bun.lockb": lock() };
    await using rig = await openMergeRig(content, { below: "pkg", regenerate, runProgram: realPrograms() });
    const results = [
      await rig.task("b", { "b.txt": "", "bun.lockb": lock("a.txt", "b.txt") }),
      await rig.task("c", { "c.txt": "", "bun.lockb": lock("a.txt", "c.txt") }),
    ];
    const outcome = await rig.merge(results);
    expect(outcome).toMatchObject({ merged: ["b", "c"], held: [] });
    expect(await rig.show(outcome.commit, "pkg/bun.lockb")).toBe("\0a.txt,b.txt,c.txt");
    expect(await rig.show(outcome.commit, "other/bun.lockb")).toBe("\0");
  });

  test("is held without the setting, and the conflict names the line to add", async () => {
    await using rig = await openMergeRig(packages(start));
    const outcome = await rig.merge(await adding(rig, "a", "b"));
    expect(outcome).toMatchObject({ merged: ["a"], held: [{ taskId: "b" }] });
    expect(outcome.conflicts[0]?.description).toContain(
      'regenerate: [{ files: ["package-lock.json"], command: ["npm", "install", "--package-lock-only", "--ignore-scripts"] }]',
    );
  });

  test("is made anew for a task that starts from both, too", async () => {
    await using lock = await lockRig();
    const { rig, command, log } = lock;
    const { git, files: disk, isolation, shadow, base } = rig;
    const commits = (await adding(rig, "a", "b")).map(({ commit }) => commit);
    const regenerator = regeneratorOf(
      { git, files: disk, isolation, shadow, runProgram: realPrograms() },
      { executionId: "run-1", regenerate: [{ files, command }] },
    );
    const combine = { git, files: disk, shadow, base, commits, ref: "refs/runs/run-1/start" };
    expect(await combineCommits(combine)).toMatchObject({ ok: false });
    const combined = await combineCommits({ ...combine, regenerator });
    expect(combined.ok && (await text(rig, combined.value, "package-lock.json"))).toBe(
      lockfile({ a: "1.0.0", b: "1.0.0", ...start }),
    );
    expect(combined.ok && (await text(rig, combined.value, "package.json"))).toBe(
      manifest({ ...start, b: "1.0.0", a: "1.0.0" }),
    );
    const parents = await git.run(["rev-list", "--no-walk", "--parents", combined.ok ? combined.value : ""], {
      gitDir: shadow.gitDir,
    });
    expect(parents.text.trim().split(" ").slice(1)).toEqual(commits);
    await combineCommits({ ...combine, regenerator });
    expect(await timesRun(log)).toBe(1);
  });

  test("is made for a task that is tried again once its command can, after a failure", async () => {
    await using lock = await lockRig('if (fs.readFileSync(LOG, "utf8") === "ran\\n") process.exit(1); write();');
    const { rig, command, log } = lock;
    const { git, files: disk, isolation, shadow, base } = rig;
    const commits = (await adding(rig, "a", "b")).map(({ commit }) => commit);
    const regenerator = regeneratorOf(
      { git, files: disk, isolation, shadow, runProgram: realPrograms() },
      { executionId: "run-1", regenerate: [{ files, command }] },
    );
    const combine = { git, files: disk, shadow, base, commits, ref: "refs/runs/run-1/start", regenerator };
    const failure = await combineCommits(combine);
    expect(!failure.ok && failure.error.reason).toContain("did not do: exit code 1");
    expect(await combineCommits(combine)).toMatchObject({ ok: true });
    expect(await timesRun(log)).toBe(2);
  });

  test("is made in folders of their own by commands that run at the same time", async () => {
    // The second to come ends only when the folder of the first is gone.
    await using lock =
      await lockRig(`const wait = (done) => { while (!done()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); };
fs.appendFileSync(LOG + ".folders", process.cwd() + "\\n");
const folders = () => fs.readFileSync(LOG + ".folders", "utf8").split("\\n");
wait(() => folders().length === 3);
const [first, second] = folders();
if (process.cwd() === second) wait(() => !fs.existsSync(first));
write();`);
    const { rig, log } = lock;
    const results = await adding(rig, "a", "b");
    const both = await Promise.all([rig.merge(results), rig.merge(results)]);
    expect(both).toMatchObject([
      { merged: ["a", "b"], held: [] },
      { merged: ["a", "b"], held: [] },
    ]);
    const folders = (await readFile(`${log}.folders`, "utf8")).trim().split("\n");
    expect(new Set(folders).size).toBe(2);
    for (const folder of folders) expect(await rig.files.status(folder)).toBeUndefined();
  });
});
