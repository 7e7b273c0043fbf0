import type { Worker } from "node:worker_threads";
import type { Planner, PlannerAnswer, PlannerRequest } from "../ports/planner.ts";
import type { Analysis } from "../schema/plan.ts";
import { errorCode } from "./error-code.ts";
import { startThread } from "./start-thread.ts";
import { workerLocation } from "./worker-location.ts";

/** Beside the planning time: starting the thread, reading the tasks, and everything of an analysis that is no search. */
const graceMs = 10_000;
/** Threads at a time; who comes meanwhile waits for one. */
const mostThreads = 2;

/** What a test may set. */
export interface PlannerOptions {
  readonly location?: () => URL;
  readonly graceMs?: number;
}

/** Plans in a thread for each question, which ends with the answer, or when it is overdue. */
export function threadedPlanner(options: PlannerOptions = {}): Planner {
  const location = options.location ?? (() => workerLocation("planner-worker"));
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async analyze(request) {
      // Whoever ends hands its place on, so that nobody who comes in between takes it.
      if (running >= mostThreads) await new Promise<void>((goOn) => void waiting.push(goOn));
      else running += 1;
      try {
        return await answerOf(request, location, options.graceMs ?? graceMs);
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}

async function answerOf(request: PlannerRequest, location: () => URL, grace: number): Promise<PlannerAnswer> {
  let worker: Worker;
  try {
    worker = startThread(location(), request);
  } catch (error) {
    // Out of threads, or of memory for one.
    if (error instanceof Error) return "none";
    throw error;
  }
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((settle) => {
      worker.once("message", (answer: Analysis | undefined) => settle(answer ?? "none"));
      // A thread that cannot start or dies has no answer; whoever asked plans without it.
      worker.once("error", (error) => settle(errorCode(error) === "ERR_WORKER_OUT_OF_MEMORY" ? "too-large" : "none"));
      worker.once("exit", () => settle("none"));
      timer = setTimeout(() => settle("too-large"), (request.planningBudgetMs ?? 0) + grace);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
