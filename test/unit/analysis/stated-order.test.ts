import { describe, expect, test } from "vitest";
import { clauseTokens } from "../../../src/engines/analysis/stated/clause-tokens.ts";
import { implicitDependencies } from "../../../src/engines/analysis/implicit-dependencies.ts";
import { graphOf } from "../../rig/task-rig.ts";
import { heldOut } from "./stated/held-out-phrasings.ts";
import { longTexts } from "./stated/long-texts.ts";
import { stated } from "./stated/stated-phrasings.ts";
import { compiler, infra, type TaskList } from "./stated/task-lists.ts";
import { unclear } from "./stated/unclear-phrasings.ts";
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

describe("words that may be of order or of what the work does are shown and not applied", () => {
  test.each(unclear.map(([list, added, edges]) => ({ text: textOf(added), list, added, edges })))(
    "$text",
    ({ list, added, edges }) => {
      const found = find(list, added).filter((each) => each.applied || each.stated);
      expect(found.map((each) => `${each.from}>${each.to}`).toSorted()).toEqual(edges.split(" ").toSorted());
      expect(found.some((each) => each.applied)).toBe(false);
    },
  );
});

describe("texts that were written when the rules were done are read as well", () => {
  test.each(heldOut.map(([list, added, edges]) => ({ text: textOf(added), list, added, edges })))(
    "$text",
    ({ list, added, edges }) => {
      expect(applied(list, added)).toEqual(edges === "" ? [] : edges.split(" ").toSorted());
    },
  );
});

describe("in lists with longer texts each task waits for what its text says and for nothing else", () => {
  test.each(longTexts.map(([list, edges]) => ({ text: textOf(list).slice(0, 60), list, edges })))(
    "$text",
    ({ list, edges }) => {
      expect(applied(list)).toEqual(edges.split(" ").toSorted());
    },
  );
});

describe("what is not certain is only reported, and named as such", () => {
  const parsers = { p1: "Write the query parser", p2: "Write the config parser" };

  test("words that fit two tasks name both", () => {
    const found = find(parsers, { x: "Write the linter. Needs the parser." });
    expect(found.map(({ from, to, applied: is, stated: said }) => ({ from, to, is, said }))).toEqual([
      { from: "p1", to: "x", is: false, said: true },
      { from: "p2", to: "x", is: false, said: true },
    ]);
    expect(found.every((each) => each.confidence < 0.85)).toBe(true);
    expect(found[0]?.reasoning).toContain('its words fit: "p1", "p2"');
  });

  test("a longer name, the whole name and the plural decide", () => {
    expect(applied(parsers, { x: "Write the linter. Needs the config parser." })).toEqual(["p2>x"]);
    expect(applied({ ...parsers, p3: "Write the parser" }, { x: "Needs the parser" })).toEqual(["p3>x"]);
    expect(applied(parsers, { x: "Write the linter. Needs the parsers." })).toEqual(["p1>x", "p2>x"]);
  });

  test("who makes a thing is meant, and not who tests or describes it", () => {
    const list = { d: "Document the parser", w: "Write the parser", t: "Test the parser" };
    expect(applied(list, { x: "Write the linter after the parser" })).toEqual(["w>x"]);
    expect(applied({ d: "Document the parser" }, { x: "Write the linter after the parser" })).toEqual([]);
  });

  test("one of two tasks is not both of them", () => {
    const found = find(compiler, { x: "Write the linter after the parser or the type checker" });
    expect(found.map(({ from, applied: is, stated: said }) => `${from} ${is} ${said}`).toSorted()).toEqual([
      "t2 false true",
      "t3 false true",
    ]);
  });

  test("what a program does after something is no certain order of tasks", () => {
    const [found] = find(infra, { x: "Send a message after the deployment finishes" });
    expect(found).toMatchObject({ from: "ship", to: "x", applied: false, stated: true });
    expect(found?.reasoning).toContain("or says what happens when the work is in use");
  });
});

test("texts that contradict one another never close a cycle, and what is left out says why", () => {
  const found = find({ a: "Write the parser after the lexer", b: "Write the lexer after the parser" });
  expect(found.map((each) => each.applied)).toEqual([true, false]);
  expect(found[1]?.reasoning).toContain("would close a cycle");
  const last = find({ a: "Write the parser", b: "Add docs after everything else", c: "Add a demo, last of all" });
  expect(last.filter((each) => each.applied).map(({ from, to }) => `${from}>${to}`)).toEqual(["a>b", "a>c"]);
});

test("who comes last waits only for those that nobody else waits for", () => {
  const tasks = [
    { id: "a", description: "Write the parser" },
    { id: "b", description: "Write the printer", dependsOn: ["a"] },
    { id: "z", description: "Tag the release after everything else is done" },
    { id: "after-z", description: "Announce it", dependsOn: ["z"] },
  ];
  const found = implicitDependencies(graphOf(tasks)).filter((each) => each.applied);
  expect(found.map(({ from, to }) => `${from}>${to}`)).toEqual(["b>z"]);
});

describe("a text of order that is made to cost much costs no more than its length", () => {
  const hostile = [
    "needs the ",
    "after the the ",
    "it is first ",
    "once it exists ",
    "a: ",
    "after a, and ",
    "the last of all ",
  ];

  test.each(hostile)("%s, 5,000 characters of it", (part) => {
    const text = part.repeat(Math.ceil(5_000 / part.length)).slice(0, 5_000);
    expect([[], ["h>p"], ["p>h"]]).toContainEqual(applied({ p: "Write the parser", h: text }));
    expect(clauseTokens(text).length).toBeLessThanOrEqual(2 * text.length);
  });

  test("behind sixty words of order nothing is read any more", () => {
    const text = (count: number): TaskList => ({ h: `${"after lunch ".repeat(count)} after the parser` });
    expect(applied({ p: "Write the parser" }, text(59))).toEqual(["p>h"]);
    expect(applied({ p: "Write the parser" }, text(60))).toEqual([]);
  });
});
