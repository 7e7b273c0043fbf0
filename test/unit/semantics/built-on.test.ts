import { describe, expect, test } from "vitest";
import { builtOnMeaning, findingLines, type Edits } from "../../rig/meaning-rig.ts";

const lib = "export function parse(text: string): string {\n  return text.trim();\n}\n\nexport const zero = 0;\n";
const main = 'import { parse } from "./lib.ts";\n\nexport const one = parse("1");\n';
const base = { "lib.ts": lib, "main.ts": main, "other.ts": "export const other = 1;\n" };
const rename: Edits = { "lib.ts": lib.replace("parse", "parseAll"), "main.ts": main.replaceAll("parse", "parseAll") };
const uses = 'import { parse } from "./lib.ts";\n\nexport const two = parse("2");\n';

const manifest = (name?: string): string =>
  `${JSON.stringify({ dependencies: name === undefined ? {} : { [name]: "^1.0.0" } }, undefined, 2)}\n`;

interface Case {
  readonly says: string;
  readonly base?: Readonly<Record<string, string>>;
  readonly chain: readonly Edits[];
  readonly others?: Edits;
  /** Who breaks against whom, with the places. */
  readonly found?: readonly string[];
}

async function judged({ base: files = base, chain, others }: Case): Promise<readonly string[]> {
  const found = await builtOnMeaning({ base: files, chain, ...(others && { others }) });
  return found.flatMap(({ descendant, ancestor, findings }) =>
    findingLines(findings).map((line) => `${descendant + 1} on ${ancestor + 1}: ${line}`),
  );
}

const arity = lib.replace("text: string", "text: string, base: number");

const breaks: readonly Case[] = [
  {
    says: "imports a name that was renamed before it",
    chain: [rename, { "two.ts": uses }],
    found: ["2 on 1: conflict name-gone two.ts:1 lib.ts:1"],
  },
  {
    says: "calls it in a file whose import was renamed with it, in lines that adjoin",
    chain: [rename, { "main.ts": `${main.replaceAll("parse", "parseAll")}export const two = parse("2");\n` }],
    found: ["2 on 1: conflict name-gone main.ts:4 lib.ts:1"],
  },
  {
    says: "calls it in the file that declared it",
    base: { "lib.ts": `${lib}export const used = parse("0");\n` },
    chain: [
      { "lib.ts": `${lib}export const used = parse("0");\n`.replaceAll("parse", "parseAll") },
      {
        "lib.ts":
          `${lib}export const used = parse("0");\n`.replaceAll("parse", "parseAll") +
          'export const two = parse("2");\n',
      },
    ],
    found: ["2 on 1: conflict name-gone lib.ts:7 lib.ts:1"],
  },
  {
    says: "imports a file that was moved before it",
    chain: [{ "sums.ts": { from: "lib.ts" }, "main.ts": main.replace("lib", "sums") }, { "two.ts": uses }],
    found: ["2 on 1: conflict file-gone two.ts:1 sums.ts:0"],
  },
  {
    says: "calls a function with the arguments it took before",
    chain: [{ "lib.ts": arity, "main.ts": main.replace('"1"', '"1", 1') }, { "two.ts": uses }],
    found: ["2 on 1: conflict arity-changed two.ts:3 lib.ts:1"],
  },
  {
    says: "repeats what the first of three took away",
    chain: [rename, { "other.ts": "export const other = 2;\n" }, { "two.ts": uses }],
    found: ["3 on 1: conflict name-gone two.ts:1 lib.ts:1"],
  },
  {
    says: "uses a name of a file that another one changed further",
    chain: [rename, { "lib.ts": `${lib.replace("parse", "parseAll")}export const more = 1;\n` }, { "two.ts": uses }],
    found: ["3 on 1: conflict name-gone two.ts:1 lib.ts:1"],
  },
  {
    says: "begins to use again what one between them had stopped to use",
    chain: [
      { "lib.ts": lib.replace("parse", "parseAll") },
      { "main.ts": main.replaceAll("parse", "parseAll") },
      { "main.ts": main },
    ],
    found: ["3 on 1: conflict name-gone main.ts:1 lib.ts:1"],
  },
  {
    says: "uses a member that was taken out of its own class",
    base: { "a.ts": "export class A {\n  run() {\n    return 1;\n  }\n\n  last() {\n    return 2;\n  }\n}\n" },
    chain: [
      { "a.ts": "export class A {\n  runAll() {\n    return 1;\n  }\n\n  last() {\n    return 2;\n  }\n}\n" },
      { "a.ts": "export class A {\n  runAll() {\n    return 1;\n  }\n\n  last() {\n    return this.run();\n  }\n}\n" },
    ],
    found: ["2 on 1: conflict name-gone a.ts:7 a.ts:1"],
  },
  {
    says: "imports a Python function that was renamed before it",
    base: { "lib.py": "def parse(text):\n    return text\n", "main.py": "from lib import parse\n\nparse('1')\n" },
    chain: [
      {
        "lib.py": "def parse_all(text):\n    return text\n",
        "main.py": "from lib import parse_all\n\nparse_all('1')\n",
      },
      { "two.py": "from lib import parse\n\nparse('2')\n" },
    ],
    found: ["2 on 1: conflict name-gone two.py:1 lib.py:1"],
  },
  {
    says: "calls a Go function of the same package that was renamed before it",
    base: { "a.go": "package a\n\nfunc Parse() int {\n\treturn 1\n}\n", "b.go": "package a\n\nvar one = Parse()\n" },
    chain: [
      { "a.go": "package a\n\nfunc ParseAll() int {\n\treturn 1\n}\n", "b.go": "package a\n\nvar one = ParseAll()\n" },
      { "c.go": "package a\n\nvar two = Parse()\n" },
    ],
    found: ["2 on 1: conflict name-gone c.go:3 a.go:1"],
  },
  {
    says: "imports a package that was replaced before it",
    base: {
      "package.json": manifest("moment"),
      "time.ts": 'import moment from "moment";\n\nexport const now = moment();\n',
    },
    chain: [
      {
        "package.json": manifest("dayjs"),
        "time.ts": 'import dayjs from "dayjs";\n\nexport const now = dayjs();\n',
      },
      { "two.ts": 'import moment from "moment";\n\nexport const two = moment();\n' },
    ],
    found: ["2 on 1: conflict package-dropped two.ts:1 package.json:0"],
  },
];

