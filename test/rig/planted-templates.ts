/** Breaks of meaning planted into generated code, for languages of which no sources are at hand. */
import { languageOf } from "../../src/schema/code-facts.ts";
import type { MeaningRule } from "../../src/engines/semantics/rules/rule-table.ts";
import type { Edits } from "./meaning-rig.ts";
import type { Planted } from "./planted-breaks.ts";

/** A small project of one language. `NAME`, `TYPE` and `ROLE` stand for names that are made up. */
interface Template {
  /** File that declares the function NAME of two arguments. */
  readonly file: string;
  readonly text: string;
  readonly others: Readonly<Record<string, string>>;
  /** File that uses it. */
  readonly using: string;
  readonly uses: string;
  /** The same with a declaration of its own of that name. */
  readonly usesOwn: string;
  /** The parameters of NAME, as they are, with one more, and with one more that may be left out. */
  readonly parameters: readonly [string, string, string | undefined];
  /** The same declaration twice, with a mark `1` that makes another body of it, and the lines before which and after which it may stand. */
  readonly twice: { readonly text: string; readonly first: string; readonly last: string };
  /** What implementers have to give, with the line after which one more is demanded, and an implementer. */
  readonly role?: {
    readonly after: string;
    readonly demand: string;
    readonly implementer: string;
    readonly given: string;
  };
  /** File and name of the implementer. */
  readonly implementing?: string;
  /** Whether importing the file is told by the language. */
  readonly importsFiles: boolean;
}

const go: Template = {
  file: "lib/lib.go",
  text: "package lib\n\n// First.\nconst First = 1\n\nfunc NAME(a int, b int) int {\n\treturn a * b\n}\n\nfunc Other() int {\n\treturn 1\n}\n\n// Last.\nconst Last = 1\n",
  others: { "go.mod": "module example.org/m\n\ngo 1.22\n", "app/doc.go": "package app\n" },
  using: "app/app.go",
  uses: 'package app\n\nimport "example.org/m/lib"\n\nfunc Run() int {\n\treturn lib.NAME(1, 2)\n}\n',
  usesOwn: "package app\n\nfunc NAME(a int, b int) int {\n\treturn a\n}\n\nfunc Run() int {\n\treturn NAME(1, 2)\n}\n",
  parameters: ["a int, b int", "a int, b int, c int", "a int, b int, c ...int"],
  twice: { text: "func TWICE() int {\n\treturn 1\n}\n\n", first: "// First.", last: "// Last." },
  importsFiles: true,
};

const java: Template = {
  file: "src/org/lib/TYPE.java",
  text: "package org.lib;\n\npublic class TYPE {\n    static int first = 1;\n\n    public static int NAME(int a, int b) {\n        return a * b;\n    }\n\n    public static int other() {\n        return 1;\n    }\n\n    static int last = 1;\n}\n",
  others: { "src/org/lib/ROLE.java": "package org.lib;\n\npublic interface ROLE {\n    int size();\n}\n" },
  using: "src/org/app/App.java",
  uses: "package org.app;\n\nimport org.lib.TYPE;\n\npublic class App {\n    int run() {\n        return TYPE.NAME(1, 2);\n    }\n}\n",
  usesOwn:
    "package org.app;\n\npublic class App {\n    static int NAME(int a, int b) {\n        return a;\n    }\n\n    int run() {\n        return NAME(1, 2);\n    }\n}\n",
  parameters: ["int a, int b", "int a, int b, int c", "int a, int... c"],
  twice: {
    text: "    static int twice() {\n        return 1;\n    }\n\n",
    first: "    static int first",
    last: "    static int last",
  },
  role: {
    after: "    int size();\n",
    demand: "    String label();\n",
    implementer:
      "package org.app;\n\nimport org.lib.ROLE;\n\npublic class Dot implements ROLE {\n    public int size() {\n        return 0;\n    }\n}\n",
    given: '    public String label() {\n        return "";\n    }\n\n    public int size',
  },
  implementing: "src/org/lib/ROLE.java",
  importsFiles: false,
};

