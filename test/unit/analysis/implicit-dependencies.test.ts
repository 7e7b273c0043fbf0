import { describe, expect, test } from "vitest";
import { implicitDependencies } from "../../../src/engines/analysis/implicit-dependencies.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { graphOf, task } from "../../rig/task-rig.ts";

const say = (id: string, description: string, more: Partial<TaskInput> = {}): TaskInput => ({
  id,
  description,
  ...more,
});
const find = (tasks: readonly TaskInput[]): ReturnType<typeof implicitDependencies> =>
  implicitDependencies(graphOf(tasks));
const applied = (tasks: readonly TaskInput[]): string[] =>
  find(tasks)
    .filter((each) => each.applied)
    .map((each) => `${each.from}>${each.to}`);

describe("a text that names another task behind an ordering word gives a dependency", () => {
  test.each([
    ["After db-schema is done, write the queries", "db-schema"],
    ["Write the queries using the output of db_schema to name the columns", "db_schema"],
    ["Write the queries. Depends on task schema and nothing else", "schema"],
    ["Write the queries once `schema` exists", "schema"],
    ['Write the queries after "Define the tables" has landed', "t1"],
    ["Requires userSchema; write the queries", "userSchema"],
    ["Wait for task 7, then write the queries", "7"],
    ["Write queries based on schema-v2.", "schema-v2"],
    ["Run after set up db and nothing else (after task set up db)", "set up db"],
  ])("%s", (text, id) => {
    expect(applied([say(id, "Define the tables. In SQL."), say("q", text)])).toEqual([`${id}>q`]);
  });

  test("and a list of names gives one for each", () => {
    const tasks = [
      say("t1", "one"),
      say("t2", "two"),
      say("t3", "three"),
      say("x", "Starts after t1, t2 and t3, not before"),
    ];
    expect(applied(tasks)).toEqual(["t1>x", "t2>x", "t3>x"]);
  });

  test("and 'before' gives it the other way round", () => {
    expect(applied([say("t1", "Must land before t2"), say("t2", "two")])).toEqual(["t1>t2"]);
  });

  test("with the words it rests on as evidence", () => {
    const [found] = find([say("t1", "one"), say("x", "Do it. After task t1 is merged, tidy up")]);
    expect(found).toMatchObject({ from: "t1", to: "x", evidence: "After task t1", confidence: 0.95, applied: true });
    expect(found?.reasoning).toContain('"x"');
  });
});

describe("words that only look like it give none", () => {
  test.each([
    ["login", "Refactor the user page based on figma, after lunch, for login"],
    ["user", "Greet after the user logs in"],
    ["2", "Start after 2 hours, requires 2 files"],
    ["a", "Think after a while, based on a draft"],
    ["t1", "Not dependent on t1, and independent of the output of t1"],
    ["t1", "After the meeting. t1 is somebody else's work"],
    ["t1", "Look after t1-like things, after all"],
    ["t1", "Uses words like t1 without any order"],
    ["sign-in", "Show the banner after sign-in the first time"],
    ["api", "Build on apis and after apiary"],
  ])("task %s, text: %s", (id, text) => {
    expect(applied([say(id, "Something else"), say("x", text)])).toEqual([]);
  });

  test("two tasks on one topic are not ordered, so that no false cycle arises", () => {
    const tasks = [
      say("user-model", "Refactor user model based on the design after lunch"),
      say("user-page", "Refactor user page, using data from the model"),
    ];
    expect(find(tasks).filter((each) => each.applied || each.stated)).toEqual([]);
  });
});

test("an id that is a plain word is applied where it stands alone, and only reported within a longer phrase", () => {
  const schema = say("schema", "Define it");
  expect(applied([schema, say("q", "Write queries after schema.")])).toEqual(["schema>q"]);
  const [found] = find([schema, say("q", "Write queries after schema drift was seen.")]);
  expect(found).toMatchObject({ from: "schema", confidence: 0.4, applied: false });
});

test("a file that one task writes and another reads gives a dependency", () => {
  const tasks = [task("gen", 5, [], { writes: ["./src/api.ts"] }), task("use", 5, [], { reads: ["src/api.ts"] })];
  expect(find(tasks)).toMatchObject([
    { from: "gen", to: "use", evidence: "src/api.ts", confidence: 0.9, applied: true },
  ]);
});

test("a shared glob is only reported, and whoever also writes the file is in conflict rather than in order", () => {
  const glob = [task("a", 5, [], { writes: ["src/**"] }), task("b", 5, [], { reads: ["src/**"] })];
  expect(find(glob)).toMatchObject([{ confidence: 0.7, applied: false }]);
  const both = { reads: ["x.ts"], writes: ["x.ts"] };
  expect(find([task("a", 5, [], both), task("b", 5, [], both)])).toEqual([]);
});

test("what is stated is not found again, and what would close a cycle is reported with that reason", () => {
  const tasks = [say("t1", "Runs after t2"), say("t2", "Runs after t1", { dependsOn: ["t1"] })];
  const found = find(tasks);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ from: "t2", to: "t1", applied: false });
  expect(found[0]?.reasoning).toContain("would close a cycle");
});

test("of two texts that contradict each other one is applied", () => {
  const found = find([say("t1", "After t2."), say("t2", "After t3."), say("t3", "After t1.")]);
  expect(found.map((each) => each.applied)).toEqual([true, true, false]);
});

test("hostile texts cost linear time: 2,000 tasks of 5,000 characters that share every word", () => {
  const text = "after task task task ".repeat(250).slice(0, 5_000);
  const tasks = Array.from({ length: 2_000 }, (_, n) => say(`task task ${n}`, `${text.slice(0, 4_980)} ${n}`));
  expect(find(tasks).every((each) => each.confidence < 1)).toBe(true);
});

test("ids that look like patterns are plain text", () => {
  expect(applied([say("(a+)+$", "x"), say(".*", "y"), say("q", "after (a+)+$ and after .*")])).toEqual([]);
});
