/**
 * One verdict for each kind of change, whoever is asked: the merge of a run, results that only tell of themselves, and
 * branches.
 */
import { describe, expect, test } from "vitest";
import { compareHeads } from "../../src/engines/merging/heads/compare-heads.ts";
import { changesBetween } from "../../src/engines/tracking/track-changes.ts";
import type { Conflict } from "../../src/schema/conflict.ts";
import { detect } from "../rig/agent-results.ts";
import type { FileContent } from "../rig/git-rig.ts";
import { openMergeRig, type MergeRig } from "../rig/merge-rig.ts";

type Content = Readonly<Record<string, FileContent>>;
type Severity = Conflict["severity"] | "none";

const lines = (replaced: Readonly<Record<number, string>> = {}, ending = "\n"): string =>
  Array.from({ length: 20 }, (_, index) => `${replaced[index + 1] ?? `line ${index + 1}`}${ending}`).join("");
const binary = (last: number): Uint8Array => new Uint8Array([0, 1, 2, 3, last]);
const large = (first: string, last: string): string =>
  `${first}\n${"x".repeat(99).concat("\n").repeat(40_000)}${last}\n`;

/** Verdicts of the three with slashes between where results that tell of themselves cannot know as much. */
const kinds: [kind: string, base: Content, left: Content, right: Content, verdict: string][] = [
  ["files of their own", { a: "1\n" }, { b: "2\n" }, { c: "3\n" }, "none"],
  ["one renames, one edits", { a: lines() }, { a: null, b: lines() }, { a: lines({ 3: "x" }) }, "low"],
  ["both rename alike", { a: lines() }, { a: null, b: lines() }, { a: null, b: lines() }, "low"],
  ["both rename, apart", { a: lines() }, { a: null, b: lines() }, { a: null, c: lines() }, "high"],
  ["one renames, one deletes", { a: lines() }, { a: null, b: lines() }, { a: null }, "high"],
  ["one edits, one deletes", { a: lines() }, { a: lines({ 3: "x" }) }, { a: null }, "high"],
  ["both delete", { a: lines(), z: "z\n" }, { a: null }, { a: null }, "low"],
  [
    "a folder is renamed, a file added there",
    { "d/a": lines(), z: "" },
    { "d/a": null, "e/a": lines() },
    { "d/n": "n\n" },
    "none",
  ],
  ["permissions and lines", { a: lines() }, { a: { executable: lines() } }, { a: lines({ 3: "x" }) }, "low"],
  ["a binary file, both ways", { a: binary(0) }, { a: binary(1) }, { a: binary(2) }, "high"],
  ["a binary file, alike", { a: binary(0) }, { a: binary(1) }, { a: binary(1) }, "low/high/low"],
  ["a link set to two targets", { a: { link: "x" }, x: "" }, { a: { link: "y" } }, { a: { link: "z" } }, "medium"],
  [
    "a file becomes a link, another edits it",
    { a: lines(), x: "" },
    { a: { link: "x" } },
    { a: lines({ 3: "x" }) },
    "high/medium/high",
  ],
  [
    "CRLF lines far apart",
    { a: lines({}, "\r\n") },
    { a: lines({ 2: "x" }, "\r\n") },
    { a: lines({ 9: "y" }, "\r\n") },
    "low",
  ],
  [
    "line ends on one side, a line on the other",
    { a: lines() },
    { a: lines({}, "\r\n") },
    { a: lines({ 9: "y" }) },
    "medium",
  ],
  ["a name in another case, made by both", { a: "1\n" }, { "Read.me": "1\n" }, { "read.me": "2\n" }, "low"],
  [
    "a renaming of case alone, and an edit",
    { Read: lines() },
    { Read: null, read: lines() },
    { Read: lines({ 3: "x" }) },
    "low",
  ],
  ["a file where the other makes a folder", { a: "1\n" }, { n: "1\n" }, { "n/x": "2\n" }, "high"],
  ["4 MB, first and last line", { a: large("1", "1") }, { a: large("2", "1") }, { a: large("1", "2") }, "low"],
  ["4 MB, the same line", { a: large("1", "1") }, { a: large("2", "1") }, { a: large("3", "1") }, "medium"],
];

/** The worst of some conflicts. */
function worst(conflicts: readonly Conflict[]): Severity {
  const order = ["critical", "high", "medium", "low"] as const;
  return order.find((severity) => conflicts.some((conflict) => conflict.severity === severity)) ?? "none";
}

async function verdicts(rig: MergeRig, left: Content, right: Content): Promise<readonly Severity[]> {
  const results = [await rig.task("t1", left), await rig.task("t2", right)];
  const merged = await rig.merge(results);
  const given = await Promise.all(
    results.map(async ({ taskId, agentId, commit }) => {
      const { git, shadow, base } = rig;
      const changes = [...(await changesBetween({ git, shadow, from: base, to: commit }))];
      return { taskId, agentId, success: true, filesModified: changes.map(({ file }) => file), changes };
    }),
  );
  const heads = results.map(({ taskId, agentId, commit }) => ({ ref: taskId, agentId, commit }));
  const target = { ref: "base", agentId: "base", commit: rig.base };
  const compared = await compareHeads({ ...rig, target, heads, mergeSettings: ["merge.directoryRenames=false"] });
  return [worst(merged.conflicts), worst(detect(given).conflicts), worst(compared.conflicts)];
}

describe("a run's merge, results that tell of themselves, and branches are judged alike (C24)", () => {
  test.each(kinds)("%s", async (_kind, base, left, right, verdict) => {
    await using rig = await openMergeRig(base);
    const expected = verdict.includes("/") ? verdict.split("/") : [verdict, verdict, verdict];
    expect(await verdicts(rig, left, right)).toEqual(expected);
  });
});
