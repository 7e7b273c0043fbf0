// Makes sure that what a command needs is there, and does nothing when it is: the installed packages, the agent
// programs that the end-to-end tests drive, and the built server.
//
//   node scripts/ensure.mjs [packages] [agents] [build]        (no words: all three)
//
// Only Node's own modules are used, so that every npm script can be the first command typed after a clone.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of package.json. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The built server. */
export const builtServer = join(root, "dist", "main.js");

/** Installs the project's packages when they are missing or do not belong to the lockfile. Throws when that fails. */
export function ensurePackages() {
  if (!installMissing(root, "the project's packages")) {
    throw new Error("npm could not install the project's packages; its own message is above");
  }
}

/** Installs the agent programs under test; false when that is not possible, so that their tests can be skipped visibly. */
export function ensureAgents() {
  const folder = join(root, "test", "agents");
  return existsSync(join(folder, "package-lock.json")) && installMissing(folder, "the agent programs under test");
}

/** Builds the server when its sources, its packages or the build itself are newer. Throws when that fails. */
export function ensureBuilt() {
  const build = ["build", "bundle-options", "build-types", "type-text"].map((name) => `scripts/${name}.mjs`);
  const inputs = ["src", ...build, "tsconfig.build.json", "package.json", "package-lock.json"];
  const newest = Math.max(...inputs.map((input) => newestChange(join(root, input))));
  if (existsSync(builtServer) && statSync(builtServer).mtimeMs >= newest) return;
  say("building the server");
  const { status } = spawnSync(process.execPath, [join(root, "scripts", "build.mjs")], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the server could not be built; the reasons are above");
}

/** The latest change of a file, or of anything in a folder: a deleted file shows as a change of its folder. */
function newestChange(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/** Runs `npm ci` unless the stamp in node_modules names the lockfile as it is and this kind of machine. */
function installMissing(folder, what) {
  const lockfile = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  const wanted = `${lockfile} ${process.platform}-${process.arch}\n`;
  const stamp = join(folder, "node_modules", ".installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  say(`installing ${what} (npm ci)`);
  // NODE_ENV=production would leave the development packages out, and with them everything the scripts run.
  const { status } = npm(["ci", "--include=dev", "--no-audit", "--no-fund"], folder);
  if (status !== 0) return false;
  writeFileSync(stamp, wanted);
  return true;
}

/** Runs the npm that runs us, or the one on the path. */
function npm(args, cwd) {
  const script = process.env.npm_execpath;
  const options = { cwd, stdio: ["ignore", "inherit", "inherit"] };
  if (script?.endsWith(".js")) return spawnSync(process.execPath, [script, ...args], options);
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const steps = { packages: ensurePackages, agents: ensureAgents, build: ensureBuilt };
  const asked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(steps);
  for (const name of asked) {
    if (!Object.hasOwn(steps, name))
      throw new Error(`ensure: unknown word ${name}; known: ${Object.keys(steps).join(", ")}`);
    if (steps[name]() === false) say("the agent programs could not be installed; tests that need them will be skipped");
  }
}
