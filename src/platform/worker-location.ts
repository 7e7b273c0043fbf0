import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** The threads that there are, by the names of the files that they begin in. */
export type WorkerName = "facts-worker" | "planner-worker";

/** Where a thread begins, as it lies in the source; the build puts the bundled ones in this place. */
export function workerLocation(name: WorkerName): URL {
  // Node 20 reads no TypeScript, and its threads do not take over the loader of the thread that starts them.
  const loader = new URL(
    "dist/esm/api/index.mjs",
    pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json")),
  ).href;
  const worker = new URL(`../${name}.ts`, import.meta.url).href;
  const program = `import { register } from "${loader}"; register(); await import("${worker}");`;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}
