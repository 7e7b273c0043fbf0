/** Measurements in processes of their own, so that none runs on what another has warmed up or left in memory. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { median } from "./figure.ts";

/** What one process measured, in milliseconds by name; or why it did not. */
export type Measured = Readonly<Record<string, number>> | { readonly failure: string };

/** A measurement that a process of its own takes. */
export type Cell = (...args: string[]) => Promise<Readonly<Record<string, number>>>;

const runProgram = promisify(execFile);
const mostBytes = 64 * 1024 * 1024;
const timeLimitMs = 120_000;

/** Takes the measurement in a new process. */
export async function measureFresh(cell: string, ...args: readonly (string | number)[]): Promise<Measured> {
  const program = process.argv[1] ?? "";
  const { stdout } = await runProgram(process.execPath, [program, "--cell", cell, ...args.map(String)], {
    maxBuffer: mostBytes,
    timeout: timeLimitMs,
  });
  return JSON.parse(stdout) as Measured;
}

/** Takes a measurement and prints it; for the new process. A peer that fails is a measurement too. */
export async function answerFresh(cell: Cell, args: readonly string[]): Promise<void> {
  let measured: Measured;
  try {
    measured = await cell(...args);
  } catch (error) {
    measured = { failure: error instanceof RangeError ? "stack overflow" : String(error) };
  }
  process.stdout.write(JSON.stringify(measured));
}

/** The least and the middle of several measurements: on a machine that others use, the least is nearest to the truth. */
export interface Repeated {
  readonly least: number;
  readonly median: number;
}

/** The least and the middle of one measured name; the failure where there is any. */
export function repeated(measured: readonly Measured[], name: string): Repeated | string {
  const values: number[] = [];
  for (const one of measured) {
    if ("failure" in one) return String(one.failure);
    values.push(one[name] ?? Number.NaN);
  }
  return { least: Math.min(...values), median: median(values) };
}
