import { describe, expect, test } from "vitest";
import { findingLines, meaningOf, type Edits } from "../../rig/meaning-rig.ts";

type Row = readonly [string, Readonly<Record<string, string>>, Edits, Edits, readonly string[]];

const lines = (...texts: readonly string[]): string => `${texts.join("\n")}\n`;
const shapes = lines(
  "def area(a, b):",
  "    return a * b",
  "",
  "",
  "class Shape:",
  "    def size(self):",
  "        return 0",
);
const base = { "pkg/__init__.py": "from .shapes import area\n", "pkg/shapes.py": shapes, "pkg/other.py": "x = 1\n" };
const gone = { "pkg/shapes.py": shapes.replace("area", "surface"), "pkg/__init__.py": "from .shapes import surface\n" };
const abstract = lines(
  "from abc import ABC, abstractmethod",
  "",
  "",
  "class Role(ABC):",
  "    @abstractmethod",
  "    def size(self): ...",
);
const demanding = `${abstract}\n    @abstractmethod\n    def label(self): ...\n`;
const implementer = lines(
  "from role import Role",
  "",
  "",
  "class Dot(Role):",
  "    def size(self):",
  "        return 0",
);

describe("Python that merges as text", () => {
  test.each<Row>([
    [
      "a function that a package hands on is renamed",
      base,
      gone,
      { "app.py": "from pkg import area\n\narea(1, 2)\n" },
      ["conflict name-gone app.py:1 pkg/shapes.py:1"],
    ],
    [
      "a function is called through its module",
      base,
      gone,
      { "app.py": "import pkg.shapes\n\npkg.shapes.area(1, 2)\n" },
      ["conflict name-gone app.py:3 pkg/shapes.py:1"],
    ],
    [
      "a function is called through a module of a package",
      base,
      gone,
      { "app.py": "from pkg import shapes\n\nshapes.area(1, 2)\n" },
      ["conflict name-gone app.py:3 pkg/shapes.py:1"],
    ],
    [
      "a relative import of a module that was moved",
      base,
      { "pkg/forms.py": { from: "pkg/shapes.py" }, "pkg/__init__.py": "from .forms import area\n" },
      { "pkg/app.py": "from .shapes import area\n" },
      ["conflict file-gone pkg/app.py:1 pkg/forms.py:0"],
    ],
    [
      "a name that is still handed on",
      base,
      {
        "pkg/shapes.py": shapes.replace("area", "surface"),
        "pkg/__init__.py": "from .shapes import surface as area\n",
      },
      { "app.py": "from pkg import area\n\narea(1, 2)\n" },
      [],
    ],
    [
      "an import that may fail",
      base,
      gone,
      { "app.py": "try:\n    from pkg import area\nexcept ImportError:\n    area = None\n" },
      [],
    ],
    ["a parameter of that name", base, gone, { "app.py": "def f(area):\n    return area(1, 2)\n" }, []],
    [
      "a call with too few arguments",
      base,
      { "pkg/shapes.py": shapes.replace("a, b", "a, b, c") },
      { "app.py": "from pkg import area\n\narea(1, 2)\n" },
      ["conflict arity-changed app.py:3 pkg/shapes.py:1"],
    ],
    [
      "a call whose arguments cannot be counted",
      base,
      { "pkg/shapes.py": shapes.replace("a, b", "a, b, c") },
      { "app.py": "from pkg import area\n\narea(*[1, 2])\n" },
      [],
    ],
    [
      "a decorated function takes what its decorator says",
      base,
      { "pkg/shapes.py": `@wrapped\n${shapes.replace("a, b", "a, b, c")}` },
      { "app.py": "from pkg import area\n\narea(1, 2)\n" },
      [],
    ],
    [
      "a method of a class that was removed",
      base,
      { "pkg/shapes.py": shapes.replace("size", "extent") },
      { "app.py": "from pkg.shapes import Shape\n\nShape.size(None)\n" },
      ["conflict name-gone app.py:3 pkg/shapes.py:3"],
    ],
    [
      "a module that makes up its names",
      { ...base, "pkg/shapes.py": `def __getattr__(name): pass\n${shapes}` },
      { "pkg/shapes.py": `def __getattr__(name): pass\n${shapes.replace("area", "surface")}` },
      { "app.py": "from pkg.shapes import area\n" },
      [],
    ],
    [
      "a file that does not parse proves nothing",
      base,
      { "pkg/shapes.py": "def (:\n  ]" },
      { "app.py": "from pkg.shapes import area\n" },
      [],
    ],
    [
      "an abstract method that an implementer lacks",
      { "role.py": abstract },
      { "role.py": demanding },
      { "dot.py": implementer },
      ["conflict member-required dot.py:4 role.py:8"],
    ],
    [
      "an implementer that has it",
      { "role.py": abstract },
      { "role.py": demanding },
      { "dot.py": `${implementer}\n    def label(self):\n        return ""\n` },
      [],
    ],
    [
      "both import and use what nobody took away",
      base,
      { "pkg/other.py": "x = 2\n" },
      { "app.py": "from pkg import area\nfrom pkg.other import x\n" },
      [],
    ],
  ])("%s", async (_sentence, files, left, right, expected) => {
    expect(findingLines(await meaningOf({ base: files, left, right }))).toEqual(expected);
  });
});
