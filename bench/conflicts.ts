/**
 * Finding conflicts: in results that only tell of themselves, in pairs of changes to real code (against git's own
 * verdict), and in a repository (against one `git merge-tree` process a pair).
 */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { detectConflicts } from "../src/engines/conflicts/detect.ts";
import { judgePairs } from "../src/engines/merging/pairs/judge-pairs.ts";
import { readCandidates } from "../src/engines/merging/merge-candidate.ts";
import { gitCli } from "../src/platform/git-cli.ts";
import type { AgentResultInput } from "../src/schema/outcome.ts";
import { makeTextPairs } from "../test/rig/text-pairs.ts";
import { shown, type Figure, type Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured } from "./fresh-process.ts";
import { withScratchFolder } from "./scratch-folder.ts";

const times = 5;
const pairs = 400;
const agents = 24;
const filesInRepository = 5_000;
const filesPerAgent = 40;
const run = promisify(execFile);

/** One result: a hunk of its own in each file. */
function resultOf(agent: number, files: readonly string[], line: number): AgentResultInput {
  const hunks = [{ oldStart: line, oldLines: 1, newStart: line, newLines: 1 }];
  return {
    agentId: `agent-${agent}`,
    taskId: `task-${agent}`,
    success: true,
    filesModified: [...files],
    changes: files.map((file) => ({ file, type: "modify" as const, hunks })),
  };
}

const shapes: Readonly<Record<string, () => AgentResultInput[]>> = {
  shared: () => {
    const files = Array.from({ length: 1_000 }, (_, index) => `src/file-${index}.ts`);
    return Array.from({ length: 100 }, (_, agent) => resultOf(agent, files, 1 + 3 * agent));
  },
  apart: () =>
    Array.from({ length: 2_000 }, (_, agent) => {
      const files = Array.from({ length: 20 }, (_file, index) => `src/agent-${agent}/file-${index}.ts`);
      return resultOf(agent, files, 1);
    }),
};

/** Detects once in a fresh process, after the same call was read as JSON, which nobody can do without. */
export const detectCell: Cell = async (shape = "") => {
  const text = JSON.stringify(shapes[shape]?.() ?? []);
  const before = performance.now();
  const agentResults = JSON.parse(text) as AgentResultInput[];
  const read = performance.now();
  const found = detectConflicts({ agentResults });
  if (!found.ok) throw new Error(found.error.error);
  return { detect: performance.now() - read, read: read - before };
};

/** Judges all pairs of many agents' results in one repository, and lets git do so with a process for each pair. */
export const pairsCell: Cell = async () =>
  withScratchFolder(async (folder) => {
    const gitDir = join(folder, "shadow.git");
    const attributeFolder = join(folder, "attributes");
    await mkdir(attributeFolder);
    await run("git", ["init", "--quiet", "--bare", gitDir]);
    const importing = run("git", ["--git-dir", gitDir, "fast-import", "--quiet"], { maxBuffer: 1 << 20 });
    importing.child.stdin?.end(history());
    await importing;
    const git = gitCli();
    const shadow = { gitDir, workTree: folder, prefix: "", userGitDir: undefined };
    const commitOf = async (name: string) => (await git.run(["rev-parse", name], { gitDir })).text.trim();
    const base = await commitOf("base");
    const results = [];
    for (let agent = 0; agent < agents; agent++) {
      const commit = await commitOf(`agent-${agent}`);
      results.push({ taskId: `t${agent}`, agentId: `a${agent}`, commit, needs: [], priority: 0, order: agent });
    }
    const before = performance.now();
    const { candidates } = await readCandidates({ git, shadow, base, results });
    await judgePairs({ git, shadow, attributeFolder, base, candidates });
    const judged = performance.now();
    for (const [index, left] of results.entries()) {
      for (const right of results.slice(index + 1)) {
        const argv = ["merge-tree", "--write-tree", left.commit, right.commit];
        await git.run(argv, { gitDir, answers: [1] });
      }
    }
    return { ours: judged - before, each: performance.now() - judged };
  });

