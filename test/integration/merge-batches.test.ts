import { describe, expect, test } from "vitest";
import { attributeFolder } from "../../src/engines/merging/attribute-folder.ts";
import { mergePairs, type CommitPair } from "../../src/engines/merging/pairs/merge-tree.ts";
import { GitFailure, type Git, type GitCall } from "../../src/ports/git.ts";
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

test("what was merged lies in one file that was flushed to the disk, without what was merged only to judge it", async () => {
  await using rig = await openMergeRig({ "a.txt": text.join("") });
  const outcome = await rig.merge([
    await rig.task("t1", { "a.txt": text.with(3, "one\n").join("") }),
    await rig.task("t2", { "a.txt": text.with(20, "two\n").join("") }),
    await rig.task("t3", { "a.txt": text.with(35, "three\n").join(""), "b.txt": "b\n" }),
  ]);
  expect(outcome.merged).toEqual(["t1", "t2", "t3"]);
  const { gitDir } = rig.shadow;
  const packs = (await rig.files.list(`${gitDir}/objects/pack`)).filter((name) => name.endsWith(".idx"));
  expect(packs).toHaveLength(1);
  const index = `${gitDir}/objects/pack/${packs[0]}`;
  const packed = (await runGitAsOwner(gitDir, ["verify-pack", "-v", index])).match(/^[0-9a-f]{40}/gm) ?? [];
  const named = await runGitAsOwner(gitDir, [
    ...["--git-dir=.", "rev-list", "--objects", outcome.commit ?? "", "--not", "--exclude=refs/runs/*/merged"],
    "--all",
  ]);
  const made = named.split("\n").flatMap((line) => line.split(" ")[0] || []);
  expect(made.length).toBeGreaterThan(5);
  expect(packed.toSorted()).toEqual(made.toSorted());
});
