import { expect, test } from "vitest";
import { findingLines, meaningOf } from "../../rig/meaning-rig.ts";

interface Language {
  readonly language: string;
  /** The type that comes to demand a member, before and after. */
  readonly demanding: readonly [path: string, before: string, after: string];
  /** A type added below it without that member; `$` stands for the word that makes it abstract. */
  readonly added: readonly [path: string, text: string];
  readonly word: string;
}

const languages: readonly Language[] = [
  {
    language: "TypeScript",
    demanding: [
      "role.ts",
      "export abstract class Role {\n  x = 1;\n}\n",
      "export abstract class Role {\n  x = 1;\n  abstract label(): string;\n}\n",
    ],
    added: ["dot.ts", 'import { Role } from "./role.ts";\n\nexport $class Dot extends Role {}\n'],
    word: "abstract ",
  },
  {
    language: "Python",
    demanding: [
      "role.py",
      "from abc import ABC, abstractmethod\n\n\nclass Role(ABC):\n    x = 1\n",
      "from abc import ABC, abstractmethod\n\n\nclass Role(ABC):\n    x = 1\n\n    @abstractmethod\n    def label(self):\n        pass\n",
    ],
    added: ["dot.py", "from abc import ABC\n\nfrom role import Role\n\n\nclass Dot(Role$):\n    y = 2\n"],
    word: ", ABC",
  },
  {
    language: "Java",
    demanding: [
      "src/app/Role.java",
      "package app;\n\npublic abstract class Role {\n}\n",
      "package app;\n\npublic abstract class Role {\n    abstract String label();\n}\n",
    ],
    added: ["src/app/Dot.java", "package app;\n\npublic $class Dot extends Role {\n}\n"],
    word: "abstract ",
  },
  {
    language: "C#",
    demanding: [
      "Role.cs",
      "namespace App;\n\npublic abstract class Role\n{\n}\n",
      "namespace App;\n\npublic abstract class Role\n{\n    public abstract string Label();\n}\n",
    ],
    added: ["Dot.cs", "namespace App;\n\npublic $class Dot : Role\n{\n}\n"],
    word: "abstract ",
  },
  {
    language: "PHP",
    demanding: [
      "src/Role.php",
      "<?php\nnamespace App;\n\nabstract class Role\n{\n}\n",
      "<?php\nnamespace App;\n\nabstract class Role\n{\n    abstract public function label(): string;\n}\n",
    ],
    added: ["src/Dot.php", "<?php\nnamespace App;\n\n$class Dot extends Role\n{\n}\n"],
    word: "abstract ",
  },
];

test.each(languages)(
  "$language: an abstract type may leave a new member to its subtypes, another may not",
  async (row) => {
    const [path, before, after] = row.demanding;
    const judged = async (word: string): Promise<readonly string[]> => {
      const right = { [row.added[0]]: row.added[1].replace("$", word) };
      return findingLines(await meaningOf({ base: { [path]: before }, left: { [path]: after }, right }));
    };
    expect(await judged("")).toEqual([expect.stringContaining("conflict member-required")]);
    expect(await judged(row.word)).toEqual([]);
  },
);
