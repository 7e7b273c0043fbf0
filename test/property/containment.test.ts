import * as fc from "fast-check";
import { expect, test } from "vitest";
import { attributeFolder } from "../../src/engines/merging/attribute-folder.ts";
import { changedPaths } from "../../src/engines/merging/changed-paths.ts";
import { lostWork } from "../../src/engines/merging/containment.ts";
import { mergeCommit } from "../../src/engines/merging/fold-results.ts";
import { mergeTwo } from "../../src/engines/merging/pairs/merge-tree.ts";
import { openMergeRig } from "../rig/merge-rig.ts";

// Few different lines, as in code full of braces: the hardest input for anything that compares lines.
const line = fc.constantFrom("{", "}", "", "return", "x", "y", "z");
const base = [
  "a",
  "{",
  "x",
  "}",
  "",
  "b",
  "{",
  "y",
  "}",
  "",
  "c",
  "{",
  "x",
  "y",
  "}",
  "",
  "return",
  "}",
  "d",
  "{",
  "}",
];
const edits = fc.array(
  fc.record({ at: fc.nat(base.length), removed: fc.nat(3), added: fc.array(line, { maxLength: 3 }) }),
  { minLength: 1, maxLength: 3 },
);

test("whatever two agents do to a file, a merge that git calls clean holds every line of both", async () => {
  await using rig = await openMergeRig({ f: `${base.join("\n")}\n` });
  const { gitDir } = rig.shadow;
  const call = { ...rig, attributeFolder: await attributeFolder(rig) };
  const commitOf = async (changes: readonly { at: number; removed: number; added: string[] }[]): Promise<string> => {
    const lines = [...base];
    for (const { at, removed, added } of changes) lines.splice(at, removed, ...added);
    const stored = await rig.git.run(["hash-object", "-w", "--stdin"], { gitDir, input: `${lines.join("\n")}\n` });
    const tree = await rig.git.run(["mktree"], { gitDir, input: `100644 blob ${stored.text.trim()}\tf\n` });
    return mergeCommit(rig, { tree: tree.text.trim(), parents: [rig.base], message: "edit" });
  };
  let clean = 0;
  await fc.assert(
    fc.asyncProperty(edits, edits, async (left, right) => {
      const commits = [await commitOf(left), await commitOf(right)] as const;
      const merge = await mergeTwo(call, ...commits);
      if (merge.status !== "clean") return;
      clean += 1;
      const merged = await mergeCommit(rig, { tree: merge.tree, parents: commits, message: "merge" });
      const changes = await changedPaths({ ...rig, comparisons: commits.map((to) => ({ from: rig.base, to })) });
      const contributions = commits.map((commit, index) => ({
        commit,
        changes: changes[index]!,
        superseded: new Set<string>(),
      }));
      expect(await lostWork({ ...rig, merged, contributions })).toEqual([[], []]);
    }),
    { numRuns: 40 },
  );
  expect(clean).toBeGreaterThan(0);
});
