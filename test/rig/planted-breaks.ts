/**
 * Breaks of meaning planted into code that others wrote, each with a harmless twin: what two agents could have done to
 * one file of a real project so that git merges it and it breaks, and nearly the same so that it does not.
 */
import type { CodeDefinition, CodeFacts, CodeLanguage } from "../../src/schema/code-facts.ts";
import type { MeaningRule } from "../../src/engines/semantics/rules/rule-table.ts";
import { readFactsOf, type Edits } from "./meaning-rig.ts";

/** One break or its twin. */
export interface Planted {
  readonly rule: MeaningRule;
  readonly language: CodeLanguage;
  readonly where: string;
  /** The file that declares what is used, and the name of it. */
  readonly declared: { readonly path: string; readonly name: string };
  readonly base: Readonly<Record<string, string>>;
  readonly left: Edits;
  readonly right: Edits;
  /** It breaks; else nothing may be found that blocks. */
  readonly breaks: boolean;
}

/** A file of real code, and where it lies in the project that is made of it. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** How a language says what the plants need said. */
interface Tongue {
  /** A file that imports a name from the planted file and calls it. */
  uses(path: string, name: string, given: number): string;
  /** The same call of a function of its own. */
  usesOwn(name: string, given: number): string;
  function(name: string, result: number): string;
  readonly optional: string;
  readonly using: string;
}

const values = (count: number): string => Array.from({ length: count }, (_, index) => String(index)).join(", ");

const script: Tongue = {
  uses: (path, name, given) =>
    `import { ${name} } from "./${path.replace(/\.tsx?$/, ".js")}";\n\nexport const planted = ${name}(${values(given)});\n`,
  usesOwn: (name, given) =>
    `function ${name}(...all) {\n  return all;\n}\n\nexport const planted = ${name}(${values(given)});\n`,
  function: (name, result) => `export function ${name}() {\n  return ${result};\n}\n`,
  optional: "planted = 1",
  using: "using.ts",
};

const required: Tongue = {
  ...script,
  uses: (path, name, given) =>
    `const { ${name} } = require("./${path}");\n\nexports.planted = ${name}(${values(given)});\n`,
  usesOwn: (name, given) => `function ${name}() {}\n\nexports.planted = ${name}(${values(given)});\n`,
  function: (name, result) => `function ${name}() {\n  return ${result};\n}\n`,
  using: "using.js",
};

const python: Tongue = {
  uses: (path, name, given) =>
    `from ${path.replace(/\.py$/, "")} import ${name}\n\nplanted = ${name}(${values(given)})\n`,
  usesOwn: (name, given) => `def ${name}(*all):\n    return all\n\n\nplanted = ${name}(${values(given)})\n`,
  function: (name, result) => `def ${name}():\n    return ${result}\n`,
  optional: "planted=1",
  using: "using_it.py",
};

function tongueOf(language: CodeLanguage, text: string): Tongue {
  if (language === "python") return python;
  return /^\s*(?:import|export)\b/m.test(text) ? script : required;
}

/** Plants every break that fits into a file, at up to so many of its functions. */
export async function plantBreaks(source: SourceText, most: number): Promise<readonly Planted[]> {
  const facts = await readFactsOf(source.path, source.text);
  if (!facts || facts.broken || facts.open === true) return [];
  // What a module takes whole from elsewhere may have the name as well.
  if (facts.imports.some((each) => each.wildcard)) return [];
  const functions = facts.definitions.filter((each) => isPlain(facts, each));
  const planted: Planted[] = [];
  for (const definition of functions.slice(0, most)) planted.push(...(await plantAt(source, facts, definition)));
  return planted;
}

/** A function of the top that other files can get under its own name, declared once. */
function isPlain(facts: CodeFacts, definition: CodeDefinition): boolean {
  const { kind, container, exported, exportedAs, params, name, open } = definition;
  const alone = facts.definitions.filter((each) => each.name === name).length === 1;
  const free = facts.imports.every((each) => each.names.every(({ local }) => local !== name));
  const fixed = params !== undefined && params.max !== null && open !== true;
  return kind === "function" && container === "" && exported && exportedAs === undefined && alone && free && fixed;
}

