import type { Worker } from "node:worker_threads";
import type { Planner } from "../ports/planner.ts";
import type { Analysis } from "../schema/plan.ts";
import { startThread } from "./start-thread.ts";
import { workerLocation } from "./worker-location.ts";

/** Beside the planning time: starting the thread, reading the tasks, and everything of an analysis that is no search. */
const graceMs = 10_000;
/** Threads at a time; who comes meanwhile is not planned here. */
const mostThreads = 2;

/** What a test may set. */
export interface PlannerOptions {
  readonly location?: () => URL;
  readonly graceMs?: number;
}

/** Plans in a thread for each question, which ends with the answer, or when it is overdue. */
export function threadedPlanner(options: PlannerOptions = {}): Planner {
  const location = options.location ?? (() => workerLocation("planner-worker"));
  let running = 0;
  return {
    async analyze(request) {
      if (running >= mostThreads) return undefined;
      running += 1;
      const limitMs = (request.planningBudgetMs ?? 0) + (options.graceMs ?? graceMs);
      try {
        return await answerOf(startThread(location(), request), limitMs);
      } finally {
        running -= 1;
      }
    },
  };
}

async function answerOf(worker: Worker, limitMs: number): Promise<Analysis | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((settle) => {
      worker.once("message", (answer: Analysis | undefined) => settle(answer));
      // A thread that cannot start or dies has no answer; whoever asked plans without it.
      worker.once("error", () => settle(undefined));
      worker.once("exit", () => settle(undefined));
      timer = setTimeout(() => settle(undefined), limitMs);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