/** A base of many files, and agents that change some of them, neighbours partly the same. */
function history(): string {
  const file = (path: string, text: string): string =>
    `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const text = (changed?: number): string =>
    Array.from({ length: 60 }, (_, line) => (line === changed ? "changed\n" : `line ${line}\n`)).join("");
  const name = (index: number): string => `src/${index % 100}/file-${index}.ts`;
  const commit = (branch: string, from: string, files: string): string =>
    `commit refs/heads/${branch}\ncommitter a <a@example.com> 0 +0000\ndata 0\n${from}${files}\n`;
  const all = Array.from({ length: filesInRepository }, (_, index) => file(name(index), text()));
  let stream = commit("base", "", all.join(""));
  for (let agent = 0; agent < agents; agent++) {
    const own = Array.from({ length: filesPerAgent }, (_, index) => {
      const place = (agent * 10 + index * 3) % filesInRepository;
      return file(name(place), text((agent * 7 + index) % 60));
    });
    stream += commit(`agent-${agent}`, "from refs/heads/base\n", own.join(""));
  }
  return stream;
}

/** Of pairs of changes to real code, the share whose verdict is not git's. */
async function wrongVerdicts(): Promise<{ wrong: number; conflicts: number }> {
  // The command runs at the root of the project.
  const sources = join(process.cwd(), "src");
  return withScratchFolder(async (scratch) => {
    const made = await makeTextPairs({ sources, scratch, seed: 1, count: pairs });
    const wrong = made.filter(({ diffs, clean }) => {
      const agentResults = diffs.map((diff, index) => ({
        ...{ agentId: `a${index}`, taskId: `t${index}`, success: true, filesModified: ["file.ts"] },
        changes: [{ file: "file.ts", diff }],
      }));
      const found = detectConflicts({ agentResults });
      return !found.ok || found.value.hasConflicts === clean;
    });
    return { wrong: wrong.length, conflicts: made.filter(({ clean }) => !clean).length };
  });
}

/** The figures of finding conflicts. */
export const conflicts: Part = {
  name: "conflicts",
  about: `Results given by their hunks, without a repository: the least of ${times} fresh processes, beside reading the same call as JSON. Verdicts: ${pairs} pairs of random edits of this program's own sources, known by their diffs, against git's merge. All pairs: ${agents} agents with ${filesPerAgent} of ${filesInRepository} files each, beside one git process a pair.`,
  async measure(say) {
    const figures: Figure[] = [];
    const repeat = async (cell: string, ...args: readonly string[]): Promise<Measured[]> => {
      const measured: Measured[] = [];
      for (let time = 0; time < times; time++) measured.push(await measureFresh(cell, ...args));
      return measured;
    };
    const add = (
      name: string,
      targetMs: number,
      measured: readonly Measured[],
      keys: readonly [string, string, string],
    ) => {
      const [own, peer] = [repeated(measured, keys[0]), repeated(measured, keys[1])];
      if (typeof own === "string") throw new Error(own);
      const others = { [keys[2]]: typeof peer === "string" ? peer : peer.least };
      figures.push({
        name,
        value: own.least,
        unit: "ms",
        target: targetMs,
        remark: `median ${shown(own.median)}`,
        peers: others,
      });
    };
    say("results without a repository");
    const reading = ["detect", "read", "reading it as JSON"] as const;
    add("conflicts among 100 agents in the same 1,000 files", 200, await repeat("conflicts-detect", "shared"), reading);
    add("conflicts among 2,000 agents apart", 1_000, await repeat("conflicts-detect", "apart"), reading);
    say("verdicts");
    const { wrong, conflicts: inConflict } = await wrongVerdicts();
    figures.push({
      name: "verdicts from diffs that are not git's",
      value: (100 * wrong) / pairs,
      unit: "%",
      target: 0,
      remark: `${wrong} of ${pairs}, ${inConflict} of them conflicts`,
    });
    say("all pairs in a repository");
    add(`all pairs of ${agents} agents on 5,000 files`, 1_000, await repeat("conflicts-pairs"), [
      "ours",
      "each",
      "one git process a pair",
    ]);
    return figures;
  },
};
