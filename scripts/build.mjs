// Bundles src/main.ts to dist/main.js and the chunks that it loads when it needs them. A server that has been started
// has read only what the handshake and the list of tools take; that list is made here and not at every start.
// The library is dist/index.js, one file without chunks, and its types are in dist/types.
//
// Chunks are named after their content and written first; dist/main.js is put in its place last and in one step,
// because a server may be started from it at the same moment.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { buildTypes } from "./build-types.mjs";
import { bundleOptions } from "./bundle-options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "dist");
const target = join(folder, "main.js");
const started = new Date();
/** A server that was started before may still load chunks of its own build; after a day they go. */
const keptMs = 86_400_000;

// Packages written as CommonJS call `require` for Node's own modules; an ES module has to bring its own.
const banner = [
  'import { createRequire as createRequireOfBundle } from "node:module";',
  "const require = createRequireOfBundle(import.meta.url);",
].join("\n");

const options = { ...bundleOptions, absWorkingDir: root, legalComments: "eof", banner: { js: banner }, write: false };

const toolList = await listTools();
const workers = await buildWorkers(["facts-worker", "planner-worker"]);
const { outputFiles } = await build({
  ...options,
  entryPoints: ["src/main.ts"],
  outdir: folder,
  plugins: [readyToolList(toolList), bundledWorkers()],
}).catch(() => process.exit(1)); // esbuild has printed why.

mkdirSync(folder, { recursive: true });
workers.forEach(putInPlace);
await buildLibrary();
for (const file of outputFiles.toSorted(
  (left, right) => Number(left.path === target) - Number(right.path === target),
)) {
  putInPlace(file);
}
removeOldChunks(
  new Set([
    "index.js",
    "types",
    ...workers.map((file) => basename(file.path)),
    ...outputFiles.map((file) => basename(file.path)),
  ]),
);

/** What the program itself makes of its tools. */
async function listTools() {
  const scratch = mkdtempSync(join(tmpdir(), "parallelization-build-"));
  try {
    const module = join(scratch, "tools.mjs");
    const entry = { entryPoints: ["src/tools/registry.ts"], outfile: module, splitting: false, sourcemap: false };
    await build({ ...options, ...entry, write: true }).catch(() => process.exit(1));
    return (await import(pathToFileURL(module).href)).listTools();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Puts the finished list in the place of the module that makes it. */
function readyToolList(list) {
  return {
    name: "ready-tool-list",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[\\/]src[\\/]tools[\\/]tool-list\.ts$/ }, () => ({
        contents: `export const toolList = ${JSON.stringify(list)};`,
      })),
  };
}

/** The threads, named after their content, because a server that runs may start them later. */
async function buildWorkers(names) {
  const { outputFiles } = await build({
    ...options,
    entryPoints: names.map((name) => `src/${name}.ts`),
    outdir: folder,
    entryNames: "[name]-[hash]",
    splitting: false,
    sourcemap: false,
  }).catch(() => process.exit(1));
  return outputFiles;
}

/** Says where the bundled threads lie: beside whatever file this ends up in. */
function bundledWorkers() {
  const files = workers.map((file) => basename(file.path));
  const named = Object.fromEntries(files.map((file) => [file.replace(/-[^-]+$/, ""), `./${file}`]));
  return {
    name: "bundled-workers",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[\\/]src[\\/]platform[\\/]worker-location\.ts$/ }, () => ({
        contents: `const files = ${JSON.stringify(named)};
          export const workerLocation = (name) => new URL(files[name], import.meta.url);`,
      })),
  };
}

/** What programs import. The names are kept, because a stranger's stack trace goes through this file. */
async function buildLibrary() {
  const entry = {
    entryPoints: ["src/index.ts"],
    outfile: join(folder, "index.js"),
    splitting: false,
    sourcemap: false,
  };
  const library = await build({ ...options, ...entry, plugins: [bundledWorkers()], keepNames: true }).catch(() =>
    process.exit(1),
  );
  library.outputFiles.forEach(putInPlace);
  await buildTypes();
}

function putInPlace({ path, text }) {
  const draft = `${path}.${process.pid}`;
  const needsShebang = path === target && !text.startsWith("#!");
  writeFileSync(draft, needsShebang ? `#!/usr/bin/env node\n${text}` : text);
  if (path === target) chmodSync(draft, 0o755);
  // A source saved while esbuild was at work must count as newer than what was built.
  utimesSync(draft, started, started);
  renameSync(draft, path);
}

function removeOldChunks(present) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!present.has(name) && Date.now() - statSync(path).mtimeMs > keptMs) rmSync(path);
  }
}
