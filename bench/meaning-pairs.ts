import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { meaningJudges } from "../src/engines/coordination/meaning/meaning-of-results.ts";
import { changedPaths } from "../src/engines/merging/changed-paths.ts";
import { judgePairs } from "../src/engines/merging/pairs/judge-pairs.ts";
import type { MergeCandidate } from "../src/engines/merging/merge-candidate.ts";
import { withTrialObjects } from "../src/engines/merging/trial-objects.ts";
import { gitCli } from "../src/platform/git-cli.ts";
import { nodeFiles } from "../src/platform/node-files.ts";
import type { Shadow } from "../src/ports/git.ts";
import { testCodeReader } from "../test/rig/code-reader-rig.ts";
import { CROWD, crowdedEdits, crowdedName, crowdedText } from "./crowded-pairs.ts";
import { median, type Figure } from "./figure.ts";
import { withScratchFolder } from "./scratch-folder.ts";

const FILES = 5_000;
const AGENTS = 24;
/** Files that one agent changes: some of them are changed by its neighbours as well. */
const CHANGED = 12;
const NEIGHBOURS_APART = 9;
const REPEATS = 3;

const nameOf = (file: number): string => `src/m${file % 50}/f${file}.ts`;

function textOf(file: number): string {
  const from = (file * 7 + 1) % FILES;
  const functions = Array.from(
    { length: 8 },
    (_, index) =>
      `export function f${file}x${index}(a: number, b = 1): number {\n  const c = a + b;\n  return c * ${index};\n}\n`,
  );
  return `import { f${from}x0 } from "../m${from % 50}/f${from}.js";\n\n${functions.join("\n")}\nexport const value = f${from}x0(1);\n`;
}

/** What one agent leaves in a file: a function that is renamed, another one than the next agent's. */
function changedText(file: number, agent: number): string {
  return textOf(file).replace(`f${file}x${agent % 8}(`, `f${file}by${agent}(`);
}

/** What one agent adds: a call of a function in a file of the next one. */
function addedText(agent: number): string {
  const other = ((agent + 1) * NEIGHBOURS_APART + 5) % FILES;
  return `import { f${other}x7 } from "./m${other % 50}/f${other}.js";\n\nexport const agent${agent} = f${other}x7(${agent});\n`;
}

interface File {
  readonly path: string;
  readonly text: string;
}

/** What the agents find, and what each of them changes in it. */
interface Scenario {
  readonly name: string;
  /** Pairs that cannot both be merged. */
  readonly rivalries: (found: number) => boolean;
  fileOf(number: number): File;
  editsOf(agent: number): readonly File[];
}

const scenarios: readonly Scenario[] = [
  {
    name: `all pairs of ${AGENTS} agents on ${FILES} files, text and meaning, warm`,
    // Every eighth agent renames what its neighbour begins to call: a measurement that does not see it is none.
    rivalries: (found) => found > 0,
    fileOf: (number) => ({ path: nameOf(number), text: textOf(number) }),
    editsOf(agent) {
      const numbers = Array.from({ length: CHANGED }, (_, index) => (agent * NEIGHBOURS_APART + index) % FILES);
      const edits = numbers.map((number) => ({ path: nameOf(number), text: changedText(number, agent) }));
      return [...edits, { path: `src/agent${agent}.ts`, text: addedText(agent) }];
    },
  },
  {
    name: `the same with ${CROWD.changed} files each, of the same ${CROWD.crowded}`,
    rivalries: (found) => found === CROWD.clashes,
    fileOf: (number) => ({ path: crowdedName(number), text: crowdedText(number) }),
    editsOf: crowdedEdits,
  },
];

/** A repository of one base and a commit of each agent, written by `git fast-import`. */
function makeRepository(
  folder: string,
  scenario: Scenario,
): { readonly base: string; readonly agents: readonly string[] } {
  execFileSync("git", ["init", "--quiet", "--bare", folder]);
  const file = ({ path, text }: File): string => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const who = "committer bench <bench@localhost> 0 +0000\ndata 0\n";
  const all = Array.from({ length: FILES }, (_, number) => file(scenario.fileOf(number)));
  const agents = Array.from({ length: AGENTS }, (_, agent) => {
    const edits = scenario.editsOf(agent).map(file);
    return `commit refs/heads/agent${agent}\n${who}from refs/heads/base\n${edits.join("")}\n`;
  });
  const input = `commit refs/heads/base\n${who}${all.join("")}\n${agents.join("")}`;
  execFileSync("git", ["fast-import", "--quiet"], { cwd: folder, input });
  const idOf = (ref: string): string =>
    execFileSync("git", ["rev-parse", ref], { cwd: folder, encoding: "utf8" }).trim();
  return { base: idOf("base"), agents: Array.from({ length: AGENTS }, (_, agent) => idOf(`agent${agent}`)) };
}

/** Times all pairs of many agents, by text alone and by text and meaning. */
export async function measurePairs(say: (line: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const scenario of scenarios) figures.push(await measureScenario(scenario, say));
  return figures;
}

function measureScenario(scenario: Scenario, say: (line: string) => void): Promise<Figure> {
  return withScratchFolder(async (scratch) => {
    const gitDir = join(scratch, "pairs.git");
    const attributeFolder = join(scratch, "attributes");
    mkdirSync(attributeFolder);
    const { base, agents } = makeRepository(gitDir, scenario);
    const git = gitCli();
    const files = nodeFiles();
    const shadow: Shadow = { gitDir, workTree: scratch, prefix: "", userGitDir: undefined };
    const comparisons = agents.map((to) => ({ from: base, to }));
    const changes = await changedPaths({ git, shadow, comparisons });
    const candidates = agents.map((commit, order): MergeCandidate => ({
      ...{ taskId: `t${order}`, agentId: `a${order}`, commit, needs: [], priority: 0, order },
      changes: changes[order] ?? [],
      ancestors: new Set(),
    }));
    const judgeMeaning = meaningJudges(git, testCodeReader())(shadow);
    const timed = async (meaning: boolean): Promise<number> => {
      const start = performance.now();
      const { rivalries, listed } = await withTrialObjects({ git, files, shadow }, (trial) => {
        const call = { git: trial, shadow, attributeFolder, base, candidates };
        return judgePairs(meaning ? { ...call, judgeMeaning } : call);
      });
      const took = performance.now() - start;
      if (meaning && !scenario.rivalries(rivalries.length)) throw new Error(`${rivalries.length} rivalries were found`);
      say(`${meaning ? "text and meaning" : "text"}: ${rivalries.length} rivalries, ${listed.length} remarks`);
      return took;
    };
    const cold = await timed(true);
    const [warm, text]: [number[], number[]] = [[], []];
    for (let round = 0; round < REPEATS; round++) {
      warm.push(await timed(true));
      text.push(await timed(false));
    }
    const remark = `median ${median(warm).toFixed(0)} ms, first time ${cold.toFixed(0)} ms, text alone ${Math.min(...text).toFixed(0)} ms`;
    return { name: scenario.name, value: Math.min(...warm), unit: "ms", target: 1_000, remark };
  });
}
