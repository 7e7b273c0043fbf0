import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { describe, expect, test } from "vitest";
import { findingLines, meaningOf } from "../../rig/meaning-rig.ts";
import { plantBreaks, type Planted } from "../../rig/planted-breaks.ts";
import { breaksOnTop, plantOnTop, type PlantedOnTop } from "../../rig/planted-on-top.ts";
import { plantTemplates } from "../../rig/planted-templates.ts";

/** A sample that takes a second; `npm run bench -- meaning` takes many more. */
const FILES = 8;
const LONGEST = 12_000;

/** Whether the rules say of a planted change what is true of it. */
async function misjudged(planted: Planted): Promise<string | undefined> {
  const findings = await meaningOf(planted);
  const proved = findings.filter(({ tier }) => tier === "conflict");
  const right = planted.breaks ? proved.some(({ rule }) => rule === planted.rule) : proved.length === 0;
  const what = `${planted.language} ${planted.rule} ${planted.breaks ? "break" : "twin"} in ${planted.where}`;
  return right ? undefined : `${what}: ${findingLines(findings).join("; ")}`;
}

/** The same of a result that was built on the change. */
async function misjudgedOnTop(planted: PlantedOnTop): Promise<string | undefined> {
  const found = await breaksOnTop(planted);
  const right = planted.breaks ? found.some((each) => each.endsWith(planted.rule)) : found.length === 0;
  return right ? undefined : `${planted.language} ${planted.rule} ${planted.says}: ${found.join("; ") || "nothing"}`;
}

const templates = plantTemplates(1);
const languages = [...new Set(templates.map(({ language }) => language))];

describe("breaks planted into code, each with a harmless twin", () => {
  test.each(languages)("%s: all are found, no twin is", async (language) => {
    const wrong = await Promise.all(templates.filter((each) => each.language === language).map(misjudged));
    expect(wrong.filter((each) => each !== undefined)).toEqual([]);
  });

  test.each(languages)("%s, one result on top of another: all are found, no twin is", async (language) => {
    const planted = templates.filter((each) => each.language === language).flatMap(plantOnTop);
    expect(planted.filter(({ breaks }) => breaks).length).toBeGreaterThan(3);
    const wrong = await Promise.all(planted.map(misjudgedOnTop));
    expect(wrong.filter((each) => each !== undefined)).toEqual([]);
  });

  describe.each([
    ["TypeScript", "node_modules/zod/src/v4/core", /\.ts$/],
    ["JavaScript", "node_modules/commander/lib", /\.js$/],
    ["Python", "/usr/lib/python3.11", /^[a-d].*\.py$/],
  ])("code of others in %s", (_language, folder, pattern) => {
    // The packages are always there; Python's own modules are not on every machine.
    test.skipIf(isAbsolute(folder) && !existsSync(folder))(
      "of the breaks at most one in twenty is missed, no twin is found",
      async () => {
        const names = readdirSync(folder).filter((name) => pattern.test(name));
        const sources = names.map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
        const planted: Planted[] = [];
        for (const source of sources.filter(({ text }) => text.length < LONGEST).slice(0, FILES)) {
          planted.push(...(await plantBreaks(source, 1)));
        }
        const wrong = (await Promise.all(planted.map(misjudged))).filter((each) => each !== undefined);
        const breaks = planted.filter((each) => each.breaks);
        expect(breaks.length).toBeGreaterThan(5);
        expect(wrong.filter((each) => each.includes(" twin "))).toEqual([]);
        expect(wrong.length).toBeLessThanOrEqual(breaks.length / 20);
      },
    );
  });
});
