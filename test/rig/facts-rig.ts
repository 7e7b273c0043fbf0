import { readFacts } from "../../src/engines/semantics/facts/read-facts.ts";
import { createSyntaxParser } from "../../src/platform/syntax-parser.ts";
import type { CodeFacts, CodeLanguage } from "../../src/schema/code-facts.ts";

let parser: ReturnType<typeof createSyntaxParser> | undefined;

/** The facts of a text, read in this process. */
export async function factsOf(language: CodeLanguage, text: string): Promise<CodeFacts> {
  parser ??= createSyntaxParser();
  const limits = { language, text, limitMs: 60_000 };
  const facts = await (await parser).parse(limits, (cursor) => readFacts({ language, text, cursor }));
  if (facts === undefined) throw new Error(`${language}: the text was not parsed in time`);
  return facts;
}

/** Definitions in one line each: `exported function a.f(1,2) as default : Base`. */
export function definitionLines(facts: CodeFacts): readonly string[] {
  return facts.definitions.map((each) => {
    const words = [each.exported ? "exported" : "", each.required ? "required" : "", each.open === true ? "open" : ""];
    const name = each.container === "" ? each.name : `${each.container}.${each.name}`;
    const params = each.params === undefined ? "" : `(${each.params.min},${each.params.max ?? "*"})`;
    const as = each.exportedAs === undefined ? "" : `as ${each.exportedAs.join(",")}`;
    const heritage = each.heritage.length === 0 ? "" : `: ${each.heritage.join(", ")}`;
    return [...words, each.kind, name + params, as, heritage].filter((word) => word !== "").join(" ");
  });
}

/** Imports in one line each: `reexported ./m {a, b > c} * ns optional`. */
export function importLines(facts: CodeFacts): readonly string[] {
  return facts.imports.map((each) => {
    const names = each.names.map(({ imported, local }) => (imported === local ? local : `${imported} > ${local}`));
    return [
      each.optional ? "optional" : "",
      each.reexported ? "reexported" : "",
      each.module,
      names.length === 0 ? "" : `{${names.join(", ")}}`,
      each.namespace ?? "",
      each.wildcard ? "*" : "",
    ]
      .filter((word) => word !== "")
      .join(" ");
  });
}

/** References in one line each: `hidden call a.b.f(2) in K.m`. */
export function referenceLines(facts: CodeFacts): readonly string[] {
  return facts.references.map((each) => {
    const name = each.receiver === undefined ? each.name : `${each.receiver}.${each.name}`;
    const called = each.kind === "call" || each.kind === "new";
    const count = called ? `(${each.argumentCount ?? "?"})` : "";
    const within = each.within === "" ? "" : `in ${each.within}`;
    return [each.shadowed ? "hidden" : "", each.kind, name + count, within].filter((word) => word !== "").join(" ");
  });
}
