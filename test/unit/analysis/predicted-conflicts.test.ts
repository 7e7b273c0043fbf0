import { describe, expect, test } from "vitest";
import {
  filePattern,
  filesNamedIn,
  normalizedPath,
  patternsOverlap,
} from "../../../src/engines/analysis/file-patterns.ts";
import { predictConflicts, type ConflictForecast } from "../../../src/engines/analysis/predicted-conflicts.ts";
import { dependentCounts, reachability } from "../../../src/engines/analysis/graph/reachability.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { graphOf, task } from "../../rig/task-rig.ts";

function predict(tasks: readonly TaskInput[]): ConflictForecast[] {
  const graph = graphOf(tasks);
  return predictConflicts(graph, reachability(graph));
}
const writes = (...globs: string[]): Partial<TaskInput> => ({ writes: globs });

test("three tasks whose texts name one file are predicted to meet there", () => {
  const tasks = ["a", "b", "c"].map((id) => task(id, 10, [], { description: `Change ${id} in src/user.ts.` }));
  expect(predict(tasks)).toMatchObject([
    { tasks: ["a", "b", "c"], resource: "src/user.ts", probability: 0.49, serialised: false },
  ]);
});

test("two tasks that declare one file meet almost surely, however the path is written, and wait for each other", () => {
  const found = predict([task("a", 10, [], writes("./src/a.ts")), task("b", 10, [], writes("src//a.ts"))]);
  expect(found).toMatchObject([{ tasks: ["a", "b"], resource: "src/a.ts", probability: 0.9, serialised: true }]);
});

test("tasks with an order between them cannot meet, directly or through others", () => {
  const tasks = [task("a", 10, [], writes("x.ts")), task("b", 10, ["a"]), task("c", 10, ["b"], writes("x.ts"))];
  expect(predict(tasks)).toEqual([]);
});

test("a declared list of writes outweighs what the text mentions", () => {
  const tasks = [
    task("a", 10, [], { ...writes("src/a.ts"), description: "Like src/b.ts" }),
    task("b", 10, [], writes("src/b.ts")),
  ];
  expect(predict(tasks)).toEqual([]);
});

test("a glob meets the files and the globs it covers, and each pair of globs is reported once", () => {
  const tasks = [
    task("a", 10, [], writes("src/**")),
    task("b", 10, [], writes("src/api/x.ts")),
    task("c", 10, [], writes("src/api/**")),
    task("d", 10, [], writes("docs/**")),
  ];
  const found = predict(tasks).map((each) => [each.resource, each.tasks.join()]);
  expect(found).toEqual([
    ["src/**", "a,b,c"],
    ["src/api/**", "b,c"],
  ]);
});

test("a shared mutex is a certain queue and not a risk", () => {
  const lock = { exclusive: ["port:3000"] };
  expect(predict([task("a", 1, [], lock), task("b", 1, [], lock), task("c", 1)])).toMatchObject([
    { tasks: ["a", "b"], resource: "port:3000", probability: 1, serialised: true },
  ]);
});

describe("files are recognised in texts", () => {
  test.each([
    ["Change src/user.ts, then `lib/a.b.js`.", ["src/user.ts", "lib/a.b.js"]],
    ["Update package.json and README.md!", ["package.json", "README.md"]],
    ["Move to Node.js 20.1, e.g. from v1.2", []],
    ["See https://example.com/a.ts and example.com", []],
    ["In C:\\repo\\src\\a.cs", ["/repo/src/a.cs"]],
    ["./src/a.ts:12 fails", ["src/a.ts"]],
  ])("%s", (text, files) => {
    expect([...filesNamedIn(text)]).toEqual(files);
  });
});

test.each([
  ["src/**", "src/a.ts", true],
  ["src/**/*.ts", "src/a/b.ts", true],
  ["src/**/*.ts", "src/a/b.css", false],
  ["src/a/**", "src/b/**", false],
  ["**/*.md", "docs/**", true],
  ["a.ts", "a.ts", true],
  ["a.ts", "b.ts", false],
])("%s and %s overlap: %s", (left, right, expected) => {
  expect(patternsOverlap(filePattern(left), filePattern(right))).toBe(expected);
  expect(patternsOverlap(filePattern(right), filePattern(left))).toBe(expected);
});

test("a path has one spelling", () => {
  expect(["./a//b/./c", "a\\b\\c", "a/b/c/"].map(normalizedPath)).toEqual(["a/b/c", "a/b/c", "a/b/c"]);
});

test("it is known how many tasks wait for each one, across word boundaries of the bit sets", () => {
  const tasks = Array.from({ length: 70 }, (_, n) => task(`t${n}`, 1, n === 0 ? [] : [`t${n - 1}`]));
  expect([...dependentCounts(reachability(graphOf(tasks)), 70)]).toEqual(tasks.map((_, n) => 69 - n));
});
