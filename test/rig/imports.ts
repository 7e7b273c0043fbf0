import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { parseSync, Visitor, type StringLiteral } from "oxc-parser";

/** One import of a source file. */
export interface Import {
  /** What it names, resolved: `src/util/assert.ts` for a file of the project, otherwise the specifier itself. */
  readonly target: string;
  /** Whether it only brings in types. */
  readonly typesOnly: boolean;
}

/** A source file as its imports show it. */
export interface SourceFile {
  /** Relative to the project's root, / separated. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** Reads every TypeScript file in a folder of the project. */
export function readSources(root: string, folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) =>
      parseSource(
        relative(root, join(root, folder, name))
          .split(sep)
          .join("/"),
        readText(root, folder, name),
      ),
    )
    .toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

function readText(...path: readonly string[]): string {
  return readFileSync(join(...path), "utf8");
}

/** Finds the imports of one file: static and dynamic ones, re-exports, and `import("…")` as a type. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message ?? "cannot be parsed"}`);
  const imports: Import[] = [];
  const add = (specifier: string, typesOnly: boolean): void => {
    const isLocal = specifier.startsWith(".");
    imports.push({ target: isLocal ? posix.join(dirname(path), specifier) : specifier, typesOnly });
  };
  const allTypes = (entries: readonly { readonly isType: boolean }[]): boolean =>
    entries.length > 0 && entries.every((entry) => entry.isType);
  for (const { moduleRequest, entries } of module.staticImports) add(moduleRequest.value, allTypes(entries));
  for (const { entries } of module.staticExports) {
    const request = entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (request) add(request.value, allTypes(entries));
  }
  new Visitor({
    ImportExpression({ source }) {
      // A computed specifier cannot be judged, so it is reported as what it is.
      add(source.type === "Literal" ? String(source.value) : "(computed)", false);
    },
    TSImportType({ source }: { readonly source: StringLiteral }) {
      add(source.value, true);
    },
  }).visit(program);
  return { path, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0), imports };
}

/**
 * Every import cycle's files, types included: the strongly connected components of more than one file, and files that
 * import themselves (Tarjan 1972).
 */
export function importCycles(sources: readonly SourceFile[]): readonly (readonly string[])[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): number => {
    const number = order.size;
    order.set(path, number);
    lowest.set(path, number);
    open.push(path);
    const targets = (byPath.get(path)?.imports ?? [])
      .map(({ target }) => target)
      .filter((target) => byPath.has(target));
    for (const target of targets) {
      const reached = order.has(target) ? (open.includes(target) ? order.get(target) : undefined) : visit(target);
      if (reached !== undefined) lowest.set(path, Math.min(lowest.get(path) ?? number, reached));
    }
    if (lowest.get(path) === number) {
      const component = open.splice(open.indexOf(path));
      if (component.length > 1 || targets.includes(path)) cycles.push(component.toSorted());
    }
    return lowest.get(path) ?? number;
  };
  for (const { path } of sources) if (!order.has(path)) visit(path);
  return cycles;
}
