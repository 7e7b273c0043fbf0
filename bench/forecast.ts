/** The analysis of 40 tasks with a repository: cold, warm, and how long anybody else has to wait meanwhile. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { analyze } from "../src/engines/analysis/analyze.ts";
import { surveyRepository } from "../src/engines/survey/survey-repository.ts";
import { bulkReader } from "../src/platform/bulk-reader.ts";
import { gitCli } from "../src/platform/git-cli.ts";
import { nodeFiles } from "../src/platform/node-files.ts";
import { shown, type Figure, type Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured } from "./fresh-process.ts";
import { withScratchFolder } from "./scratch-folder.ts";

const runProgram = promisify(execFile);
const taskCount = 40;
const usualFiles = 5_000;
const manyFiles = 100_000;
const largestBytes = 100_000;
const warmTimes = 5;
const coldTimes = 3;
const filesOfFolder = 500;
const sourceName = /\.(?:[cm]?[jt]s|md|json|css|html)$/;

/** One analysis in a process of its own: milliseconds, and the longest time for which nothing else could run. */
export const forecastCell: Cell = async (root = "", cacheFolder = "") => {
  const files = nodeFiles();
  const git = gitCli();
  const subtasks = await tasksAbout(root);
  const stalls = monitorEventLoopDelay({ resolution: 1 });
  stalls.enable();
  const before = performance.now();
  const repository = await surveyRepository({ files, git, reader: bulkReader(), cacheFolder }, root);
  const surveyed = performance.now();
  const answer = analyze({ taskDescription: "Maintain it", subtasks, repository });
  const ms = performance.now() - before;
  // The monitor writes down a wait when its timer gets its turn again.
  await new Promise<void>((resume) => setTimeout(resume, 5));
  stalls.disable();
  if (!answer.ok) throw new Error(answer.error.error);
  const again = performance.now();
  analyze({ taskDescription: "Maintain it", subtasks });
  const plainMs = performance.now() - again;
  return { ms, plainMs, analysisMs: before + ms - surveyed, stallMs: stalls.max / 1e6 };
};

/** The bound of a cold analysis: every file read once, and nothing done with it. */
export const readAllCell: Cell = async (root = "") => {
  const { stdout } = await runProgram("git", ["ls-files", "-z"], { cwd: root, maxBuffer: 2 ** 28 });
  const paths = stdout.split("\0").filter((path) => path !== "");
  const before = performance.now();
  let bytes = 0;
  await bulkReader().read({ root, paths, mostBytes: 2 ** 20 }, (_, content) => void (bytes += content.length));
  return { ms: performance.now() - before, bytes };
};

/** Tasks in words that stand in files all over the repository. */
async function tasksAbout(root: string) {
  const { stdout } = await runProgram("git", ["ls-files", "-z"], { cwd: root, maxBuffer: 2 ** 28 });
  const paths = stdout.split("\0").filter((path) => path !== "");
  const step = Math.floor(paths.length / taskCount);
  return Array.from({ length: taskCount }, (_, task) => {
    const words = (paths[task * step] ?? "").split(/[^A-Za-z]+/).filter((word) => word.length > 3);
    return { id: `t${task}`, description: `Rework how ${words.join(" ")} handles errors, options and empty input` };
  });
}

/** A repository of text files found among the packages of this project. */
async function copySources(root: string, count: number): Promise<void> {
  const pending = [join(import.meta.dirname, "..", "..")];
  let made = 0;
  for (let folder = pending.pop(); folder !== undefined && made < count; folder = pending.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith(".")) pending.push(path);
      if (!entry.isFile() || !sourceName.test(entry.name) || made >= count) continue;
      const content = await readFile(path);
      if (content.length > largestBytes) continue;
      const place = join(root, `part${Math.floor(made / 100)}`);
      await mkdir(place, { recursive: true });
      await writeFile(join(place, `${made}-${entry.name}`), content);
      made += 1;
    }
  }
  if (made < count) throw new Error(`only ${made} text files among the packages`);
}

async function writeMany(root: string, count: number): Promise<void> {
  for (let file = 0; file < count; file += filesOfFolder) {
    const place = join(root, `area${file % 7}`, `part${file}`);
    await mkdir(place, { recursive: true });
    const names = Array.from({ length: filesOfFolder }, (_, at) => `handler${file + at}.ts`);
    await Promise.all(
      names.map((name) => writeFile(join(place, name), `export const ${name.slice(0, -3)} = () => load("${name}");\n`)),
    );
  }
}

async function commitAll(root: string): Promise<void> {
  const git = (...argv: string[]): Promise<unknown> => runProgram("git", argv, { cwd: root, maxBuffer: 2 ** 28 });
  await git("init", "--quiet");
  // A clean-up in the background would still be at work when the folder is removed.
  await git("config", "gc.auto", "0");
  await git("config", "maintenance.auto", "false");
  await git("add", "--all", "--force");
  await git("-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "--quiet", "--message=all");
}

async function measured(cell: string, root: string, caches: readonly string[]): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (const cache of caches) all.push(await measureFresh(cell, root, cache));
  return all;
}

function least(all: readonly Measured[], name: string): { readonly least: number; readonly median: number } {
  const found = repeated(all, name);
  if (typeof found === "string") throw new Error(found);
  return found;
}

interface Targets {
  readonly coldMs?: number;
  readonly warmMs?: number;
}

async function figuresOf(name: string, root: string, targets: Targets): Promise<readonly Figure[]> {
  const cold = await measured(
    "forecast",
    root,
    Array.from({ length: coldTimes }, (_, time) => join(root, ".git", `cold${time}`)),
  );
  const warm = await measured(
    "forecast",
    root,
    Array.from({ length: warmTimes }, () => join(root, ".git", "cold0")),
  );
  const bound = least(await measured("read-all", root, [""]), "ms");
  const figure = (kind: string, all: readonly Measured[], target: number | undefined): Figure => ({
    name: `analysis of ${taskCount} tasks, ${name}, ${kind}`,
    unit: "ms",
    value: least(all, "ms").least,
    ...(target !== undefined && { target }),
    remark: `median ${shown(least(all, "ms").median)}, of it the analysis ${shown(least(all, "analysisMs").least)}, ${shown(least(all, "plainMs").least)} without a repository; longest stall ${shown(least(all, "stallMs").least)}`,
    peers: { "reading every file, nothing else": bound.least },
  });
  return [figure("cold", cold, targets.coldMs), figure("warm", warm, targets.warmMs)];
}

/** What a repository costs the analysis. */
export const forecast: Part = {
  name: "forecast",
  about:
    "Whole analyses in processes of their own; cold: nothing is known of the repository, warm: the cache folder holds what was read. The 5,000 files are sources of the installed packages; of the 100,000 the paths of 12,000 and the content of 6,000 are looked at.",
  async measure(say) {
    const repository = (make: (root: string) => Promise<void>, name: string, targets: Targets) =>
      withScratchFolder(async (folder) => {
        say(`making ${name}`);
        await make(folder);
        await commitAll(folder);
        say(name);
        return figuresOf(name, folder, targets);
      });
    return [
      ...(await repository((root) => copySources(root, usualFiles), "5,000 files", { coldMs: 2_000, warmMs: 300 })),
      ...(await repository((root) => writeMany(root, manyFiles), "100,000 files", {})),
    ];
  },
};
