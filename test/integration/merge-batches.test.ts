import { cp, utimes } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { meaningJudges } from "../../src/engines/coordination/meaning/meaning-of-results.ts";
import { attributeFolder } from "../../src/engines/merging/attribute-folder.ts";
import { mergeAndRegenerate } from "../../src/engines/merging/merge-and-regenerate.ts";
import { keepMerged } from "../../src/engines/merging/merge-results.ts";
import { mergePairs, type CommitPair } from "../../src/engines/merging/pairs/merge-tree.ts";
import { withTrialObjects } from "../../src/engines/merging/trial-objects.ts";
import { GitFailure, type Git, type GitCall } from "../../src/ports/git.ts";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { runGitAsOwner } from "../rig/git-rig.ts";
import { openMergeRig, type MergeRig } from "../rig/merge-rig.ts";

const text = Array.from({ length: 40 }, (_, line) => `line ${line}\n`);

/** Twelve results that each change a line of one file, every other one the same line as the one before it. */
async function twelveResults(rig: MergeRig): Promise<{ readonly pairs: readonly CommitPair[] }> {
  const commits: string[] = [];
  for (let place = 0; place < 12; place++) {
    const changed = text.with((place >> 1) * 5, `changed by ${place}\n`).join("");
    commits.push((await rig.task(`t${place}`, { "a.txt": changed })).commit);
  }
  return { pairs: commits.flatMap((left, place) => commits.slice(place + 1).map((right) => [left, right] as const)) };
}

/** Git on a machine with so many cores; `fails` says which merges end before they have answered. */
function gitWith(rig: MergeRig, parallel: number, fails: (call: GitCall, merges: number) => boolean) {
  const counts = { merges: 0, atOnce: 0, most: 0 };
  const git: Git = {
    ...rig.git,
    parallel,
    async run(argv, call) {
      if (argv[0] !== "merge-tree") return rig.git.run(argv, call);
      counts.merges += 1;
      counts.atOnce += 1;
      counts.most = Math.max(counts.most, counts.atOnce);
      try {
        if (fails(call, counts.merges)) throw new GitFailure({ argv, exitCode: 128, stderr: "ended by SIGKILL" });
        return await rig.git.run(argv, call);
      } finally {
        counts.atOnce -= 1;
      }
    },
  };
  return { git, counts };
}

describe("merging many pairs side by side", () => {
  test("gives each pair its own verdict, however many processes share the work", async () => {
    await using rig = await openMergeRig({ "a.txt": text.join("") });
    const { pairs } = await twelveResults(rig);
    const folder = await attributeFolder(rig);
    const verdicts = [];
    for (const parallel of [1, 2, 3, 8]) {
      const { git, counts } = gitWith(rig, parallel, () => false);
      verdicts.push(await mergePairs({ git, shadow: rig.shadow, attributeFolder: folder, pairs }));
      expect(counts).toMatchObject({ merges: parallel, most: parallel });
    }
    expect(verdicts[0]?.filter(({ status }) => status === "conflict")).toHaveLength(6);
    for (const other of verdicts) expect(other).toEqual(verdicts[0]);
  });

  test("goes on when git dies in the middle, in one process or in all of them at once", async () => {
    await using rig = await openMergeRig({ "a.txt": text.join("") });
    const { pairs } = await twelveResults(rig);
    const call = { shadow: rig.shadow, attributeFolder: await attributeFolder(rig), pairs };
    const whole = await mergePairs({ ...call, git: rig.git });
    for (const dying of [1, 2]) {
      const { git, counts } = gitWith(rig, 2, (_, merges) => merges <= dying);
      expect(await mergePairs({ ...call, git })).toEqual(whole);
      expect(counts.merges).toBe(2 + 2 * dying);
    }
  });

  test("says of a pair at which git always dies that it could not be read, and judges all others", async () => {
    await using rig = await openMergeRig({ "a.txt": text.join("") });
    const { pairs } = await twelveResults(rig);
    const call = { shadow: rig.shadow, attributeFolder: await attributeFolder(rig), pairs };
    const whole = await mergePairs({ ...call, git: rig.git });
    const fatal = (pairs[20] as CommitPair).join(" ");
    const { git } = gitWith(rig, 2, ({ input }) => String(input).includes(fatal));
    const merges = await mergePairs({ ...call, git });
    expect(merges[20]).toEqual({ status: "unreadable", reason: "ended by SIGKILL" });
    expect(merges.toSpliced(20, 1)).toEqual(whole.toSpliced(20, 1));
  });
});

