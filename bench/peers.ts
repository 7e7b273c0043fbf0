/**
 * Others that run a graph of promises with a limit, each used the way its own documentation shows. A graph is given as
 * what each task needs; the time starts with that list and ends when the last task has.
 */
import { alg, Graph } from "graphlib";
import { PGraph } from "p-graph";
import pLimit from "p-limit";
import PQueue from "p-queue";
import type { TaskShape } from "./task-shapes.ts";

/** Runs every task of a graph after what it needs, at most `limit` at a time. */
export type PeerRun = (shape: TaskShape, limit: number, work: (task: number) => Promise<void>) => Promise<void>;

/** p-graph: made for exactly this. */
const pGraph: PeerRun = async ({ needs }, concurrency, work) => {
  const nodes = new Map(needs.map((_, task) => [`t${task}`, { run: () => work(task) }]));
  const edges = needs.flatMap((list, task) => list.map((need): [string, string] => [`t${need}`, `t${task}`]));
  await new PGraph(nodes, edges).run({ concurrency });
};

/** p-queue, with the count of unmet needs kept beside it. */
const pQueue: PeerRun = async ({ needs }, concurrency, work) => {
  const queue = new PQueue({ concurrency });
  const unmet = needs.map((list) => list.length);
  const dependents: number[][] = needs.map(() => []);
  needs.forEach((list, task) => {
    for (const need of list) dependents[need]?.push(task);
  });
  const add = (task: number): void => {
    void queue.add(async () => {
      await work(task);
      for (const dependent of dependents[task] ?? []) {
        unmet[dependent] = (unmet[dependent] ?? 0) - 1;
        if (unmet[dependent] === 0) add(dependent);
      }
    });
  };
  unmet.forEach((count, task) => {
    if (count === 0) add(task);
  });
  await queue.onIdle();
};

/** p-limit, each task behind the promises of what it needs. */
const pLimited: PeerRun = async ({ needs }, concurrency, work) => {
  const limit = pLimit(concurrency);
  const ended: Promise<void>[] = [];
  for (const [task, list] of needs.entries()) {
    const before = Promise.all(list.map((need) => ended[need] ?? Promise.resolve()));
    ended.push(before.then(() => limit(() => work(task))));
  }
  await Promise.all(ended);
};

/** Phases: graphlib sorts the tasks, each topological level is one `Promise.all` behind a limit. */
const graphlibPhases: PeerRun = async ({ needs }, concurrency, work) => {
  const graph = new Graph();
  needs.forEach((_, task) => graph.setNode(String(task)));
  needs.forEach((list, task) => {
    for (const need of list) graph.setEdge(String(need), String(task));
  });
  const levels: number[] = [];
  const phases: number[][] = [];
  for (const id of alg.topsort(graph)) {
    const task = Number(id);
    const level = Math.max(-1, ...(needs[task] ?? []).map((need) => levels[need] ?? 0)) + 1;
    levels[task] = level;
    (phases[level] ??= []).push(task);
  }
  const limit = pLimit(concurrency);
  for (const phase of phases) await Promise.all(phase.map((task) => limit(() => work(task))));
};

/** All of them by name. */
export const peers = {
  "p-graph": pGraph,
  "p-queue": pQueue,
  "p-limit": pLimited,
  "graphlib phases": graphlibPhases,
} as const;

/** The name of one of them. */
export type PeerName = keyof typeof peers;
