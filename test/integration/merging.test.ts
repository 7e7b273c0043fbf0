import { describe, expect, test } from "vitest";
import { combineCommits } from "../../src/engines/merging/combine-starts.ts";
import { mergePairs } from "../../src/engines/merging/pairs/merge-tree.ts";
import { attributeFolder } from "../../src/engines/merging/attribute-folder.ts";
import { gitFingerprint } from "../rig/git-rig.ts";
import { lines, openMergeRig } from "../rig/merge-rig.ts";

describe("results that go together", () => {
  test("three agents' work, two in one file, is merged whole, and the user's repository is not touched (C20, C24)", async () => {
    await using rig = await openMergeRig({ "src/a.ts": lines(), "b.ts": "b\n" });
    const before = await gitFingerprint(rig.repository.root);
    const outcome = await rig.merge([
      await rig.task("t1", { "src/a.ts": lines({ 3: "one" }) }),
      await rig.task("t2", { "src/a.ts": lines({ 20: "two" }), "new.ts": "new\n" }),
      await rig.task("t3", { "b.ts": null }),
    ]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2", "t3"], held: [] });
    expect(outcome.conflicts).toEqual([
      expect.objectContaining({
        id: "c1",
        type: "file-level",
        severity: "low",
        tasks: ["t1", "t2"],
        locations: [
          { file: "src/a.ts", startLine: 3, endLine: 3, agentId: "agent-1" },
          { file: "src/a.ts", startLine: 20, endLine: 20, agentId: "agent-2" },
        ],
      }),
    ]);
    expect(outcome.conflicts[0]?.resolutionOptions[0]).toMatchObject({ strategy: "merge", automatic: true });
    expect(`${await rig.show(outcome.commit, "src/a.ts")}\n`).toBe(lines({ 3: "one", 20: "two" }));
    expect(await rig.show(outcome.commit, "new.ts")).toBe("new");
    await expect(rig.show(outcome.commit, "b.ts")).rejects.toThrow("does not exist");
    expect(await gitFingerprint(rig.repository.root)).toEqual(before);
    const ref = await rig.git.run(["rev-parse", "refs/runs/run-1/merged"], { gitDir: rig.shadow.gitDir });
    expect(ref.text.trim()).toBe(outcome.commit);
  });

  test("unrelated results have no conflict at all", async () => {
    await using rig = await openMergeRig({ a: "a\n", b: "b\n", c: "c\n" });
    const outcome = await rig.merge([
      await rig.task("t1", { a: "a1\n" }),
      await rig.task("t2", { b: "b1\n" }),
      await rig.task("t3", { c: "c1\n" }),
    ]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2", "t3"], held: [], conflicts: [] });
  });

  test("a file renamed by one agent and edited by another has both", async () => {
    await using rig = await openMergeRig({ "old.ts": lines() });
    const outcome = await rig.merge([
      await rig.task("t1", { "old.ts": null, "new.ts": lines() }),
      await rig.task("t2", { "old.ts": lines({ 7: "seven" }) }),
    ]);
    expect(outcome.merged).toEqual(["t1", "t2"]);
    expect(`${await rig.show(outcome.commit, "new.ts")}\n`).toBe(lines({ 7: "seven" }));
  });

  test("the same change by two agents counts once", async () => {
    await using rig = await openMergeRig({ a: lines() });
    const outcome = await rig.merge([
      await rig.task("t1", { a: lines({ 7: "x" }) }),
      await rig.task("t2", { a: lines({ 7: "x" }) }),
    ]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2"], held: [], conflicts: [{ severity: "low" }] });
  });

  test("a result without any change is merged", async () => {
    await using rig = await openMergeRig({ a: "a\n" });
    const outcome = await rig.merge([await rig.task("t1", {}), await rig.task("t2", { a: "b\n" })]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2"], held: [], conflicts: [] });
  });

  test("a file that the base marks for union takes the lines of both, and an agent cannot mark one", async () => {
    await using rig = await openMergeRig({
      ".gitattributes": "CHANGES merge=union\n",
      CHANGES: "# Changes\n",
      other: "x\n",
    });
    const united = await rig.merge([
      await rig.task("t1", { CHANGES: "# Changes\n- one\n" }),
      await rig.task("t2", { CHANGES: "# Changes\n- two\n" }),
    ]);
    expect(united.merged).toEqual(["t1", "t2"]);
    expect((await rig.show(united.commit, "CHANGES")).split("\n").toSorted()).toEqual(["# Changes", "- one", "- two"]);

    const marked = await rig.merge([
      await rig.task("t3", { ".gitattributes": "* merge=union\n", other: "y\n" }),
      await rig.task("t4", { other: "z\n" }),
    ]);
    expect(marked.merged).toEqual(["t3"]);
  });

  test("odd names are merged like any other", async () => {
    const names = ["with space", "-dash", "*star", "ümlaut", 'quo"te', "new\nline", ":(top)x", "a\\b"];
    await using rig = await openMergeRig(Object.fromEntries(names.map((name) => [name, lines()])));
    const edit = (replaced: Record<number, string>): Record<string, string> =>
      Object.fromEntries(names.map((name) => [name, lines(replaced)]));
    const outcome = await rig.merge([await rig.task("t1", edit({ 2: "x" })), await rig.task("t2", edit({ 22: "y" }))]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2"], held: [] });
    expect(outcome.conflicts.flatMap((conflict) => conflict.affectedResources).toSorted()).toEqual(names.toSorted());
    expect(outcome.conflicts.every((conflict) => conflict.locations.length === 2)).toBe(true);
  });
});

describe("results that do not go together", () => {
  test("of two that change the same lines one is merged and one held, with both places and the ways out (C24)", async () => {
    await using rig = await openMergeRig({ "src/a.ts": lines() });
    const outcome = await rig.merge([
      await rig.task("t1", { "src/a.ts": lines({ 5: "one", 6: "one" }) }),
      await rig.task("t2", { "src/a.ts": lines({ 6: "two" }) }),
    ]);
    expect(outcome.merged).toEqual(["t1"]);
    expect(outcome.held).toEqual([
      { taskId: "t2", conflictIds: ["c1"], reason: "in conflict with 't1' over src/a.ts" },
    ]);
    expect(outcome.conflicts).toEqual([
      expect.objectContaining({
        id: "c1",
        type: "file-level",
        severity: "medium",
        agents: ["agent-1", "agent-2"],
        tasks: ["t1", "t2"],
        description: "'t1' and 't2' change the same or adjoining lines of src/a.ts.",
        affectedResources: ["src/a.ts"],
        locations: [
          { file: "src/a.ts", startLine: 5, endLine: 6, agentId: "agent-1" },
          { file: "src/a.ts", startLine: 6, endLine: 6, agentId: "agent-2" },
        ],
      }),
    ]);
    expect(outcome.conflicts[0]?.resolutionOptions.map(({ strategy, preview }) => [strategy, preview])).toEqual([
      ["prefer-agent", "one\none"],
      ["prefer-agent", "two"],
      ["sequential-retry", undefined],
      ["manual", undefined],
      ["rollback", undefined],
    ]);
  });

  test("whoever builds on a held result is held", async () => {
    await using rig = await openMergeRig({ a: lines(), b: "b\n" });
    const t1 = await rig.task("t1", { a: lines({ 5: "one" }) }, { priority: 1 });
    const t2 = await rig.task("t2", { a: lines({ 5: "two" }) });
    const t3 = await rig.task("t3", { b: "b3\n" }, { start: t2.commit, needs: ["t2"] });
    const t4 = await rig.task("t4", { c: "c4\n" }, { start: t3.commit, needs: ["t3"] });
    const t5 = await rig.task("t5", { a: lines({ 5: "one", 25: "five" }) }, { start: t1.commit, needs: ["t1"] });
    const t6 = await rig.task("t6", { d: "d\n" }, { start: t5.commit, needs: ["t5"] });
    const outcome = await rig.merge([t1, t2, t3, t4, t5, t6]);
    expect(outcome.merged).toEqual(["t1", "t5", "t6"]);
    expect(outcome.held).toEqual([
      { taskId: "t2", conflictIds: ["c1"], reason: "in conflict with 't1' over a" },
      { taskId: "t3", conflictIds: [], reason: "builds on 't2', which is held" },
      { taskId: "t4", conflictIds: [], reason: "builds on 't3', which is held" },
    ]);
    expect(outcome.conflicts.filter((conflict) => conflict.severity !== "low")).toHaveLength(1);
  });

  test("two results rather than the one that is in conflict with both", async () => {
    await using rig = await openMergeRig({ a: lines() });
    const outcome = await rig.merge([
      await rig.task("t1", { a: lines({ 5: "one", 25: "one" }) }, { priority: 5 }),
      await rig.task("t2", { a: lines({ 5: "two" }) }),
      await rig.task("t3", { a: lines({ 25: "three" }) }),
    ]);
    expect(outcome.merged).toEqual(["t2", "t3"]);
    expect(outcome.held).toMatchObject([{ taskId: "t1", conflictIds: ["c1", "c2"] }]);
  });

  test("what was held before stays held, with everything that builds on it", async () => {
    await using rig = await openMergeRig({ a: "a\n" });
    const t1 = await rig.task("t1", { a: "b\n" });
    const t2 = await rig.task("t2", { c: "c\n" }, { start: t1.commit, needs: ["t1"] });
    const outcome = await rig.merge([t1, t2], [{ taskId: "t1", reason: "its level has a failure" }]);
    expect(outcome).toEqual({
      merged: [],
      held: [
        { taskId: "t1", conflictIds: [], reason: "its level has a failure" },
        { taskId: "t2", conflictIds: [], reason: "builds on 't1', which is held" },
      ],
      conflicts: [],
    });
  });

  test.each<[string, Record<string, string | null>, Record<string, string | null>, string]>([
    ["change and delete", { a: lines({ 3: "x" }) }, { a: null }, "'t1' and 't2' change and delete a."],
    [
      "different new files of one name",
      { n: "1\n" },
      { n: "2\n" },
      "'t1' and 't2' both create, with different content, n.",
    ],
    [
      "a file and a folder of one name",
      { n: "1\n" },
      { "n/x": "2\n" },
      "'t1' and 't2' use the same name for a file and a folder:",
    ],
    [
      "two names for one file",
      { a: null, b: lines() },
      { a: null, c: lines() },
      "'t1' and 't2' give different names to",
    ],
  ])("%s is a conflict of high severity", async (_name, left, right, description) => {
    await using rig = await openMergeRig({ a: lines() });
    const outcome = await rig.merge([await rig.task("t1", left), await rig.task("t2", right)]);
    expect(outcome.merged).toEqual(["t1"]);
    expect(outcome.conflicts.filter((conflict) => conflict.severity !== "low")).toMatchObject([{ severity: "high" }]);
    expect(outcome.conflicts[0]?.description).toContain(description);
  });

  test("a result whose commit is gone is held and spoils nothing", async () => {
    await using rig = await openMergeRig({ a: "a\n" });
    const t1 = await rig.task("t1", { a: "b\n" });
    const t2 = await rig.task("t2", { c: "c\n" });
    const outcome = await rig.merge([{ ...t1, commit: "1234567890".repeat(4) }, t2]);
    expect(outcome).toMatchObject({
      merged: ["t2"],
      held: [{ taskId: "t1", reason: "its kept result cannot be read" }],
    });
  });

  test("names that differ only in case are kept apart where the file system does", async () => {
    await using rig = await openMergeRig({ a: "a\n" });
    const results = [await rig.task("t1", { "Read.me": "1\n" }), await rig.task("t2", { "read.me": "2\n" })];
    expect(await rig.merge(results)).toMatchObject({ merged: ["t1", "t2"], conflicts: [{ severity: "low" }] });
    await rig.git.run(["config", "core.ignorecase", "true"], { gitDir: rig.shadow.gitDir });
    expect(await rig.merge(results)).toMatchObject({ merged: ["t1"], conflicts: [{ severity: "medium" }] });
  });
});

describe("merging in the object database", () => {
  test("one unreadable commit spoils only its own pairs", async () => {
    await using rig = await openMergeRig({ a: lines() });
    const one = (await rig.task("t1", { a: lines({ 3: "x" }) })).commit;
    const two = (await rig.task("t2", { a: lines({ 3: "y" }) })).commit;
    const three = (await rig.task("t3", { a: lines({ 23: "z" }) })).commit;
    const gone = "1234567890".repeat(4);
    const { git, shadow } = rig;
    const folder = await attributeFolder({ ...rig });
    const merges = await mergePairs({
      git,
      shadow,
      attributeFolder: folder,
      pairs: [
        [one, three],
        [one, gone],
        [one, two],
        [two, three],
        [gone, gone],
      ],
    });
    expect(merges.map((merge) => merge.status)).toEqual(["clean", "unreadable", "conflict", "clean", "unreadable"]);
    expect(merges[2]).toMatchObject({ paths: ["a"] });
  });

  test("a task with several dependencies starts from all of them", async () => {
    await using rig = await openMergeRig({ a: lines(), b: "b\n" });
    const one = (await rig.task("t1", { a: lines({ 3: "x" }) })).commit;
    const two = (await rig.task("t2", { a: lines({ 23: "z" }) })).commit;
    const clash = (await rig.task("t3", { a: lines({ 23: "y" }) })).commit;
    const ref = "refs/runs/run-1/starts/t9";
    const combine = (...commits: readonly string[]): ReturnType<typeof combineCommits> =>
      combineCommits({ ...rig, commits, ref });
    expect(await combine()).toEqual({ ok: true, value: rig.base });
    expect(await combine(one, one)).toEqual({ ok: true, value: one });
    const both = await combine(one, two);
    if (!both.ok) throw new Error(both.error.reason);
    expect(`${await rig.show(both.value, "a")}\n`).toBe(lines({ 3: "x", 23: "z" }));
    expect(await rig.repository.git(`--git-dir=${rig.shadow.gitDir}`, "log", "-1", "--format=%P", ref)).toBe(
      `${one} ${two}`,
    );
    expect(await combine(one, two, clash)).toEqual({
      ok: false,
      error: { paths: ["a"], between: [two, clash], reason: "both change a" },
    });

    const on = await rig.task(
      "t4",
      { a: lines({ 3: "x", 13: "n", 23: "z" }) },
      { start: both.value, needs: ["t1", "t2"] },
    );
    const outcome = await rig.merge([
      { ...on, taskId: "t1", needs: [], commit: one, order: 1 },
      { ...on, taskId: "t2", needs: [], commit: two, order: 2 },
      on,
    ]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2", "t4"], held: [] });
    expect(`${await rig.show(outcome.commit, "a")}\n`).toBe(lines({ 3: "x", 13: "n", 23: "z" }));
  });
});