const csharp: Template = {
  ...java,
  file: "Lib/TYPE.cs",
  text: "namespace Lib;\n\npublic class TYPE\n{\n    static int first = 1;\n\n    public static int NAME(int a, int b)\n    {\n        return a * b;\n    }\n\n    public static int Other()\n    {\n        return 1;\n    }\n\n    static int last = 1;\n}\n",
  others: { "Lib/ROLE.cs": "namespace Lib;\n\npublic interface ROLE\n{\n    int Size();\n}\n" },
  using: "App/Program.cs",
  uses: "using Lib;\n\nnamespace App;\n\npublic class Program\n{\n    int Run()\n    {\n        return TYPE.NAME(1, 2);\n    }\n}\n",
  usesOwn:
    "namespace App;\n\npublic class Program\n{\n    static int NAME(int a, int b)\n    {\n        return a;\n    }\n\n    int Run()\n    {\n        return NAME(1, 2);\n    }\n}\n",
  parameters: ["int a, int b", "int a, int b, int c", "int a, int b, int c = 1"],
  twice: {
    text: "    static int Twice()\n    {\n        return 1;\n    }\n\n",
    first: "    static int first",
    last: "    static int last",
  },
  role: {
    after: "    int Size();\n",
    demand: "    string Label();\n",
    implementer:
      "using Lib;\n\nnamespace App;\n\npublic class Dot : ROLE\n{\n    public int Size()\n    {\n        return 0;\n    }\n}\n",
    given: '    public string Label()\n    {\n        return "";\n    }\n\n    public int Size',
  },
  implementing: "Lib/ROLE.cs",
};

const php: Template = {
  ...java,
  file: "src/Lib/TYPE.php",
  text: "<?php\n\nnamespace Lib;\n\nclass TYPE\n{\n    public $first = 1;\n\n    public static function NAME($a, $b)\n    {\n        return $a * $b;\n    }\n\n    public static function other()\n    {\n        return 1;\n    }\n\n    public $last = 1;\n}\n",
  others: { "src/Lib/ROLE.php": "<?php\n\nnamespace Lib;\n\ninterface ROLE\n{\n    public function size();\n}\n" },
  using: "src/App/App.php",
  uses: "<?php\n\nnamespace App;\n\nuse Lib\\TYPE;\n\nclass App\n{\n    public function run()\n    {\n        return TYPE::NAME(1, 2);\n    }\n}\n",
  usesOwn:
    "<?php\n\nnamespace App;\n\nclass App\n{\n    public static function NAME($a, $b)\n    {\n        return $a;\n    }\n\n    public function run()\n    {\n        return self::NAME(1, 2);\n    }\n}\n",
  parameters: ["$a, $b", "$a, $b, $c", "$a, $b, $c = 1"],
  twice: {
    text: "    public static function twice()\n    {\n        return 1;\n    }\n\n",
    first: "    public $first",
    last: "    public $last",
  },
  role: {
    after: "    public function size();\n",
    demand: "    public function label();\n",
    implementer:
      "<?php\n\nnamespace App;\n\nuse Lib\\ROLE;\n\nclass Dot implements ROLE\n{\n    public function size()\n    {\n        return 0;\n    }\n}\n",
    given: "    public function label()\n    {\n        return '';\n    }\n\n    public function size",
  },
  implementing: "src/Lib/ROLE.php",
};

const rust: Template = {
  file: "src/shapes.rs",
  text: "pub const FIRST: i32 = 1;\n\npub fn NAME(a: i32, b: i32) -> i32 {\n    a * b\n}\n\npub fn other() -> i32 {\n    1\n}\n\npub const LAST: i32 = 1;\n",
  others: {
    "src/lib.rs": "pub mod app;\npub mod dot;\npub mod role;\npub mod shapes;\n",
    "src/role.rs": "pub trait ROLE {\n    fn size(&self) -> i32;\n}\n",
    "src/app.rs": "pub const APP: i32 = 1;\n",
  },
  using: "src/app.rs",
  uses: "use crate::shapes::NAME;\n\npub fn run() -> i32 {\n    NAME(1, 2)\n}\n",
  usesOwn: "fn NAME(a: i32, _b: i32) -> i32 {\n    a\n}\n\npub fn run() -> i32 {\n    NAME(1, 2)\n}\n",
  parameters: ["a: i32, b: i32", "a: i32, b: i32, c: i32", undefined],
  twice: { text: "pub fn twice() -> i32 {\n    1\n}\n\n", first: "pub const FIRST", last: "pub const LAST" },
  role: {
    after: "    fn size(&self) -> i32;\n",
    demand: "    fn label(&self) -> String;\n",
    implementer:
      "use crate::role::ROLE;\n\npub struct Dot;\n\nimpl ROLE for Dot {\n    fn size(&self) -> i32 {\n        0\n    }\n}\n",
    given: "    fn label(&self) -> String {\n        String::new()\n    }\n\n    fn size",
  },
  implementing: "src/role.rs",
  importsFiles: true,
};

const ruby: Template = {
  file: "lib/shapes.rb",
  text: "FIRST = 1\n\ndef NAME(a, b)\n  a * b\nend\n\ndef other\n  1\nend\n\nLAST = 1\n",
  others: { "README.md": "Shapes.\n" },
  using: "lib/app.rb",
  uses: "require_relative 'shapes'\n\nputs NAME(1, 2)\n",
  usesOwn: "def NAME(a, b)\n  a\nend\n\nputs NAME(1, 2)\n",
  parameters: ["a, b", "a, b, c", "a, b, c = 1"],
  twice: { text: "def twice\n  1\nend\n\n", first: "FIRST", last: "LAST" },
  importsFiles: true,
};

