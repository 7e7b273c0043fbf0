import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { languageOf, type CodeFacts, type CodeLanguage } from "../../src/schema/code-facts.ts";
import { factsOf } from "../rig/facts-rig.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pythonModules = "/usr/lib/python3";

/** Files of a language below a folder, up to a number of them. */
function filesOf(folder: string, language: CodeLanguage, most: number): readonly string[] {
  const found: string[] = [];
  const open = [folder];
  for (let next = open.shift(); next !== undefined && found.length < most; next = open.shift()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile() && languageOf(path) === language && statSync(path).size < 200_000) found.push(path);
    }
  }
  return found.slice(0, most);
}

describe.each([
  ["this project", join(root, "src"), "typescript"],
  ["packages in JavaScript", join(root, "node_modules"), "javascript"],
  ["declarations of packages", join(root, "node_modules"), "typescript"],
  ["Python's own modules", pythonModules, "python"],
] as const)("the facts of %s", (_what, folder, language) => {
  // Python is not on every machine; the rest is always there.
  test.skipIf(folder === pythonModules && !readable(folder))("are read, and next to nothing is broken", async () => {
    const paths = filesOf(folder, language, 120);
    const read = await Promise.all(
      paths.map(async (path) => ({ path, ...(await factsOf(language, readFileSync(path, "utf8"))) })),
    );
    const broken = read.filter((facts) => facts.broken).map(({ path }) => path);
    expect(paths).not.toEqual([]);
    expect(broken.slice(Math.ceil(paths.length / 40))).toEqual([]);
    const lines = read.flatMap((facts) => facts.definitions).filter((each) => each.endLine < each.startLine);
    expect(lines).toEqual([]);
  });
});

function readable(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The facts of every module of this project, by path. */
async function projectFacts(): Promise<ReadonlyMap<string, CodeFacts>> {
  const facts = new Map<string, CodeFacts>();
  for (const path of filesOf(join(root, "src"), "typescript", 1_000)) {
    facts.set(path, await factsOf("typescript", readFileSync(path, "utf8")));
  }
  return facts;
}

describe("what is read of one module of this project fits what is read of the others", async () => {
  const facts = await projectFacts();

  test("imports are exported where they come from", () => {
    const missing: string[] = [];
    for (const [path, { imports }] of facts) {
      for (const { module, names } of imports.filter((each) => each.module.startsWith("."))) {
        const target = facts.get(join(path, "..", module));
        const exported = new Set([
          ...(target?.definitions ?? [])
            .filter((each) => each.exported && each.container === "")
            .flatMap((each) => each.exportedAs ?? each.name),
          ...(target?.imports ?? [])
            .filter((each) => each.reexported)
            .flatMap((each) => each.names.map(({ local }) => local)),
        ]);
        missing.push(
          ...names
            .filter(({ imported }) => !exported.has(imported))
            .map(({ imported }) => `${path}: ${module} has no ${imported}`),
        );
      }
    }
    expect(facts.size).toBeGreaterThan(200);
    expect(missing).toEqual([]);
  });

  test("calls give as many arguments as are taken", () => {
    let checked = 0;
    const wrong: string[] = [];
    for (const [path, { references, imports }] of facts) {
      for (const { name, kind, argumentCount, receiver, shadowed, line } of references) {
        if (kind !== "call" || receiver !== undefined || shadowed || argumentCount === null) continue;
        const source = imports.find((each) => each.names.some(({ local }) => local === name));
        const target = source === undefined ? facts.get(path) : facts.get(join(path, "..", source.module));
        const found = target?.definitions.filter((each) => each.name === name && each.container === "") ?? [];
        const ranges = found.flatMap((each) => each.params ?? []);
        if (ranges.length === 0) continue;
        checked++;
        const fits = ranges.some(({ min, max }) => argumentCount >= min && argumentCount <= (max ?? Infinity));
        if (!fits) wrong.push(`${path}:${line} ${name}(${argumentCount})`);
      }
    }
    expect(checked).toBeGreaterThan(2_000);
    expect(wrong).toEqual([]);
  });
});
