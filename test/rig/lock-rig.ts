/** A package manager of a few lines, for results that change a manifest and its lockfile. */
import { readFile } from "node:fs/promises";
import { programRunner } from "../../src/engines/coordination/program-runner.ts";
import type { RunProgram } from "../../src/engines/coordination/workspaces.ts";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { Clock } from "../../src/ports/clock.ts";

/** A manifest with these dependencies. */
export function manifest(dependencies: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ name: "app", version: "1.0.0", dependencies }, undefined, 2)}\n`;
}

/** The lockfile that the package manager writes for these dependencies: one line, so that any two contradict each other. */
export function lockfile(dependencies: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(dependencies).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `${JSON.stringify({ locked: Object.fromEntries(sorted) })}\n`;
}

/** Both files. */
export function packages(dependencies: Readonly<Record<string, string>>): Record<string, string> {
  return { "package.json": manifest(dependencies), "package-lock.json": lockfile(dependencies) };
}

/** The package manager, and what it does besides: a command that writes a word to `log` whenever it runs. */
export function packageManager(log: string, besides = ""): string[] {
  const program = `const fs = require("node:fs");
const LOG = ${JSON.stringify(log)};
fs.appendFileSync(LOG, "ran\\n");
const { dependencies } = JSON.parse(fs.readFileSync("package.json", "utf8"));
const locked = Object.fromEntries(Object.entries(dependencies).sort(([one], [other]) => (one < other ? -1 : 1)));
const write = () => fs.writeFileSync("package-lock.json", JSON.stringify({ locked }) + "\\n");
${besides === "" ? "write();" : besides}`;
  return [process.execPath, "-e", program];
}

/** How often the package manager has run. */
export async function timesRun(log: string): Promise<number> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.split("\n").length - 1;
}

/** Runs commands as the product does, on a clock. */
export function realPrograms(clock: Clock = systemClock()): RunProgram {
  const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  return programRunner({ processes: childProcesses({ marks: [] }), clock, environment });
}
