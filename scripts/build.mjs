// Bundles src/main.ts to dist/main.js: one file to start, which halves the server's cold start.
//
// Names are kept and lines are not joined, so that a stack trace in a log can be read. The file is put in its place
// in one step, because a server may be started from it at the same moment.

import { chmodSync, mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "dist", "main.js");
const started = new Date();

// Packages written as CommonJS call `require` for Node's own modules; an ES module has to bring its own.
const banner = [
  'import { createRequire as createRequireOfBundle } from "node:module";',
  "const require = createRequireOfBundle(import.meta.url);",
].join("\n");

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts"],
  outfile: target,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  minifySyntax: true,
  keepNames: true,
  sourcemap: true,
  legalComments: "eof",
  banner: { js: banner },
  logLevel: "warning",
  write: false,
}).catch(() => process.exit(1)); // esbuild has printed why.

mkdirSync(join(root, "dist"), { recursive: true });
for (const { path, text } of outputFiles) {
  const draft = `${path}.${process.pid}`;
  const needsShebang = path === target && !text.startsWith("#!");
  writeFileSync(draft, needsShebang ? `#!/usr/bin/env node\n${text}` : text);
  if (path === target) chmodSync(draft, 0o755);
  // A source saved while esbuild was at work must count as newer than what was built.
  utimesSync(draft, started, started);
  renameSync(draft, path);
}
