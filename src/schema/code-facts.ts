/** What one version of a file says of itself, read from its syntax tree: nothing is resolved, nothing is guessed. */
import { nameOf } from "../util/path-parts.ts";

/** To be raised whenever the same text gives other facts than before: facts of another version are not used. */
export const FACTS_VERSION = 3;

/** Languages whose facts can be read. */
export type CodeLanguage =
  | "typescript"
  | "tsx"
  | "javascript"
  | "python"
  | "go"
  | "java"
  | "rust"
  | "csharp"
  | "php"
  | "ruby"
  | "cpp";

const languageByExtension = languageTable({
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsx: "tsx",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascript",
  py: "python",
  pyi: "python",
  pyw: "python",
  go: "go",
  java: "java",
  rs: "rust",
  cs: "csharp",
  php: "php",
  rb: "ruby",
  rake: "ruby",
  gemspec: "ruby",
  cc: "cpp",
  cpp: "cpp",
  cxx: "cpp",
  hpp: "cpp",
  hh: "cpp",
  hxx: "cpp",
});
const languageByName = languageTable({ Rakefile: "ruby", Gemfile: "ruby" });
/** A table that knows nothing but its own keys. */
function languageTable(entries: Readonly<Record<string, CodeLanguage>>): ReadonlyMap<string, CodeLanguage> {
  return new Map(Object.entries(entries));
}

/** The language of a file by its name; undefined where facts cannot be read. A `.h` may be C as well as C++, and is neither. */
export function languageOf(path: string): CodeLanguage | undefined {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? languageByExtension.get(name.slice(dot + 1).toLowerCase()) : languageByName.get(name);
}

/**
 * Number of arguments a callable takes; `max` is null where any number is taken. In JavaScript and PHP more may be
 * given than are taken, and nothing fails. The object that a method is called on does not count, except that Rust
 * methods and C# extension methods may also be called with it in front, which widens their range by one.
 */
export interface ParameterRange {
  readonly min: number;
  readonly max: number | null;
}

/** Something that is declared. Lines are 1-based and inclusive. */
export interface CodeDefinition {
  readonly name: string;
  readonly kind:
    | "function"
    | "method"
    | "constructor"
    | "class"
    | "interface"
    | "enum"
    | "type"
    | "variable"
    | "field"
    | "module";
  /** Names of the declarations around it, joined by dots; empty at the top of the file. */
  readonly container: string;
  /** Can be used from other files, by the rules of the language; of a member: is not private. */
  readonly exported: boolean;
  /**
   * Names under which other files get it, where they differ from its own: `default`, the name after `as`, and
   * `module.exports` where it is the whole of what its file hands out.
   */
  readonly exportedAs?: readonly string[];
  /** Present on callables. Absent where the syntax does not tell. */
  readonly params?: ParameterRange;
  /** The parameter list as written, white space squeezed. */
  readonly signature?: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Equal for equal text, white space and comments aside. */
  readonly bodyHash: string;
  /** Types it extends or implements, as written, type arguments left out. */
  readonly heritage: readonly string[];
  /** Declared without a body that a subtype has to give: abstract and interface members. */
  readonly required: boolean;
  /** A type that is marked as one to be extended; it may leave members to its subtypes. */
  readonly abstract?: boolean;
  /** It may have members, or take arguments, that the syntax does not show: decorators, macros, partial classes. */
  readonly open?: boolean;
}

/** A use of a name. */
export interface CodeReference {
  readonly name: string;
  readonly kind: "call" | "new" | "type" | "member" | "read";
  /** Arguments given; null where the syntax does not tell (spread, splat, a block). */
  readonly argumentCount: number | null;
  /** What stands before the dot, as written: `this`, `utils`, `a.b`. */
  readonly receiver?: string;
  readonly line: number;
  /** Name of the declaration it stands in, its containers included; empty at the top of the file. */
  readonly within: string;
  /**
   * What is imported or declared at the top of the file under that name (or under the first name of the receiver) is
   * hidden by a parameter or a local declaration, or cannot be told for sure: the name is imported twice. Members of
   * the classes around it do not count.
   */
  readonly shadowed: boolean;
}

/** A statement that brings names of another file into this one. */
export interface CodeImport {
  /** As written: `./user.js`, `package.module`, `fmt`, `crate::a::b`. */
  readonly module: string;
  /** Empty for an import for its effects only. */
  readonly names: readonly { readonly imported: string; readonly local: string }[];
  /** Name under which the whole module is used. */
  readonly namespace?: string;
  /** All names are brought in: `from x import *`, `import static a.B.*`, `export * from`. */
  readonly wildcard: boolean;
  /** The names are handed on: `export { a } from "./b"`, `pub use`. */
  readonly reexported: boolean;
  /** Inside a condition or a try block: its failure may be expected. */
  readonly optional: boolean;
  readonly line: number;
}

/** Everything that is read of one version of a file. */
export interface CodeFacts {
  readonly language: CodeLanguage;
  /** Package or namespace the file declares, empty where there is none. */
  readonly package: string;
  readonly definitions: readonly CodeDefinition[];
  readonly references: readonly CodeReference[];
  readonly imports: readonly CodeImport[];
  /** The parser had to skip something: absence of a fact proves nothing. */
  readonly broken: boolean;
  /** The file may declare or export names that the syntax does not show: absence of a name proves nothing. */
  readonly open?: boolean;
}
