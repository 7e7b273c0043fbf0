// Writes dist/types: the declarations of the library, and of nothing else. Types that the sources infer from zod
// schemas are written out, with the schemas' descriptions as comments, so that the package's types need no other package.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { parseSync } from "oxc-parser";
import { root } from "./ensure.mjs";
import { loadInferredTypes, typeText } from "./type-text.mjs";

/** Writes the declarations to dist/types in one step. */
export async function buildTypes() {
  const emitted = emitDeclarations();
  const inferred = await loadInferredTypes();
  const rewritten = new Map([...emitted].map(([module, text]) => [module, withoutZod(module, text, inferred)]));
  const published = reachable("index", rewritten);
  const draft = join(root, "dist", `types.${process.pid}`);
  for (const module of published) {
    const text = rewritten.get(module);
    const foreign = /from "(?!\.)([^"]+)"/.exec(text) ?? /import\("(?!\.)([^"]+)"\)/.exec(text);
    if (foreign) throw new Error(`dist/types/${module}.d.ts would need the package ${foreign[1]}`);
    const file = join(draft, `${module}.d.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const target = join(root, "dist", "types");
  rmSync(target, { recursive: true, force: true });
  renameSync(draft, target);
}

/** Has the compiler emit the declarations of everything the library imports; gives them by module. */
function emitDeclarations() {
  const folder = join(root, "node_modules", ".cache", `parallelization-types-${process.pid}`);
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", folder], {
    cwd: root,
    encoding: "utf8",
  });
  try {
    if (status !== 0) throw new Error(`the declarations could not be emitted:\n${stdout}`);
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".d.ts"));
    return new Map(
      names.map((name) => [
        name.slice(0, -".d.ts".length).replaceAll("\\", "/"),
        readFileSync(join(folder, name), "utf8"),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The declarations of a module without schemas: inferred types are written out, schema constants are gone. */
function withoutZod(module, text, { types, comments }) {
  const { program } = parseSync(`${module}.d.ts`, text);
  const removals = [];
  for (const statement of program.body) {
    const source = text.slice(statement.start, statement.end);
    const declaration = statement.declaration ?? statement;
    const isConstant = declaration.type === "VariableDeclaration" && /\bz\./.test(source);
    const isImport = statement.type === "ImportDeclaration" && statement.source.value === "zod";
    if (isConstant || isImport) removals.push({ ...spanWithComment(text, statement), text: "" });
    if (declaration.type !== "TSTypeAliasDeclaration" || !/\bz\.(infer|input|output)</.test(source)) continue;
    const type = types.find((each) => each.module === module && each.typeName === declaration.id.name);
    if (type === undefined) throw new Error(`${module}: ${declaration.id.name} is inferred from an unknown schema`);
    const nameOf = (schema) =>
      schema === type.schema ? undefined : nameIn(module, schema, { types, given: type.given });
    const written = typeText(type.schema, { nameOf, given: type.given, commentsOf: (each) => comments.get(each) });
    removals.push({ start: statement.start, end: statement.end, text: `export type ${type.typeName} = ${written};` });
  }
  let left = text;
  for (const { start, end, text: replacement } of removals.toReversed()) {
    left = left.slice(0, start) + replacement + left.slice(end);
  }
  return withUsedImports(module, left);
}

/** A statement with the documentation before it and the line break after it. */
function spanWithComment(text, { start, end }) {
  const before = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, start));
  const after = /^[ \t]*\n/.exec(text.slice(end));
  return { start: before ? before.index : start, end: end + (after ? after[0].length : 0) };
}

function nameIn(module, schema, { types, given }) {
  // The same schema may stand for several types; the one that is not only for callers is its name.
  const named = types.find((each) => each.schema === schema && !each.given);
  if (named === undefined) return undefined;
  const path = posix.relative(posix.dirname(module), named.module);
  const name =
    named.module === module
      ? named.typeName
      : `import("${path.startsWith(".") ? path : `./${path}`}.js").${named.typeName}`;
  return given ? `import("./given.js").Given<${name}>` : name;
}

/** Leaves only those names in imports that are still used, and writes them as Node resolves them. */
function withUsedImports(module, text) {
  const { program } = parseSync(`${module}.d.ts`, text);
  const imports = program.body.filter((statement) => statement.type === "ImportDeclaration");
  let left = text;
  for (const statement of imports.toReversed()) {
    const rest = text.slice(0, statement.start) + text.slice(statement.end);
    const used = statement.specifiers.filter(({ local }) => new RegExp(`\\b${local.name}\\b`).test(rest));
    const words = used.map((each) => text.slice(each.start, each.end)).join(", ");
    const kept =
      used.length === 0
        ? ""
        : `import type { ${words.replaceAll(/\btype /g, "")} } from "${statement.source.value}";\n`;
    left = left.slice(0, statement.start) + kept + left.slice(statement.end).replace(/^\n/, "");
  }
  return left.replaceAll(/(from |import\()"(\.[^"]*)\.ts"/g, '$1"$2.js"');
}

/** The modules that a module's declarations lead to, itself included. */
function reachable(start, texts) {
  const found = new Set([start]);
  for (const module of found) {
    for (const [, path] of texts.get(module).matchAll(/(?:from |import\()"(\.[^"]*)\.js"/g)) {
      found.add(posix.join(posix.dirname(module), path));
    }
  }
  return [...found];
}
