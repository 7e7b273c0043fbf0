import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { folders } from "../vitest.config.ts";
import { requirements } from "./requirements.ts";
import { citedRequirements } from "./rig/cited-requirements.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const testFiles = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".test.ts") && !/(^|\/)(node_modules|fixtures)\//.test(name),
);

/** Test files by the requirement that their titles name. */
const filesById = new Map<string, string[]>();
for (const file of testFiles) {
  for (const id of citedRequirements(file, readFileSync(join(folder, file), "utf8"))) {
    filesById.set(id, [...(filesById.get(id) ?? []), file]);
  }
}

describe("every requirement that counts as proven is named by a test", () => {
  const proven = Object.entries(requirements).filter(([, { status }]) => status === "proven");
  test.each(proven)("%s is proven", (id, { text }) => {
    expect(filesById.get(id) ?? [], `no test title names ${id}: ${text}`).not.toEqual([]);
  });
});

test("tests name only requirements that exist", () => {
  const unknown = [...filesById].filter(([id]) => !Object.hasOwn(requirements, id));
  expect(unknown).toEqual([]);
});

test("every test file lies where it is run", () => {
  const isRun = (file: string): boolean =>
    !file.includes("/") || file.startsWith("long/") || folders.some(({ name }) => file.startsWith(`${name}/`));
  expect(testFiles.filter((file) => !isRun(file))).toEqual([]);
});

test("the list of requirements has no gap: P1-P6, C1-C29, A1-A9, B1-B13, D1-D6, E1-E6", () => {
  const counts = { P: 6, C: 29, A: 9, B: 13, D: 6, E: 6 };
  const expected = Object.entries(counts).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  );
  expect(Object.keys(requirements)).toEqual(expected);
});

describe("a title is read from the text of its test", () => {
  test.each([
    ['test("works (C4, C7)", () => {});', ["C4", "C7"]],
    ["it(`counts ${n} agents (C1)`, run);", ["C1"]],
    ['test.each([[1, "x (C9)"]])("adds %d (C2)", run);', ["C2"]],
    ['test.skipIf(missing)("talks to the real agent (C8)", run);', ["C8"]],
    ['const real = test.skipIf(missing); real("runs (C13)", run);', ["C13"]],
    ['test.skip("never runs (C5)", run); test.todo("later (C6)");', []],
    ['describe("a group (C3)", () => {}); // test("a comment (C3)")', []],
  ])("%s", (text, ids) => {
    expect(citedRequirements("sample.test.ts", text)).toEqual(ids);
  });
});
