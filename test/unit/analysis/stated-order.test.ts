import { describe, expect, test } from "vitest";
import { implicitDependencies } from "../../../src/engines/analysis/implicit-dependencies.ts";
import { graphOf } from "../../rig/task-rig.ts";
import { heldOut } from "./stated/held-out-phrasings.ts";
import { stated } from "./stated/stated-phrasings.ts";
import type { TaskList } from "./stated/task-lists.ts";
import { unstated } from "./stated/unstated-phrasings.ts";

const find = (list: TaskList, added: TaskList = {}): ReturnType<typeof implicitDependencies> =>
  implicitDependencies(
    graphOf(Object.entries({ ...list, ...added }).map(([id, description]) => ({ id, description }))),
  );
const applied = (list: TaskList, added: TaskList = {}): string[] =>
  find(list, added)
    .filter((each) => each.applied)
    .map((each) => `${each.from}>${each.to}`)
    .toSorted();
const textOf = (added: TaskList): string => Object.values(added).join(" | ");

describe("order that a text states of another task's thing is applied", () => {
  test.each(stated.map(([list, added, edges]) => ({ text: textOf(added), list, added, edges })))(
    "$text",
    ({ list, added, edges }) => {
      expect(applied(list, added)).toEqual(edges.split(" ").toSorted());
    },
  );
});

describe("words that only look like order between tasks give none", () => {
  test.each(unstated.map(([list, added]) => ({ text: textOf(added), list, added })))("$text", ({ list, added }) => {
    expect(find(list, added).filter((each) => each.applied || each.stated)).toEqual([]);
  });
});

describe("texts that were written when the rules were done are read as well", () => {
  test.each(heldOut.map(([list, added, edges]) => ({ text: textOf(added), list, added, edges })))(
    "$text",
    ({ list, added, edges }) => {
      expect(applied(list, added)).toEqual(edges === "" ? [] : edges.split(" ").toSorted());
    },
  );
});
