/**
 * What reading the facts of code costs beside a bare parse of the same texts by the same parser, in the same process
 * and by turns, so that a machine that others use slows both down alike.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readFacts } from "../src/engines/semantics/facts/read-facts.ts";
import { createSyntaxParser } from "../src/platform/syntax-parser.ts";
import { languageOf, type CodeLanguage } from "../src/schema/code-facts.ts";
import { median, type Figure, type Part } from "./figure.ts";
import { measureFresh, type Cell } from "./fresh-process.ts";

const rounds = 3;
const mostFiles = 600;
const mostBytes = 200_000;
const limitMs = 60_000;

/** Real code of this machine: this project, its packages, and Python's own modules. */
const corpora: Readonly<Record<string, { readonly folder: string; readonly language: CodeLanguage }>> = {
  TypeScript: { folder: "src", language: "typescript" },
  JavaScript: { folder: "node_modules", language: "javascript" },
  Python: { folder: "/usr/lib/python3", language: "python" },
};

function textsOf(folder: string, language: CodeLanguage): readonly string[] {
  const texts: string[] = [];
  const open = [folder];
  for (let next = open.shift(); next !== undefined && texts.length < mostFiles; next = open.shift()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile() && languageOf(path) === language && statSync(path).size <= mostBytes) {
        texts.push(readFileSync(path, "utf8"));
      }
    }
  }
  return texts.slice(0, mostFiles);
}

/** Milliseconds of each round for one corpus: bare, and with facts. */
export const factsCell: Cell = async (corpus) => {
  const { folder, language } = corpora[corpus ?? ""] ?? { folder: "", language: "typescript" };
  const texts = textsOf(folder, language);
  const parser = await createSyntaxParser();
  const [bare, whole]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    let [bareMs, wholeMs] = [0, 0];
    for (const text of texts) {
      const given = { language, text, limitMs };
      const before = performance.now();
      await parser.parse(given, () => 0);
      const between = performance.now();
      await parser.parse(given, (cursor) => readFacts({ language, text, cursor }));
      bareMs += between - before;
      wholeMs += performance.now() - between;
    }
    // The first round warms up.
    if (round > 0) bare.push(bareMs);
    if (round > 0) whole.push(wholeMs);
  }
  const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
  return {
    files: texts.length,
    megabytes,
    bare: median(bare),
    whole: median(whole),
    ratio: Math.min(...whole) / Math.min(...bare),
  };
};

async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const corpus of Object.keys(corpora)) {
    say(corpus);
    const measured = await measureFresh("facts", corpus);
    if ("failure" in measured) {
      say(`${corpus}: ${String(measured.failure)}`);
      continue;
    }
    const { files = 0, megabytes = 0, bare = 0, whole = 0, ratio = 0 } = measured;
    if (files === 0) continue;
    const speed = `${files} files, ${(megabytes / (whole / 1000)).toFixed(2)} MB/s`;
    figures.push({
      name: `facts: ${corpus}, a file`,
      value: whole / files,
      unit: "ms",
      remark: speed,
      peers: { "bare parse": bare / files },
    });
    figures.push({ name: `facts: ${corpus}, beside a bare parse`, value: ratio, unit: "×", target: 4 });
  }
  return figures;
}

/** What facts of code cost. */
export const facts: Part = {
  name: "facts",
  about:
    "Definitions, references and imports read from the syntax trees of real files (this project, its packages, Python's " +
    "modules), beside a parse of the same texts alone in the same process; the quickest of three rounds.",
  measure,
};
