/** Problems of the scheduling literature, read from the folder PARALLELIZATION_BENCH_DATA; none is part of this project. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceClaims } from "../src/engines/analysis/resource-claims.ts";
import { buildTaskGraph, type TaskGraph } from "../src/engines/analysis/graph/task-graph.ts";

/** A problem and the shortest makespan known for it. */
export interface KnownProblem {
  readonly name: string;
  readonly graph: TaskGraph;
  readonly agents: number;
  readonly claims: ResourceClaims;
  readonly best: number;
}

const folder = process.env["PARALLELIZATION_BENCH_DATA"];

/** Whether the data are there. */
export function hasPlannerData(): boolean {
  return folder !== undefined && existsSync(join(folder, "psplib-j30")) && existsSync(join(folder, "stg-50"));
}

/** PSPLIB j30 (Kolisch and Sprecher 1996): 30 tasks, four resources, all optima proven. */
export function psplibProblems(): KnownProblem[] {
  const place = join(folder ?? "", "psplib-j30");
  const optima = new Map(readRows(join(place, "optimum.csv")).map(([name, best]) => [name, Number(best)]));
  return readdirSync(place).flatMap((name) => {
    const best = optima.get(name);
    return name.endsWith(".sm") && best !== undefined ? [readPsplib(join(place, name), { name, best })] : [];
  });
}

/** STG (Tobita and Kasahara 2002): 50 tasks on 2, 4, 8 and 16 agents. */
export function stgProblems(): KnownProblem[] {
  const place = join(folder ?? "", "stg-50");
  return readRows(join(place, "bounds-verified.csv")).map(([path = "", agents = "", , , best = ""]) => {
    const lines = readFileSync(join(place, path.split("/").at(-1) ?? ""), "utf8").split("\n");
    const rows = lines.filter((line) => !line.startsWith("#") && line.trim() !== "").map(numbersOf);
    const tasks = rows.slice(1).map(([, minutes = 0, , ...needs]) => ({ minutes, needs }));
    const graph = graphOf(tasks);
    const claims = { names: [], capacity: [], ofTask: graph.ids.map(() => []) };
    return { name: `${path} on ${agents}`, graph, agents: Number(agents), claims, best: Number(best) };
  });
}

interface Job {
  readonly minutes: number;
  readonly needs: readonly number[];
}

function readPsplib(path: string, known: { readonly name: string; readonly best: number }): KnownProblem {
  const lines = readFileSync(path, "utf8").split("\n");
  const after = (title: string, skip: number): string[] =>
    lines.slice(lines.findIndex((line) => line.startsWith(title)) + skip);
  const jobs = Number(/jobs.*:\s*(\d+)/.exec(lines.join("\n"))?.[1] ?? 0);
  const needs = Array.from({ length: jobs }, (): number[] => []);
  for (const [job = 1, , , ...successors] of after("PRECEDENCE", 2).slice(0, jobs).map(numbersOf)) {
    for (const successor of successors) needs[successor - 1]?.push(job - 1);
  }
  const requests = after("REQUESTS", 3).slice(0, jobs).map(numbersOf);
  const tasks = requests.map(([, , minutes = 0], job) => ({ minutes, needs: needs[job] ?? [] }));
  const real = requests.filter(([, , minutes = 0]) => minutes > 0);
  const ofTask = real.map(([, , , ...units]) =>
    units.flatMap((each, resource) => (each > 0 ? [{ resource, units: each }] : [])),
  );
  const capacity = numbersOf(after("RESOURCEAVAILABILITIES", 2)[0] ?? "");
  return { ...known, graph: graphOf(tasks), agents: real.length, claims: { names: [], capacity, ofTask } };
}

/** The jobs that take time; those that only mark the beginning and the end are left out. */
function graphOf(jobs: readonly Job[]): TaskGraph {
  const tasks = jobs.flatMap(({ minutes, needs }, job) => {
    const dependsOn = needs.filter((need) => (jobs[need]?.minutes ?? 0) > 0).map((need) => `t${need}`);
    return minutes > 0 ? [{ id: `t${job}`, description: "a task", estimatedMinutes: minutes, dependsOn }] : [];
  });
  const built = buildTaskGraph(tasks);
  if (!built.ok) throw new Error("a problem with a cycle");
  return built.value;
}

function readRows(path: string): string[][] {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.slice(1).map((line) => line.trim().split(","));
}

function numbersOf(line: string): number[] {
  return line.trim().split(/\s+/).map(Number);
}
