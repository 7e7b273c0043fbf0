import { parentPort, workerData } from "node:worker_threads";
import type { PlannerRequest } from "../ports/planner.ts";
import type { Analysis } from "../schema/plan.ts";

/** Answers the one question that the thread was started with; what fails ends the thread, and is told by that. */
export function servePlan(analyze: (request: PlannerRequest, now: () => number) => Analysis | undefined): void {
  const port = parentPort;
  if (port === null) throw new Error("plans are searched for in a thread of their own");
  port.postMessage(analyze(workerData as PlannerRequest, () => performance.now()));
}
