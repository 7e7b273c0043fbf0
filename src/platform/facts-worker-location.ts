import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Where the thread that reads facts begins, as it lies in the source; the build puts the bundled one in this place. */
export function factsWorkerLocation(): URL {
  // Node 20 reads no TypeScript, and its threads do not take over the loader of the thread that starts them.
  const loader = new URL(
    "dist/esm/api/index.mjs",
    pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json")),
  ).href;
  const worker = new URL("../facts-worker.ts", import.meta.url).href;
  const program = `import { register } from "${loader}"; register(); await import("${worker}");`;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}
