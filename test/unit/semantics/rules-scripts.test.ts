import { describe, expect, test } from "vitest";
import { findingLines, meaningOf, type Edits } from "../../rig/meaning-rig.ts";

type Row = readonly [string, Readonly<Record<string, string>>, Edits, Edits, readonly string[]];

const math = "export function add(a: number, b: number): number {\n  return a + b;\n}\n\nexport const zero = 0;\n";
const using = 'import { add } from "./math.js";\n\nexport const two = add(1, 1);\n';
const base = { "src/math.ts": math, "src/zero.ts": "export {};\n" };
const renamed = { "src/math.ts": math.replace("add(", "sum(") };
const third = { "src/math.ts": math.replace("b: number)", "b: number, c: number)") };

describe("TypeScript that merges as text", () => {
  test.each<Row>([
    [
      "a function is renamed while another file begins to import it",
      base,
      renamed,
      { "src/use.ts": using },
      ["conflict name-gone src/use.ts:1 src/math.ts:1"],
    ],
    [
      "the rename keeps the old name",
      base,
      { "src/math.ts": math.replace("add(", "sum(") + "export { sum as add };\n" },
      { "src/use.ts": using },
      [],
    ],
    [
      "a function of that name in another file is another function",
      { ...base, "src/other.ts": math },
      renamed,
      { "src/use.ts": using.replace("math", "other") },
      [],
    ],
    [
      "a call lacks a new argument",
      base,
      third,
      { "src/use.ts": using },
      ["conflict arity-changed src/use.ts:3 src/math.ts:1"],
    ],
    [
      "a new argument that may be left out",
      base,
      { "src/math.ts": math.replace("b: number)", "b: number, c = 1)") },
      { "src/use.ts": using },
      [],
    ],
    [
      "the adder passes what either version takes",
      base,
      { "src/math.ts": math.replace("b: number)", "...b: number[])") },
      { "src/use.ts": using },
      [],
    ],
    [
      "a file is deleted while another begins to import it",
      base,
      { "src/math.ts": null },
      { "src/use.ts": using },
      ["conflict file-gone src/use.ts:1 src/math.ts:0"],
    ],
    [
      "a file is moved while another begins to import it",
      base,
      { "src/sums.ts": { from: "src/math.ts" } },
      { "src/use.ts": using },
      ["conflict file-gone src/use.ts:1 src/sums.ts:0"],
    ],
    [
      "a file is deleted that nobody begins to import",
      base,
      { "src/math.ts": null },
      { "src/use.ts": "export const a = 1;\n" },
      [],
    ],
    [
      "a re-export is dropped",
      { ...base, "src/index.ts": 'export { add } from "./math.js";\nexport * from "./zero.js";\n' },
      { "src/index.ts": 'export * from "./zero.js";\n' },
      { "src/use.ts": using.replace("./math.js", "./index.js") },
      ["conflict name-gone src/use.ts:1 src/index.ts:0"],
    ],
    [
      "a call of an import that was dropped from the file",
      { ...base, "src/use.ts": using + "\n\nexport const a = 1;\n\n\n\nexport const b = 1;\n" },
      {
        "src/use.ts":
          using.replace(/import.*\n/, "").replace("add(1, 1)", "2") +
          "\n\nexport const a = 1;\n\n\n\nexport const b = 1;\n",
      },
      { "src/use.ts": using + "\n\nexport const a = 1;\n\n\n\nexport const b = add(3, 4);\n" },
      ["conflict name-gone src/use.ts:10 src/use.ts:0"],
    ],
    [
      "both add a function of one name to one file",
      base,
      { "src/math.ts": "export function mul(a: number) {\n  return a;\n}\n\n" + math },
      { "src/math.ts": math + "\nexport function mul(a: number) {\n  return -a;\n}\n" },
      ["conflict added-twice src/math.ts:1 src/math.ts:7"],
    ],
    [
      "both add the same function to one file",
      base,
      { "src/math.ts": "export function mul(a: number) {\n  return a;\n}\n\n" + math },
      { "src/math.ts": math + "\nexport function mul(a: number) {\n  return a;\n}\n" },
      ["info added-twice src/math.ts:1 src/math.ts:7"],
    ],
    [
      "both add the same name to different files",
      base,
      { "src/a.ts": "export const x = 1;\n" },
      { "src/b.ts": "export const x = 2;\n" },
      [],
    ],
    [
      "an interface demands a new member of an implementer that was added",
      { "src/shape.ts": "export interface Shape {\n  area(): number;\n}\n" },
      { "src/shape.ts": "export interface Shape {\n  area(): number;\n  name(): string;\n}\n" },
      {
        "src/dot.ts":
          'import type { Shape } from "./shape.ts";\n\nexport class Dot implements Shape {\n  area() {\n    return 0;\n  }\n}\n',
      },
      ["conflict member-required src/dot.ts:3 src/shape.ts:3"],
    ],
    [
      "the implementer has the member already",
      { "src/shape.ts": "export interface Shape {\n  area(): number;\n}\n" },
      { "src/shape.ts": "export interface Shape {\n  area(): number;\n  name(): string;\n}\n" },
      {
        "src/dot.ts":
          'import type { Shape } from "./shape.ts";\n\nexport class Dot implements Shape {\n  area() {\n    return 0;\n  }\n  name() {\n    return "";\n  }\n}\n',
      },
      [],
    ],
    [
      "a constructor takes another argument",
      { "src/user.ts": "export class User {\n  constructor(readonly name: string) {}\n}\n" },
      { "src/user.ts": "export class User {\n  constructor(readonly name: string, readonly age: number) {}\n}\n" },
      { "src/use.ts": 'import { User } from "./user.ts";\nexport const u = new User("a");\n' },
      ["conflict arity-changed src/use.ts:2 src/user.ts:1"],
    ],
    [
      "an enum member is gone",
      { "src/c.ts": "export enum Color {\n  Red,\n  Blue,\n}\n" },
      { "src/c.ts": "export enum Color {\n  Red,\n}\n" },
      { "src/use.ts": 'import { Color } from "./c.ts";\nexport const c = Color.Blue;\n' },
      ["conflict name-gone src/use.ts:2 src/c.ts:3"],
    ],
    [
      "a namespace import of a name that is gone",
      base,
      renamed,
      { "src/use.ts": 'import * as math from "./math.ts";\nexport const a = math.add(1, 2);\n' },
      ["conflict name-gone src/use.ts:2 src/math.ts:1"],
    ],
    [
      "a method that is gone is called on a value",
      { "src/user.ts": "export class User {\n  rename(name: string) {\n    return name;\n  }\n}\n" },
      { "src/user.ts": "export class User {}\n" },
      { "src/use.ts": 'import type { User } from "./user.ts";\nexport const f = (u: User) => u.rename("a");\n' },
      ["risk member-of-value src/use.ts:2 src/user.ts:1"],
    ],
  ])("%s", async (_sentence, files, left, right, expected) => {
    expect(findingLines(await meaningOf({ base: files, left, right }))).toEqual(expected);
    expect((await meaningOf({ base: files, left: right, right: left })).length).toBe(expected.length);
  });
});