describe("what is merged only to judge it", () => {
  /** Three results that merge, and one that contradicts the first. */
  const results = async (rig: MergeRig) => [
    await rig.task("t1", { "a.txt": text.with(3, "one\n").join("") }),
    await rig.task("t2", { "a.txt": text.with(20, "two\n").join("") }),
    await rig.task("t3", { "a.txt": text.with(35, "three\n").join(""), "b.txt": "b\n" }),
    await rig.task("t4", { "a.txt": text.with(3, "four\n").join("") }),
  ];
  const linesOf = (answer: string): string[] => answer.split("\n").map((line) => line.split(" ")[0] ?? "");

  test.each([false, true])(
    "never lies where the results are kept, and what is kept is flushed; only to find out: %s",
    async (rehearse) => {
      await using rig = await openMergeRig({ "a.txt": text.join("") });
      const { files, shadow, base } = rig;
      const unflushed: (string | undefined)[] = [];
      const run: Git["run"] = (argv, call) => {
        if (call.config?.includes("core.fsync=none")) unflushed.push(call.newObjects);
        return rig.git.run(argv, call);
      };
      const call = { git: { ...rig.git, run }, files, shadow, executionId: "run-1", base };
      const judgeMeaning = meaningJudges(call.git, testCodeReader())(shadow);
      const request = { ...call, results: await results(rig), heldBefore: [], judgeMeaning, rehearse };
      const outcome = await mergeAndRegenerate(request);
      expect(outcome).toMatchObject({ merged: ["t1", "t2", "t3"], held: [{ taskId: "t4" }] });
      if (rehearse) await keepMerged({ ...call, commit: outcome.commit ?? "" });
      expect(unflushed).not.toEqual([]);
      expect(unflushed.filter((folder) => !folder?.startsWith(`${shadow.gitDir}/trials/`))).toEqual([]);
      expect(await files.list(`${shadow.gitDir}/trials`)).toEqual([]);
      const ask = (...argv: readonly string[]): Promise<string> =>
        runGitAsOwner(shadow.gitDir, ["--git-dir=.", ...argv]);
      const loose = linesOf(await ask("cat-file", "--batch-all-objects", "--unordered", "--batch-check"));
      const kept = new Set(linesOf(await ask("rev-list", "--objects", "--all")));
      expect(loose.filter((id) => !kept.has(id))).toEqual([]);
      expect(await ask("fsck", "--full", "--no-dangling")).toBe("");
    },
  );

  test("is removed a day later where a process that was killed has left it", async () => {
    await using rig = await openMergeRig({ "a.txt": text.join("") });
    const parent = `${rig.shadow.gitDir}/trials`;
    for (const number of [1, 2]) {
      await rig.files.makeFolder(`${parent}/${number}.objects/ab`);
      await rig.files.createExclusive(`${parent}/${number}`, "");
    }
    const before = new Date(Date.now() - 25 * 60 * 60_000);
    for (const name of ["1", "1.objects"]) await utimes(`${parent}/${name}`, before, before);
    await rig.merge(await results(rig));
    expect(await rig.files.list(parent)).toEqual(["2", "2.objects"]);
  });

  test("is found in a folder whose name holds what separates paths", async () => {
    await using rig = await openMergeRig({ "a.txt": text.join("") });
    const [one, , , four] = await results(rig);
    const gitDir = `${rig.shadow.gitDir}/../a:"b"\\c;d.git`;
    await cp(rig.shadow.gitDir, gitDir, { recursive: true });
    const place = { ...rig, shadow: { ...rig.shadow, gitDir } };
    const attributes = await attributeFolder(place);
    const pairs = [[one?.commit ?? "", four?.commit ?? ""] as const];
    const [merge] = await withTrialObjects(place, async (git) => {
      const merges = await mergePairs({ git, shadow: place.shadow, attributeFolder: attributes, pairs });
      const tree = merges[0]?.status === "conflict" ? merges[0].tree : "";
      expect((await git.run(["cat-file", "-t", tree], { gitDir })).text).toBe("tree\n");
      return merges;
    });
    const tree = merge?.status === "conflict" ? merge.tree : "";
    await expect(rig.git.run(["cat-file", "-t", tree], { gitDir })).rejects.toThrow(GitFailure);
  });
});
