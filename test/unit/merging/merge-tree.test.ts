import { describe, expect, test } from "vitest";
import { parseMergeTree } from "../../../src/engines/merging/pairs/merge-tree.ts";

const tree = "6653f70132deb6af4da2b63060a33356cfdbd0d1";
const clean = `1\0${tree}\0\0${message("Auto-merging", "Auto-merging a\n")}\0`;
const conflict = `0\0${tree}\0a\0b c\0\0${message("CONFLICT (contents)", "CONFLICT (content): Merge conflict in a\n")}\0`;

function message(kind: string, text: string): string {
  return `1\0a\0${kind}\0${text}\0`;
}

describe("git's answer about a batch of merges", () => {
  test("is read merge by merge", () => {
    expect(parseMergeTree(clean + conflict + `1\0${tree}\0\0\0`, 3)).toEqual([
      { status: "clean", tree, joined: ["a"] },
      {
        status: "conflict",
        tree,
        paths: ["a", "b c"],
        messages: [{ paths: ["a"], kind: "CONFLICT (contents)", text: "CONFLICT (content): Merge conflict in a" }],
      },
      { status: "clean", tree, joined: [] },
    ]);
  });

  test.each([
    ["ends too early", conflict.slice(0, -4), 1],
    ["has fewer merges", clean, 2],
    ["has more merges", clean + clean, 1],
    ["has advice in between", `${clean}hint: you have to merge submodule x\n${clean}`, 2],
    ["has an unknown status", clean.replace("1\0", "-1\0"), 1],
    ["has no tree", clean.replace(tree, "fatal"), 1],
    ["has a count that is no number", clean.replace("1\0a", "x\0a"), 1],
    ["is empty", "", 1],
  ])("is not believed when it %s", (_name, text, count) => {
    expect(parseMergeTree(text, count)).toBeUndefined();
  });
});
