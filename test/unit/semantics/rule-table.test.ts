import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ruleTable } from "../../../src/engines/semantics/rules/rule-table.ts";
import { plantTemplates } from "../../rig/planted-templates.ts";
import { familyOf } from "../../../src/engines/semantics/rules/lookup.ts";

const columns = {
  script: "JS, TS",
  python: "Python",
  go: "Go",
  java: "Java",
  rust: "Rust",
  csharp: "C#",
  php: "PHP",
  ruby: "Ruby",
  cpp: "C++",
  files: "other files",
} as const;

/** The table of rules and languages as Markdown; a dash where a rule decides nothing. */
function matrix(): string {
  const families = Object.keys(columns) as (keyof typeof columns)[];
  const rows = Object.entries(ruleTable).map(([rule, { says, tiers }]) => [
    `\`${rule}\``,
    says,
    ...families.map((family) => tiers[family] ?? "-"),
  ]);
  const head = ["rule", "what it says", ...families.map((family) => columns[family])];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const squeezed = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");

describe("the published matrix of rules and languages", () => {
  test("is the table the rules are kept in", () => {
    expect(squeezed(readFileSync("docs/semantic-conflicts.md", "utf8"))).toContain(squeezed(matrix()));
  });

  test("promises no proof in a language for which none is planted and found", () => {
    const planted = new Set(plantTemplates(1).map(({ rule, language }) => `${rule} ${familyOf(language)}`));
    const planned = (["name-gone", "file-gone", "arity-changed", "added-twice", "member-required"] as const).flatMap(
      (rule) =>
        Object.entries(ruleTable[rule].tiers).flatMap(([family, tier]) =>
          tier === "conflict" ? [`${rule} ${family}`] : [],
        ),
    );
    const generated = planned.filter((each) => !/ (?:script|python)$/.test(each));
    expect(generated.filter((each) => !planted.has(each))).toEqual([]);
  });
});
