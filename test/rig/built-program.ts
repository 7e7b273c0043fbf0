import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The program as it is shipped. */
export const builtProgram = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** How the program ended, and what it wrote. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** A place for the program to work in: a folder, a temporary folder and a state folder of its own. */
export interface ProgramPlace {
  readonly folder: string;
  readonly temporaryFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Starts the program. */
  start(argv: readonly string[]): ChildProcessWithoutNullStreams;
  /** Runs the program to its end. */
  run(argv: readonly string[], input?: string): Promise<ProgramEnd>;
  /** What it has left in its temporary folder. */
  leftovers(): readonly string[];
  remove(): void;
}

/** Makes a place that has nothing to do with the user's own runs. */
export function programPlace(): ProgramPlace {
  const root = mkdtempSync(join(tmpdir(), "program-place-"));
  const [folder, temporaryFolder] = [mkdtempSync(join(root, "work-")), mkdtempSync(join(root, "tmp-"))];
  const environment = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: join(root, "home"),
    TMPDIR: temporaryFolder,
    PARALLELIZATION_STATE_DIR: join(root, "state"),
  };
  const start = (argv: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [builtProgram, ...argv], { cwd: folder, env: environment });
  return {
    folder,
    temporaryFolder,
    environment,
    start,
    run(argv, input = "") {
      const child = start(argv);
      child.stdin.end(input);
      return ending(child);
    },
    leftovers: () => readdirSync(temporaryFolder),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Waits for the end of a program that was started. */
export function ending(child: ChildProcessWithoutNullStreams): Promise<ProgramEnd> {
  let out = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, errors }));
  });
}
