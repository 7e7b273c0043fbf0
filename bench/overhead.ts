/** What coordination costs per task: tasks that do nothing, ten at a time, each figure from processes of its own. */
import { join } from "node:path";
import { initialState } from "../src/engines/scheduling/run-state.ts";
import { transition } from "../src/engines/scheduling/transition.ts";
import type { Command } from "../src/engines/scheduling/command.ts";
import type { RunSpec } from "../src/schema/event.ts";
import { shown, type Figure, type Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured, type Repeated } from "./fresh-process.ts";
import { runWhole, shapeRun, workingExecutor } from "./noop-run.ts";
import { peers, type PeerName } from "./peers.ts";
import { withScratchFolder } from "./scratch-folder.ts";
import { shapeNames, taskShape, type ShapeName } from "./task-shapes.ts";

const agents = 10;
const counts = [1_000, 10_000, 100_000] as const;
const largest = 100_000;
const comparedPeers: readonly PeerName[] = ["p-graph", "p-queue", "graphlib phases"];
const nothing = (): Promise<void> => Promise.resolve();

/** What one run took. */
interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

async function timed(run: () => Promise<void>): Promise<Taken> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await run();
  const ms = performance.now() - before;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms, cpuMs: (user + system) / 1_000 };
}

/**
 * Plays the same tasks again and again until a process that has just begun has compiled what it uses, as a server that
 * runs for days has; `coldMs` is the first time. CPU time tells the most on a machine that others use.
 */
async function measureWarm(count: number, play: () => Promise<void>): Promise<Readonly<Record<string, number>>> {
  const { ms: coldMs } = await timed(play);
  for (let time = 1; time < warmUps(count); time++) await play();
  return { ...(await timed(play)), coldMs };
}

/** The scheduler alone: first state, then every event until nothing is left to do. */
export const coreCell: Cell = (shape, count) => {
  const spec = shapeRun(taskShape(shape as ShapeName, Number(count)), agents);
  return measureWarm(Number(count), () => Promise.resolve(playEvents(spec)));
};

function playEvents(spec: RunSpec): void {
  const state = initialState(spec);
  let started: (Command & { type: "start-task" })[] = [];
  let finished = false;
  const take = (commands: readonly Command[]): void => {
    for (const command of commands) {
      if (command.type === "start-task") started.push(command);
      if (command.type === "finish") finished = true;
    }
  };
  const owner = { pid: 1, startTime: "1", bootId: "bench" };
  const outcome = { success: true, partial: false, durationMs: 0, changes: [] };
  take(transition(state, { type: "run.created", spec, owner, createdAt: "", containment: "" })[1]);
  while (started.length > 0) {
    const running = started;
    started = [];
    for (const { taskId, attempt, agentId } of running) {
      take(transition(state, { type: "task.started", taskId, attempt, agentId })[1]);
      take(transition(state, { type: "task.finished", taskId, attempt, agentId, outcome })[1]);
    }
  }
  if (!finished) throw new Error("the scheduler did not come to an end");
}

/** The whole engine: coordinator, attempts, events, and a journal on disk that is not flushed. */
export const engineCell: Cell = (shape, count) =>
  withScratchFolder((folder) => {
    const spec = shapeRun(taskShape(shape as ShapeName, Number(count)), agents);
    const executor = workingExecutor(nothing);
    let runs = 0;
    const play = (): Promise<void> => runWhole({ spec, folder: join(folder, `${++runs}`), durable: false, executor });
    return measureWarm(Number(count), play);
  });

/** One of the others with the same tasks. */
export const peerCell: Cell = (peer, shape, count) => {
  const tasks = taskShape(shape as ShapeName, Number(count));
  return measureWarm(Number(count), () => peers[peer as PeerName](tasks, agents, nothing));
};

/** How many runs come before the one that counts. */
const warmUps = (count: number): number => (count < largest ? 10 : 1);

/** How often each is measured; large ones vary less. */
const timesFor = (count: number): number => (count < largest ? 5 : 3);

async function measureTimes(count: number, cell: string, ...args: readonly (string | number)[]): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (let time = 0; time < timesFor(count); time++) measured.push(await measureFresh(cell, ...args, count));
  return measured;
}

function perTask(measured: readonly Measured[], count: number): { value: number; remark: string } {
  const us = (name: string): Repeated => {
    const times = repeated(measured, name);
    if (typeof times === "string") throw new Error(times);
    return { least: (1_000 * times.least) / count, median: (1_000 * times.median) / count };
  };
  const { least, median } = us("ms");
  const remark = `median ${shown(median)}, CPU ${shown(us("cpuMs").least)}, first in its process ${shown(us("coldMs").least)}`;
  return { value: least, remark };
}

async function peerFigures(shape: ShapeName, count: number): Promise<Record<string, number | string>> {
  const figures: Record<string, number | string> = {};
  for (const peer of comparedPeers) {
    const times = repeated(await measureTimes(count, "peer", peer, shape), "ms");
    figures[peer] = typeof times === "string" ? times : (1_000 * times.least) / count;
  }
  return figures;
}

/** Overhead per task of the scheduler and of the whole engine, beside others. */
export const overhead: Part = {
  name: "overhead",
  about:
    "Overhead per task with tasks that do nothing, 10 at once; the least of 5 fresh processes (3 at 100,000 tasks), each after ten runs of the same tasks (one at 100,000), ours and the others alike; the first of those is given too. Start-up of the process and the making of the tasks are not counted.",
  async measure(say) {
    const figures: Figure[] = [];
    for (const count of counts) {
      for (const shape of shapeNames) {
        const what = `${count.toLocaleString("en")} tasks, ${shape}`;
        say(what);
        const coreTarget = { 1_000: 5, 10_000: undefined, 100_000: 2 }[count];
        figures.push({
          name: `scheduler alone, ${what}`,
          unit: "µs",
          ...perTask(await measureTimes(count, "core", shape), count),
          ...(coreTarget !== undefined && { target: coreTarget }),
        });
        figures.push({
          name: `whole engine with journal, ${what}`,
          unit: "µs",
          ...perTask(await measureTimes(count, "engine", shape), count),
          target: 25,
          peers: await peerFigures(shape, count),
        });
      }
    }
    return figures;
  },
};
