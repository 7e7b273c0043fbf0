/**
 * What the rules of meaning find of breaks planted into code of others, what they find where nothing is broken, and how
 * long they take for the results of many agents in one repository.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { meaningOf } from "../test/rig/meaning-rig.ts";
import { plantBreaks, type Planted } from "../test/rig/planted-breaks.ts";
import { breaksOnTop, plantOnTop } from "../test/rig/planted-on-top.ts";
import { plantTemplates } from "../test/rig/planted-templates.ts";
import type { Figure, Part } from "./figure.ts";
import { measurePairs } from "./meaning-pairs.ts";

/** Folders of code that others wrote, as far as they are on this machine. */
const SOURCES: readonly (readonly [string, RegExp])[] = [
  ["node_modules/zod/src/v4/core", /\.ts$/],
  ["node_modules/ajv/lib/compile", /\.ts$/],
  ["node_modules/commander/lib", /\.js$/],
  ["node_modules/ajv/dist/compile", /\.js$/],
  ["/usr/lib/python3.11", /\.py$/],
];
const FILES = 25;
const FUNCTIONS = 2;
const LONGEST_TEXT = 60_000;
const TEMPLATES = 3;

async function plantAll(): Promise<readonly Planted[]> {
  const planted: Planted[] = Array.from({ length: TEMPLATES }, (_, number) => plantTemplates(number)).flat();
  for (const [folder, names] of SOURCES) {
    if (!existsSync(folder)) continue;
    const files = readdirSync(folder).filter((name) => names.test(name) && !name.endsWith(".d.ts"));
    for (const path of files.slice(0, FILES)) {
      const text = readFileSync(join(folder, path), "utf8");
      if (text.length <= LONGEST_TEXT) planted.push(...(await plantBreaks({ path, text }, FUNCTIONS)));
    }
  }
  return planted;
}

/** Something planted, as it is counted. */
type Counted = Pick<Planted, "language" | "rule" | "where" | "breaks">;

/** Counts, by language and rule, what was planted and what was judged wrongly. */
async function countWrong<Plant extends Counted>(
  planted: readonly Plant[],
  say: (line: string) => void,
  proves: (plant: Plant) => Promise<readonly string[]>,
): Promise<{ readonly breaks: number; readonly missed: number; readonly twins: number; readonly flagged: number }> {
  const counts = { breaks: 0, missed: 0, twins: 0, flagged: 0 };
  const rows = new Map<string, { all: number; wrong: number }>();
  for (const each of planted) {
    const proved = await proves(each);
    const wrong = each.breaks ? !proved.some((rule) => rule.endsWith(each.rule)) : proved.length > 0;
    counts[each.breaks ? "breaks" : "twins"] += 1;
    if (wrong) counts[each.breaks ? "missed" : "flagged"] += 1;
    const key = `${each.language} ${each.rule} ${each.breaks ? "break" : "twin"}`;
    const row = rows.get(key) ?? { all: 0, wrong: 0 };
    rows.set(key, { all: row.all + 1, wrong: row.wrong + (wrong ? 1 : 0) });
    if (wrong) say(`wrong: ${key} in ${each.where}: ${proved.join(", ") || "nothing"}`);
  }
  for (const [key, { all, wrong }] of rows) say(`${key}: ${all} judged, ${wrong} wrong`);
  return counts;
}

/** What was planted, judged side by side, and as one result on top of another. */
async function judgePlanted(say: (line: string) => void): Promise<readonly Figure[]> {
  const planted = await plantAll();
  const beside = await countWrong(planted, say, async (each) =>
    (await meaningOf(each)).filter(({ tier }) => tier === "conflict").map(({ rule }) => rule),
  );
  say("one on top of another:");
  const onTop = await countWrong(planted.flatMap(plantOnTop), say, breaksOnTop);
  return [
    ...figuresOf(beside, ["planted breaks of meaning missed", "harmless twins taken for breaks"]),
    ...figuresOf(onTop, ["breaks on top of another result missed", "harmless ones on top taken for breaks"]),
  ];
}

function figuresOf(
  counts: Awaited<ReturnType<typeof countWrong>>,
  [missed, flagged]: readonly [string, string],
): readonly Figure[] {
  const remark = `${counts.breaks} planted, ${counts.missed} missed`;
  return [
    { name: missed, value: percent(counts.missed, counts.breaks), unit: "%", target: 5, remark },
    {
      name: flagged,
      value: percent(counts.flagged, counts.twins),
      unit: "%",
      target: 0,
      remark: `${counts.twins} twins`,
    },
  ];
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** Judging the meaning of changes. */
export const meaning: Part = {
  name: "meaning",
  about:
    "Breaks that merge as text, planted into code of others and into generated code of nine languages, and a harmless twin of each, side by side and one on top of the other; then all pairs of 24 agents in a repository of 5,000 files, judged by text and meaning.",
  measure: async (say) => [...(await judgePlanted(say)), ...(await measurePairs(say))],
};
