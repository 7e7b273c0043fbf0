// Bundles bench/main.ts the way the product is bundled and runs it: `npm run bench -- overhead --json`.
// What it is compared with stays outside of the bundle, as it was published.

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";
import { ensureBuilt, ensurePackages, root } from "./ensure.mjs";

ensurePackages();
ensureBuilt();
const folder = join(root, "node_modules", ".cache", "parallelization-bench");
const program = join(folder, "main.js");
mkdirSync(folder, { recursive: true });
await build({
  ...bundleOptions,
  absWorkingDir: root,
  entryPoints: ["bench/main.ts"],
  outdir: folder,
  packages: "external",
  splitting: false,
});
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;
