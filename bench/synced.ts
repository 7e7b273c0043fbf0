/**
 * What a journal that is flushed before anything follows from it costs, beside the disk alone.
 *
 * The bound is measured in the same process, right after the run: the very texts that the run handed to its journal
 * file, one by one, each written to a new file and flushed with fdatasync before the next, by the same asynchronous
 * calls of Node and nothing else: the same bytes and as many flushes. The synchronous calls, which would block a server, are shown for comparison.
 */
import { constants, fdatasyncSync, openSync, writeSync, closeSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { nodeFiles } from "../src/platform/node-files.ts";
import type { Files } from "../src/ports/files.ts";
import { median, shown, type Figure, type Part } from "./figure.ts";
import { measureFresh, type Cell, type Measured } from "./fresh-process.ts";
import { runWhole, shapeRun, workingExecutor } from "./noop-run.ts";
import { withScratchFolder } from "./scratch-folder.ts";
import { shapeNames, taskShape, type ShapeName } from "./task-shapes.ts";

const agents = 10;
const tasks = 5_000;
const times = 5;
/** Runs with a journal that is not flushed, so that code that has not been compiled yet is not taken for the disk. */
const warmUps = 5;

/** The files of this machine, and every text that was appended through them. */
function listeningFiles(texts: Uint8Array[]): Files {
  const files = nodeFiles();
  return {
    ...files,
    async openAppend(path) {
      const file = await files.openAppend(path);
      return {
        ...file,
        append(bytes, durable) {
          texts.push(bytes.slice());
          return file.append(bytes, durable);
        },
      };
    },
  };
}

async function bareMs(path: string, texts: readonly Uint8Array[]): Promise<number> {
  const before = performance.now();
  const file = await open(path, "a");
  for (const text of texts) {
    await file.write(text);
    await file.datasync();
  }
  await file.close();
  return performance.now() - before;
}

function blockingMs(path: string, texts: readonly Uint8Array[]): number {
  const before = performance.now();
  const file = openSync(path, "a");
  for (const text of texts) {
    writeSync(file, text);
    fdatasyncSync(file);
  }
  closeSync(file);
  return performance.now() - before;
}

async function dsyncMs(path: string, texts: readonly Uint8Array[]): Promise<number> {
  const before = performance.now();
  const { O_WRONLY, O_CREAT, O_APPEND, O_DSYNC } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_APPEND | O_DSYNC);
  for (const text of texts) await file.write(text);
  await file.close();
  return performance.now() - before;
}

/** One run with a flushed journal, and its bound. */
export const syncedCell: Cell = (shape) =>
  withScratchFolder(async (folder) => {
    const spec = shapeRun(taskShape(shape as ShapeName, tasks), agents);
    const executor = workingExecutor(() => Promise.resolve());
    for (let time = 0; time < warmUps; time++) {
      await runWhole({ spec, folder: join(folder, `warm-up-${time}`), durable: false, executor });
    }
    const texts: Uint8Array[] = [];
    const files = listeningFiles(texts);
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    await runWhole({ spec, folder: join(folder, "run"), durable: true, executor, files });
    const runMs = performance.now() - before;
    const { user } = process.cpuUsage(cpuBefore);
    return {
      runMs,
      cpuMs: user / 1_000,
      bareMs: await bareMs(join(folder, "bare"), texts),
      dsyncMs: await dsyncMs(join(folder, "dsync"), texts),
      blockingMs: blockingMs(join(folder, "blocking"), texts),
      batches: texts.length,
    };
  });

function column(measured: readonly Measured[], name: string): number[] {
  return measured.map((one) => ("failure" in one ? Number.NaN : (one[name] ?? Number.NaN)));
}

/** The flushed journal beside its bound. */
export const synced: Part = {
  name: "synced",
  about: `Whole engine with a journal flushed before anything follows from it, ${tasks} tasks that do nothing, ${agents} at once, over the same batches of events appended and flushed bare; the least of ${times} runs over the least of ${times} bares, each pair in one process, after ${warmUps} runs whose journal is not flushed. Where the system has O_DSYNC, the journal writes and flushes in one call, which the bare append and fdatasync do not; they are shown with it too.`,
  async measure(say) {
    const figures: Figure[] = [];
    for (const shape of shapeNames) {
      say(shape);
      const measured: Measured[] = [];
      for (let time = 0; time < times; time++) measured.push(await measureFresh("synced", shape));
      const runs = column(measured, "runMs");
      const bares = column(measured, "bareMs");
      const ratios = runs.map((ms, time) => ms / (bares[time] ?? Number.NaN));
      const least = (numbers: readonly number[]): number => Math.min(...numbers);
      const [batches = 0] = column(measured, "batches");
      figures.push({
        name: `flushed journal, ${shape}: run over bare append + fdatasync`,
        unit: "×",
        value: least(runs) / least(bares),
        target: 1.3,
        remark: `median ${shown(median(ratios))}; ${batches} batches, CPU of the run ${shown(least(column(measured, "cpuMs")))} ms`,
        peers: {
          "ms: run": least(runs),
          bare: least(bares),
          "bare, one O_DSYNC write": least(column(measured, "dsyncMs")),
          "bare, blocking calls": least(column(measured, "blockingMs")),
        },
      });
    }
    return figures;
  },
};