const polyfill = "export function at(list: number[]): number {\n  return list[0] ?? 0;\n}\n";

const harmless: readonly Case[] = [
  { says: "follows the rename", chain: [rename, { "two.ts": uses.replaceAll("parse", "parseAll") }] },
  {
    says: "removes the uses that were left",
    chain: [{ "lib.ts": lib.replace("parse", "parseAll") }, { "main.ts": "export const one = 1;\n" }],
  },
  {
    says: "mends the uses that were left",
    chain: [{ "lib.ts": lib.replace("parse", "parseAll") }, { "main.ts": main.replaceAll("parse", "parseAll") }],
  },
  { says: "declares the function again", chain: [rename, { "lib.ts": lib, "two.ts": uses }] },
  {
    says: "declares it elsewhere and uses it from there",
    chain: [rename, { "own.ts": lib, "two.ts": uses.replace("lib", "own") }],
  },
  {
    says: "declares one of that name for itself",
    chain: [
      rename,
      { "two.ts": 'function parse(text: string) {\n  return text;\n}\n\nexport const two = parse("2");\n' },
    ],
  },
  {
    says: "is mended by another one that declares it again",
    chain: [rename, { "two.ts": uses }],
    others: { "lib.ts": `${lib}export const parseAll = parse;\n` },
  },
  {
    says: "is mended by one that was built on it",
    chain: [rename, { "two.ts": uses }, { "two.ts": uses.replaceAll("parse", "parseAll") }],
  },
  {
    says: "moves a use that was left to another file",
    chain: [{ "lib.ts": lib.replace("parse", "parseAll") }, { "main.ts": "export const main = 1;\n", "two.ts": main }],
  },
  {
    says: "moves a file whose import was left broken",
    chain: [
      { "lib.ts": lib.replace("parse", "parseAll") },
      { "sub/main.ts": { from: "main.ts", text: main.replace("./lib", "../lib") } },
    ],
  },
  {
    says: "adds a line to a file whose import was left broken",
    chain: [{ "lib.ts": lib.replace("parse", "parseAll") }, { "main.ts": `${main}export const two = 2;\n` }],
  },
  {
    says: "uses a name that was gone before any of them",
    base: { ...base, "lib.ts": lib.replace("parse", "read") },
    chain: [{ "lib.ts": lib.replace("parse", "readAll") }, { "two.ts": uses }],
  },
  {
    says: "is broken by one that was built on it",
    chain: [
      { "lib.ts": `${lib}export const more = 1;\n` },
      { "two.ts": uses },
      { "lib.ts": lib.replace("parse", "parseAll") },
    ],
  },
  {
    says: "calls what the platform has since its own version of it was removed",
    base: {
      "a.ts": 'import { fetch } from "./fetch.ts";\n\nexport const a = fetch("a");\n',
      "fetch.ts": "export function fetch(a: string) {\n  return a;\n}\n",
    },
    chain: [
      { "a.ts": 'export const a = fetch("a");\n', "fetch.ts": null },
      { "a.ts": 'export const a = fetch("a");\n\nexport const b = fetch("b");\n' },
    ],
  },
  {
    says: "calls what is there without an import, as all others do that were left alone",
    base: { "a.ts": `${polyfill}\nexport const a = at([1]);\n` },
    chain: [
      { "a.ts": "export const a = at([1]);\n" },
      { "a.ts": "export const a = at([1]);\n\nexport const b = at([2]);\n" },
    ],
  },
  {
    says: "calls Go's own function once the package has none of that name any more",
    base: { "a.go": "package a\n\nfunc max(a, b int) int {\n\treturn a\n}\n\nvar one = max(1, 2)\n" },
    chain: [{ "a.go": "package a\n\nvar one = 2\n" }, { "a.go": "package a\n\nvar one = 2\n\nvar two = max(1, 2)\n" }],
  },
  {
    says: "calls PHP's own function once the polyfill is gone",
    base: {
      "fill.php": "<?php\nfunction str_contains($a, $b) {\n    return strpos($a, $b) !== false;\n}\n",
      "a.php": "<?php\necho str_contains('a', 'b');\n",
    },
    chain: [{ "fill.php": null }, { "b.php": "<?php\necho str_contains('c', 'd');\n" }],
  },
  {
    says: "imports a Python package that the repository had a copy of",
    base: { "six.py": "def b(text):\n    return text\n", "a.py": "import six\n\nsix.b('a')\n" },
    chain: [{ "six.py": null }, { "c.py": "import six\n\nsix.b('c')\n" }],
  },
  {
    says: "imports what the platform has since the package of that name was dropped",
    base: {
      "package.json": manifest("events"),
      "a.ts": 'import events from "events";\n\nexport const a = events;\n',
    },
    chain: [{ "package.json": manifest() }, { "b.ts": 'import events from "events";\n\nexport const b = events;\n' }],
  },
  {
    says: "lists the package again that it imports",
    base: {
      "package.json": manifest("moment"),
      "time.ts": 'import moment from "moment";\n\nexport const now = moment();\n',
    },
    chain: [
      { "package.json": manifest(), "time.ts": "export const now = 1;\n" },
      {
        "package.json": manifest("moment"),
        "two.ts": 'import moment from "moment";\n\nexport const two = moment();\n',
      },
    ],
  },
  {
    says: "shows in a test that the name is gone",
    chain: [
      rename,
      { "lib.test.ts": 'import * as lib from "./lib.ts";\n\nexpect(lib.parse).toBeUndefined();\n' },
      { "test_lib.py": "import lib\n" },
    ],
  },
  {
    says: "uses a name that is declared for all files",
    base: { "a.ts": "export interface Options {\n  a: 1;\n}\n\nexport const a: Options = { a: 1 };\n" },
    chain: [
      { "a.ts": "export const a = { a: 1 };\n", "all.d.ts": "interface Options {\n  a: 1;\n}\n" },
      { "a.ts": "export const a = { a: 1 };\n\nexport const b: Options = { a: 1 };\n" },
    ],
  },
  {
    says: "is in a file that does not parse",
    chain: [rename, { "two.ts": `${uses}export const = ;\n` }],
  },
  {
    says: "uses what a file offers that does not parse any more",
    chain: [{ "lib.ts": `${lib.replace("parse", "parseAll")}export const = ;\n` }, { "two.ts": uses }],
  },
  {
    says: "gives the arguments that are taken now",
    chain: [{ "lib.ts": arity, "main.ts": main.replace('"1"', '"1", 1') }, { "two.ts": uses.replace('"2"', '"2", 2') }],
  },
  {
    says: "makes the new argument one that can be left out",
    chain: [
      { "lib.ts": arity, "main.ts": main.replace('"1"', '"1", 1') },
      { "lib.ts": arity.replace("base: number", "base = 1"), "two.ts": uses },
    ],
  },
];

describe("a result that was built on another one", () => {
  test.each(breaks)("is found to break where it $says (C24)", async (each) => {
    expect(await judged(each)).toEqual(each.found);
  });

  test.each(harmless)("is left alone where it $says (C24)", async (each) => {
    expect(await judged(each)).toEqual([]);
  });
});
