import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPlace } from "../rig/built-program.ts";

const place = programPlace();
afterAll(() => place.remove());

test("the demonstration keeps its promises and leaves nothing behind (P6)", async () => {
  const { code, out, errors } = await place.run(["demo"]);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(out).toContain("CHECKED in the files themselves");
  expect(out.match(/^ {2}✓ /gm)?.length).toBeGreaterThanOrEqual(6);
  expect(out).not.toContain("✗");
  expect(out).toMatch(/⊘ (shipping|discount)/);
  expect(out).toContain("src/prices.js");
  expect(place.leftovers()).toEqual([]);
  expect(readdirSync(place.folder)).toEqual([]);
});

describe("with --keep and --json", () => {
  interface Shown {
    readonly folder: string;
    readonly merge: { readonly applied: boolean; readonly held: readonly unknown[] };
    readonly results: readonly {
      taskId: string;
      success: boolean;
      changes: readonly { file: string; type: string }[];
    }[];
    readonly promises: readonly { kept: boolean }[];
  }
  let shown: Shown;
  beforeAll(async () => {
    shown = JSON.parse((await place.run(["demo", "--keep", "--json"])).out) as Shown;
  });
  const read = (name: string): string => readFileSync(join(shown.folder, "workspace", name), "utf8");

  test("the repository stays, with both edits of the shared file and the user's own edit", () => {
    expect(shown.merge).toMatchObject({ applied: true, held: [{}] });
    expect(shown.promises.every((promise) => promise.kept)).toBe(true);
    expect(read("src/prices.js")).toContain("taxPercent = 7");
    expect(read("src/prices.js")).toContain("Object.entries(prices)");
    expect(read("src/greeting.js")).toContain("my own edit, not committed yet");
  });

  test("a task starts from the files that the task it builds on has made (E2)", () => {
    const dependent = shown.results.find((result) => result.taskId === "document-tax");
    expect(dependent).toMatchObject({ success: true });
    // src/tax.js is not in the repository: add-tax creates it, and document-tax changes it.
    expect(dependent?.changes.find((change) => change.file === "src/tax.js")?.type).toBe("modify");
  });
});
