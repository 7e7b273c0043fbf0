import { Worker } from "node:worker_threads";

/** Memory of a thread's own objects. */
const THREAD_MEMORY_MB = 1_024;

/** Starts a thread that gets no environment, no options of this process, and `workerData` to begin with. */
export function startThread(location: URL, workerData?: unknown): Worker {
  return new Worker(location, {
    workerData,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  });
}
