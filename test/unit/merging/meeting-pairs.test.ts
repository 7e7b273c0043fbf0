import { describe, expect, test } from "vitest";
import { judgeClean, type MeaningRequest } from "../../../src/engines/merging/pairs/judge-meaning.ts";
import { MAX_PAIRS, mayMeet, meetingPairs } from "../../../src/engines/merging/pairs/meeting-pairs.ts";
import type { MergeCandidate } from "../../../src/engines/merging/merge-candidate.ts";
import type { Git } from "../../../src/ports/git.ts";

const noGit = {} as Git;

/** A result that changed each of these files in a way of its own. */
function candidate(order: number, ...paths: readonly string[]): MergeCandidate {
  const who = { taskId: `t${order}`, agentId: `a${order}`, commit: `c${order}`, needs: [], priority: 0, order };
  const changes = paths.map((path) => ({
    ...{ path, oldPath: undefined, status: "M" as const, oldMode: "100644", newMode: "100644" },
    ...{ oldId: "base", newId: `${path} of ${order}` },
  }));
  return { ...who, changes, ancestors: new Set() };
}

/** More results than there are pairs to be looked at, all in three files; the last one has a file to itself. */
const many = [
  ...Array.from({ length: 250 }, (_, order) => candidate(order, "a.ts", "b.ts", "c.ts")),
  candidate(250, "alone.ts"),
];

describe("more results in one file than can be compared two by two", () => {
  test("every pair that is looked at knows all that it shares", () => {
    const pairs = meetingPairs(many);
    expect(pairs).toHaveLength(MAX_PAIRS);
    expect(pairs.filter(({ shared, alike }) => shared.size !== 3 || alike)).toEqual([]);
  });

  test("a pair beyond them is not judged, as if its results were apart; results that are apart are judged", async () => {
    const pairs = meetingPairs(many);
    const asked: unknown[] = [];
    const beside = async ({ merged }: MeaningRequest) => {
      asked.push(merged(0, 1), merged(248, 249), merged(248, 250));
      return [];
    };
    const judgeMeaning = Object.assign(beside, { builtOn: async () => [] });
    const first = pairs[0];
    const cleanTrees = new Map(first ? [[first, "tree"]] : []);
    await judgeClean({ git: noGit, judgeMeaning, base: "base", candidates: many, pairs, cleanTrees, rivalries: [] });
    expect(asked).toEqual([{ tree: "tree", shared: ["a.ts", "b.ts", "c.ts"] }, undefined, "apart"]);
  });
});

test.each([
  ["src/a.ts", "src/a.ts", true],
  ["src/a.ts", "src/A.ts", true],
  ["src", "src/a.ts", true],
  ["src/a.ts", "src", true],
  ["src/a.ts", "src/a.tsx", false],
  ["src/a", "src/ab/c.ts", false],
])("results that change %s and %s may be in each other's way: %s", (one, other, expected) => {
  expect(mayMeet(candidate(1, one), candidate(2, other))).toBe(expected);
  expect(meetingPairs([candidate(1, one), candidate(2, other)]).length > 0).toBe(expected);
});
