import type { CodeDefinition, CodeFacts, CodeLanguage } from "../../../schema/code-facts.ts";

/** A definition and the file it stands in. */
export interface Located {
  readonly path: string;
  readonly definition: CodeDefinition;
}

/**
 * What a name stands for in one state of the files. `found` without definitions: it is there, but not what it is.
 * `gone`: it was looked for in every place where it would have to be. `unknown`: nothing can be said.
 */
export type Lookup =
  | { readonly state: "found"; readonly definitions: readonly Located[]; readonly visited: readonly string[] }
  | { readonly state: "gone"; readonly visited: readonly string[]; readonly missing?: "file" }
  | { readonly state: "unknown" };

export const unknown: Lookup = { state: "unknown" };

/** Families of languages whose names are found in the same way. */
export type Family = "script" | "python" | "rust" | "go" | "java" | "csharp" | "php" | "ruby" | "cpp";

/** The family of a language: TypeScript and JavaScript share one. */
export function familyOf(language: CodeLanguage): Family {
  return language === "typescript" || language === "tsx" || language === "javascript" ? "script" : language;
}

const TYPE_KINDS: ReadonlySet<CodeDefinition["kind"]> = new Set(["class", "interface", "enum", "type", "module"]);

/** Whether other declarations can be members of this one. */
export function isType(definition: CodeDefinition): boolean {
  return TYPE_KINDS.has(definition.kind);
}

/** Container and name, joined by a dot. */
export function qualifiedName(definition: Pick<CodeDefinition, "container" | "name">): string {
  return definition.container === "" ? definition.name : `${definition.container}.${definition.name}`;
}

/** The innermost type that the place of a reference lies in, by its qualified name. */
export function enclosingType(facts: CodeFacts, within: string): CodeDefinition | undefined {
  for (let name = within; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const holder = facts.definitions.find((each) => isType(each) && qualifiedName(each) === name);
    if (holder) return holder;
  }
  return undefined;
}

/** A name of a type as written, without type arguments, pointers and what stands around it. */
export function plainTypeName(written: string): string {
  return written
    .replaceAll(/<.*>|\[.*\]|\(.*\)/gs, "")
    .replaceAll(/\b(?:public|protected|private|virtual|readonly|dyn|mut)\b/g, "")
    .replaceAll(/[&*?!\s]/g, "");
}

/** The parts of a dotted, scoped or namespaced name. */
export function nameParts(name: string): readonly string[] {
  return name.split(/\.|::|->|\\/).filter(Boolean);
}
