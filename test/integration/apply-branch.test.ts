import { describe, expect, test } from "vitest";
import { applyBranch } from "../../src/engines/merging/apply/apply-branch.ts";
import { openMergeRig } from "../rig/merge-rig.ts";

describe("results on a branch", () => {
  test("come with all their objects, and nothing else of the repository changes (C20)", async () => {
    await using rig = await openMergeRig({ a: "1\n" }, { uncommitted: { b: "mine\n" } });
    const { commit } = await rig.task("t1", { a: "2\n" });
    const before = await rig.repository.git("status", "--porcelain");
    const head = await rig.repository.git("rev-parse", "HEAD");
    const outcome = await applyBranch({ ...rig, executionId: "run-1", commit });
    expect(outcome).toEqual({ applied: true, files: [], ref: "refs/heads/parallelization/run-1", conflicts: [] });
    expect(await rig.repository.git("show", "parallelization/run-1:a")).toBe("2");
    expect(await rig.repository.git("fsck", "--full")).not.toContain("missing");
    expect(await rig.repository.git("status", "--porcelain")).toBe(before);
    expect(await rig.repository.git("rev-parse", "HEAD")).toBe(head);
    expect(await rig.repository.git("for-each-ref", "--format=%(refname)")).toBe(
      "refs/heads/main\nrefs/heads/parallelization/run-1",
    );
    expect(await applyBranch({ ...rig, executionId: "run-1", commit })).toMatchObject({
      applied: false,
      reason: "the branch parallelization/run-1 is already there",
    });
  });

  test("need a repository", async () => {
    await using rig = await openMergeRig({ a: "1\n" }, { withoutGit: true });
    const { commit } = await rig.task("t1", { a: "2\n" });
    expect(await applyBranch({ ...rig, executionId: "run-1", commit })).toMatchObject({
      applied: false,
      reason: "the workspace is no git repository",
    });
  });
});