async function plantAt(source: SourceText, facts: CodeFacts, definition: CodeDefinition): Promise<readonly Planted[]> {
  const { path, text } = source;
  const { language } = facts;
  const { name } = definition;
  const given = definition.params?.min ?? 0;
  const tongue = tongueOf(language, text);
  const base = { [path]: text, "other.md": "Something else.\n" };
  const uses: Edits = { [tongue.using]: tongue.uses(path, name, given) };
  const plants: Planted[] = [];
  const plant = (rule: MeaningRule, breaks: boolean, left: Edits, right: Edits): void => {
    plants.push({ rule, language, where: `${path} ${name}`, declared: { path, name }, base, left, right, breaks });
  };
  const renamed = { [path]: text.replaceAll(new RegExp(`\\b${name}\\b`, "g"), `${name}Planted`) };
  plant("name-gone", true, renamed, uses);
  plant("name-gone", false, renamed, { [tongue.using]: tongue.usesOwn(name, given) });
  plant("name-gone", false, { [path]: `${text}\n` }, uses);

  plant("file-gone", true, { [`moved_${path}`]: { from: path } }, uses);
  plant("file-gone", true, { [path]: null }, uses);
  const ownFile = { [`sub/${path}`]: text, [`sub/${tongue.using}`]: tongue.uses(path, name, given) };
  plant("file-gone", false, { [path]: null }, ownFile);

  const more = await withParameter(source, definition, { first: true, text: "planted" });
  const calls = facts.references.some((each) => each.kind === "call" && each.name === name);
  // A call in the same file that is not mended says that the argument may be left out.
  if (more !== undefined && !(language === "javascript" && calls)) plant("arity-changed", true, { [path]: more }, uses);
  const loose = await withParameter(source, definition, { first: false, text: tongue.optional });
  if (loose !== undefined) plant("arity-changed", false, { [path]: loose }, uses);

  const [one, other] = [tongue.function("plantedTwice", 1), tongue.function("plantedTwice", 2)];
  const above = insertAbove(text, definition.startLine, one);
  plant("added-twice", true, { [path]: above }, { [path]: `${text}\n\n${other}` });
  plant("added-twice", false, { [path]: above }, { [tongue.using]: other });
  return plants.filter((each) => each.rule !== "added-twice" || isFarFromEnd(text, definition.startLine));
}

/** Inserts a function before a declaration, above what decorates and describes it. */
function insertAbove(text: string, startLine: number, added: string): string {
  const lines = text.split("\n");
  let at = startLine - 1;
  while (at > 0 && (lines[at - 1] ?? "").trim() !== "") at -= 1;
  return [...lines.slice(0, at), ...added.split("\n"), ...lines.slice(at)].join("\n");
}

function isFarFromEnd(text: string, startLine: number): boolean {
  return text.split("\n").length - startLine > 8;
}

/** The text with one more parameter; undefined where it does not come out as meant. */
async function withParameter(
  { path, text }: SourceText,
  definition: CodeDefinition,
  parameter: { readonly first: boolean; readonly text: string },
): Promise<string | undefined> {
  const lines = text.split("\n");
  const start = lines.slice(0, definition.startLine - 1).join("\n").length;
  const open = text.indexOf("(", text.indexOf(definition.name, start));
  let depth = 0;
  let close = open;
  for (; close < text.length; close++) {
    if ("([{".includes(text.charAt(close))) depth += 1;
    if (")]}".includes(text.charAt(close))) depth -= 1;
    if (depth === 0) break;
  }
  const inside = text
    .slice(open + 1, close)
    .trim()
    .replace(/,$/, "");
  const both = parameter.first ? [parameter.text, inside] : [inside, parameter.text];
  const changed = `${text.slice(0, open + 1)}${both.filter(Boolean).join(", ")}${text.slice(close)}`;
  const facts = await readFactsOf(path, changed);
  const now = facts?.broken === false ? facts.definitions.find((each) => each.name === definition.name) : undefined;
  const grown = parameter.first ? 1 : 0;
  const { min = 0, max = 0 } = definition.params ?? {};
  return now?.params?.min === min + grown && now.params.max === (max ?? 0) + 1 ? changed : undefined;
}
