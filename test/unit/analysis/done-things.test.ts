import { describe, expect, test } from "vitest";
import { doneThings } from "../../../src/engines/analysis/evidence/done-things.ts";
import { implicitDependencies } from "../../../src/engines/analysis/implicit-dependencies.ts";
import { graphOf } from "../../rig/task-rig.ts";

const found = (...texts: readonly string[]): string[] =>
  implicitDependencies(graphOf(texts.map((description, n) => ({ id: `t${n + 1}`, description })))).map(
    ({ from, to, applied }) => `${from}>${to}${applied ? " applied" : ""}`,
  );

describe("what a text calls done comes after the step that does it, whatever is usual", () => {
  test.each([
    [["Train the classifier on the tweets", "Evaluate the trained classifier"], ["t1>t2 applied"]],
    [["Evaluate the trained classifier", "Train the classifier on the tweets"], ["t2>t1 applied"]],
    [["Place the new product on the cleared space", "Clear out some space on the shelf"], ["t2>t1 applied"]],
    [["Assess the finished bridge", "Prepare the bridge"], []],
  ])("%s", (texts, expected) => {
    expect(found(...texts)).toEqual(expected);
  });

  test("a step that shows something once another thing is saved is never put before saving it", () => {
    expect(found("Save the draft", "Show a toast once the draft is saved")).not.toContain("t2>t1 applied");
    expect(found("Save the draft", "Show a toast once the draft is saved")).not.toContain("t2>t1");
  });

  test("among tasks on software it is only suggested", () => {
    expect(found("Clear the cached page in src/cache.ts", "Cache the page in src/page.ts")).toEqual(["t2>t1"]);
  });

  test("no usual order is suggested against the way that is applied", () => {
    const steps = ["Train the classifier on the cleaned tweets", "Evaluate the trained classifier", "Clean the tweets"];
    expect(found(...steps)).toEqual(["t3>t1 applied", "t1>t2 applied"]);
  });

  test("where several steps may have done it, the order is only suggested", () => {
    const steps = found("Train the red classifier", "Train the blue classifier", "Evaluate the trained classifier");
    expect(steps).toEqual(expect.arrayContaining(["t1>t3", "t2>t3"]));
  });
});

describe("a done form is read from a participle before a thing or behind it", () => {
  test.each([
    ["Evaluate the trained classifier", ["train classifier"]],
    ["Tell them that the tweets have been cleaned", ["clean tweet"]],
    ["Bring the required tools", []],
    ["Wait until the draft is saved", []],
    ["Trained people wanted", []],
  ])("%s", (text, expected) => {
    expect(doneThings(text).map(({ verb, thing }) => `${verb} ${thing}`)).toEqual(expected);
  });
});
