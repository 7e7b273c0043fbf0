import { homedir } from "node:os";
import { errorCode } from "./error-code.ts";

/** What this process was started with and where. */
export interface ProcessSurroundings {
  readonly workingFolder: string;
  readonly homeFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads the surroundings of this process; a working folder that was deleted counts as the root, where nothing is allowed. */
export function readSurroundings(): ProcessSurroundings {
  return { workingFolder: workingFolder(), homeFolder: homedir(), environment: process.env };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    if (errorCode(error) !== "") return "/";
    throw error;
  }
}

/** Writes one line to standard error; a reader that has gone is no reason to fail. */
export function logLine(line: string): void {
  if (process.stderr.writable) process.stderr.write(`${line}\n`);
}