const cpp: Template = {
  file: "src/shapes.hpp",
  text: "#pragma once\n\nconst int first = 1;\n\ninline int NAME(int a, int b) {\n  return a * b;\n}\n\ninline int other() {\n  return 1;\n}\n\nconst int last = 1;\n",
  others: { "src/role.hpp": "#pragma once\n\nclass ROLE {\n public:\n  virtual int size() = 0;\n};\n" },
  using: "src/app.cpp",
  uses: '#include "shapes.hpp"\n\nint run() {\n  return NAME(1, 2);\n}\n',
  usesOwn: "static int NAME(int a, int b) {\n  return a;\n}\n\nint run() {\n  return NAME(1, 2);\n}\n",
  parameters: ["int a, int b", "int a, int b, int c", "int a, int b, int c = 1"],
  twice: { text: "inline int twice() {\n  return 1;\n}\n\n", first: "const int first", last: "const int last" },
  role: {
    after: "  virtual int size() = 0;\n",
    demand: "  virtual int label() = 0;\n",
    implementer:
      '#include "role.hpp"\n\nclass Dot : public ROLE {\n public:\n  int size() override { return 0; }\n};\n',
    given: "  int label() override { return 0; }\n  int size",
  },
  implementing: "src/role.hpp",
  importsFiles: true,
};

/** Every break of every template, its names made from a number. */
export function plantTemplates(number: number): readonly Planted[] {
  return [go, java, csharp, php, rust, ruby, cpp].flatMap((template) => plantTemplate(template, number));
}

function plantTemplate(template: Template, number: number): readonly Planted[] {
  const names = {
    NAME: template === go || template === csharp ? `Area${number}` : `area${number}`,
    TYPE: `Shapes${number}`,
    ROLE: `Role${number}`,
  };
  const fill = (text: string): string =>
    text
      .replaceAll(/\b(?:NAME|TYPE|ROLE)\b/g, (word) => names[word as keyof typeof names])
      .replaceAll("TWICE", `Twice${number}`);
  const { file, text, others, using, role, implementing, twice } = template;
  const [plain, more, loose] = template.parameters;
  const base = Object.fromEntries(
    Object.entries({ ...others, [file]: text }).map(([path, each]) => [fill(path), fill(each)]),
  );
  const language = languageOf(file) ?? "cpp";
  const plants: Planted[] = [];
  const plant = (rule: MeaningRule, breaks: boolean, left: Edits, right: Edits): void => {
    const filled = [left, right].map((edits) =>
      Object.fromEntries(
        Object.entries(edits).map(([path, edit]) => [fill(path), typeof edit === "string" ? fill(edit) : edit]),
      ),
    ) as [Edits, Edits];
    const where = `template ${number}`;
    const declared = { path: fill(file), name: names.NAME };
    plants.push({ rule, language, where, declared, base, left: filled[0], right: filled[1], breaks });
  };
  const uses = { [using]: template.uses };
  const renamed = { [file]: text.replaceAll("NAME", "renamed") };
  plant("name-gone", true, renamed, uses);
  plant("name-gone", false, renamed, { [using]: template.usesOwn });
  plant("name-gone", false, { [file]: text.replace("return 1", "return 2") }, uses);
  plant(template.importsFiles ? "file-gone" : "name-gone", true, { [file]: null }, uses);
  plant("file-gone", false, { [file]: null }, { [using]: template.usesOwn });
  plant("arity-changed", true, { [file]: text.replace(plain, more) }, uses);
  if (loose !== undefined) plant("arity-changed", false, { [file]: text.replace(plain, loose) }, uses);
  const [above, below] = [twice.text, twice.text.replace("1", "2")];
  const first = { [file]: text.replace(twice.first, () => `${above}${twice.first}`) };
  plant("added-twice", true, first, { [file]: text.replace(twice.last, () => `${below}${twice.last}`) });
  plant("added-twice", false, first, {
    [file]: text.replace(twice.last, () => `${below.replace(/twice/i, "thrice")}${twice.last}`),
  });
  if (role && implementing !== undefined) {
    const demand = { [implementing]: (others[implementing] ?? "").replace(role.after, () => role.after + role.demand) };
    const dot = using.replace(
      /\w+(?=\.\w+$)/,
      language === "java" || language === "csharp" || language === "php" ? "Dot" : "dot",
    );
    plant("member-required", true, demand, { [dot]: role.implementer });
    const size = /^.*?size/im.exec(role.given.split("\n").at(-1) ?? "")?.[0] ?? "";
    plant("member-required", false, demand, { [dot]: role.implementer.replace(size, () => role.given) });
  }
  return plants;
}
