import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { detect, result } from "../rig/agent-results.ts";
import { temporaryFolder } from "../rig/git-rig.ts";
import { makeTextPairs, type TextPair } from "../rig/text-pairs.ts";

// A package of a version that stays, so that the pairs are the same on every day.
const sources = join(fileURLToPath(import.meta.url), "../../../node_modules/zod/src");

/** Whether two results known by their diffs alone, or with their contents, are said to conflict. */
function verdict({ diffs, left, right }: TextPair, withContent: boolean): boolean {
  const change = (diff: string, content: string) => ({
    file: "file.ts",
    type: "modify" as const,
    diff,
    ...(withContent ? { content } : {}),
  });
  return detect([result(1, [change(diffs[0], left)]), result(2, [change(diffs[1], right)])]).hasConflicts;
}

test("from diffs alone the verdict on 300 pairs of changes to real code is git's own, one by one (C24)", async () => {
  await using folder = await temporaryFolder();
  const pairs = await makeTextPairs({ sources, scratch: folder.path, seed: 20_261_121, count: 300 });
  expect(pairs.filter(({ clean }) => !clean).length).toBeGreaterThan(50);
  const wrong = (withContent: boolean): readonly TextPair[] =>
    pairs.filter((pair) => verdict(pair, withContent) === pair.clean);
  expect(wrong(false)).toEqual([]);
  expect(wrong(true)).toEqual([]);
});

test("a merge by itself gives the very text that git's merge gives", async () => {
  await using folder = await temporaryFolder();
  const pairs = await makeTextPairs({ sources, scratch: folder.path, seed: 7, count: 60 });
  const clean = pairs.filter(({ merged }) => merged !== undefined);
  expect(clean.length).toBeGreaterThan(20);
  for (const { diffs, left, right, merged } of clean) {
    const change = (diff: string, content: string) => ({ file: "file.ts", type: "modify" as const, diff, content });
    const { mergedResult } = detect([result(1, [change(diffs[0], left)]), result(2, [change(diffs[1], right)])]);
    expect(mergedResult?.files).toEqual([{ file: "file.ts", content: merged }]);
  }
});
